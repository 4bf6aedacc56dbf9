"""Where a question is asked, answered and given up: on the practice page, and as a fragment in any other."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from app.course.lesson import Lesson
from app.course.question import Question


@dataclass(frozen=True)
class Addresses:
    """Where the forms and links of one question lead.

    Attributes:
        answer: takes an answer.
        solution: gives up.
        again: asks once more what has been answered.
    """

    answer: str
    solution: str
    again: str


def practice_address(
    lesson: Lesson, question: Question, *, missed_only: bool = False, again: int | None = None
) -> str:
    """Say where a question is asked.

    Args:
        lesson: of the question.
        question: the question.
        missed_only: the learner goes through what was not right at once.
        again: ask it anew of a learner who had its solution so many times; after one more, show that.
    """
    return f"/lessons/{lesson.slug}/practice?{_query(question, missed_only, again)}"


def on_practice_page(
    lesson: Lesson, question: Question, *, missed_only: bool = False, rounds: int = 0
) -> Addresses:
    """Name the addresses of the practice page; `rounds` is how often the learner had the solution."""
    return Addresses(
        answer=practice_address(lesson, question, missed_only=missed_only),
        solution=f"/lessons/{lesson.slug}/practice/solution?{_query(question, missed_only, None)}",
        again=practice_address(lesson, question, missed_only=missed_only, again=rounds),
    )


def without_memory(address: str) -> str:
    """Mark an address of the practice as that of a browser that keeps no cookie, and was told so."""
    return f"{address}{'&' if '?' in address else '?'}memory=none"


def as_fragment(question: Question, *, rounds: int = 0, is_anonymous: bool = False) -> Addresses:
    """Name the addresses at which htmx has a question within any page.

    Args:
        question: the question.
        rounds: how often the learner had the solution.
        is_anonymous: its options were shown before there was a learner, and keep that order.
    """
    here = f"/fragments/questions/{question.id}"
    mark = "?anonymous=1" if is_anonymous else ""
    return Addresses(here + mark, f"{here}/solution{mark}", f"{here}?again={rounds}")


def _query(question: Question, missed_only: bool, again: int | None) -> str:
    query = {"q": question.id} | ({"missed": "1"} if missed_only else {})
    return urlencode(query | ({} if again is None else {"again": str(again)}))
