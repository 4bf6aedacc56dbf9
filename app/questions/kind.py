"""What a kind of question is: everything that the rest of the program does with a question by its kind.

An answer, on its way from a page or a client to the records, is a list of texts: the ids of the options
chosen, or, for a kind without options, what was entered. Its order means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Generic, Literal, TypeVar

from app.course.question import Question
from app.learners.shown_text import ShownText

Q = TypeVar("Q", bound=Question)

Answer = Sequence[str]

Fault = tuple[Sequence[int | str], str]
"""Where in a question's table, and what is wrong; it goes on from "question 3"."""


TRIES = 2
"""How many tries a sitting has, where a kind does not say otherwise."""


@dataclass(frozen=True)
class Grade:
    """A verdict, and what is said to this very answer; `feedback_html` is for pages.

    `hint` stands in for the feedback as long as a try is left; None where the feedback itself tells no more
    than that this answer is wrong.
    """

    verdict: Literal["right", "wrong"]
    feedback: str
    feedback_html: str
    hint: str | None = None

    def before_solution(self) -> Grade:
        """Return what may be said as long as a try is left."""
        return (
            self if self.hint is None else replace(self, feedback=self.hint, feedback_html=escape(self.hint))
        )


@dataclass(frozen=True)
class Turn:
    """Whose turn it is at a question: what the order of its options goes by, and what was answered.

    Attributes:
        learner_key: whose order of the options it is.
        rounds: how often this learner had the solution before; each time the order changes.
        answers: those of this sitting, in order; only the last one can be right.
    """

    learner_key: str
    rounds: int = 0
    answers: tuple[Answer, ...] = ()

    @property
    def answer(self) -> Answer:
        """The last answer; empty before any."""
        return self.answers[-1] if self.answers else ()


@dataclass(frozen=True)
class Kind(Generic[Q]):
    """One kind of question, made of what its folder holds.

    Args:
        name: of the folder `app/questions/NAME/`.
        schema: the form of such a question in `quiz.toml`.
        grade: judges an answer; raises `InvalidRequest` for one that the question cannot have.
        shown_texts: says what the learner saw of what was answered.
        offered: what a client is offered beside the stem, in a learner's order; nothing in it tells the key.
        view: what the kind's template is given: the question as it stands in a learner's turn.
        problems: what must be mended before such a question can be asked.
        warnings: signs that it can be guessed.
        warnings_together: such signs that show only in all questions of this kind in a lesson.
        nothing_given: said where a form came without an answer.
        together: what is wrong with a `[[question]]` table that no single value of it shows.
        tries: how many a sitting of this very question has.
        room: the folder of templates and scripts that has the kind's own.
    """

    name: str
    schema: type[Q]
    grade: Callable[[Q, Answer], Grade]
    shown_texts: Callable[[Q, Answer], Sequence[ShownText]]
    offered: Callable[[Q, Turn], Mapping[str, object]]
    view: Callable[[Q, Turn], object]
    problems: Callable[[Q], Iterable[str]]
    warnings: Callable[[Q], Iterable[str]]
    warnings_together: Callable[[Sequence[Q]], Iterable[str]]
    nothing_given: str = "Give an answer first."
    together: Callable[[Mapping[str, Any]], Iterable[Fault]] = lambda _: ()
    room: str = "questions"
    tries: Callable[[Q], int] = lambda _: TRIES

    @property
    def template(self) -> str:
        """The template with its macros `fields`, `hint` (optional) and `answered`.

        `fields` is also shown after a wrong answer, when a try is left, and then tells nothing but what was
        answered; on paper it is where the answer is written, and all of it is disabled. `answered` is shown
        with the solution, also to who gave up before any answer.
        """
        return f"{self.room}/{self.name}/question.html"

    @property
    def script(self) -> str:
        """The script that makes its fields usable by single keys."""
        return f"{self.room}/{self.name}/question.js"

    @property
    def style(self) -> str:
        """The style sheet of its fields and of its answer; its selectors begin with the class `.NAME`."""
        return f"{self.room}/{self.name}/question.css"


Kinds = Mapping[str, Kind[Any]]
"""Every kind by what `kind` says in `quiz.toml`; a kind may have several such names."""
