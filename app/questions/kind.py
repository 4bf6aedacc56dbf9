"""What a kind of question is: everything that the rest of the program does with a question by its kind.

An answer, on its way from a page or a client to the records, is a list of texts: the ids of the options
chosen, or, for a kind without options, what was entered. Its order means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from app.course.question import Question
from app.learners.shown_text import ShownText

Q = TypeVar("Q", bound=Question)

Answer = Sequence[str]


@dataclass(frozen=True)
class Grade:
    """A verdict, and what is said to this very answer; `feedback_html` is for pages."""

    verdict: Literal["right", "wrong"]
    feedback: str
    feedback_html: str


@dataclass(frozen=True)
class Kind(Generic[Q]):
    """One kind of question, made of what its folder holds.

    Args:
        name: of the folder `app/questions/NAME/`.
        schema: the form of such a question in `quiz.toml`.
        grade: judges an answer; raises `InvalidRequest` for one that the question cannot have.
        shown_texts: says what the learner saw of what was answered.
        offered: what a client is offered beside the stem, in a learner's order; nothing in it tells the key.
        view: what the kind's template is given: the question for a learner, before or after an answer.
        problems: what must be mended before such a question can be asked.
        warnings: signs that it can be guessed.
        warnings_together: such signs that show only in all questions of this kind in a lesson.
        nothing_given: said where a form came without an answer.
        room: the folder of templates and scripts that has the kind's own.
    """

    name: str
    schema: type[Q]
    grade: Callable[[Q, Answer], Grade]
    shown_texts: Callable[[Q, Answer], Sequence[ShownText]]
    offered: Callable[[Q, str], Mapping[str, object]]
    view: Callable[[Q, str, Answer], object]
    problems: Callable[[Q], Iterable[str]]
    warnings: Callable[[Q], Iterable[str]]
    warnings_together: Callable[[Sequence[Q]], Iterable[str]]
    nothing_given: str = "Give an answer first."
    room: str = "questions"

    @property
    def template(self) -> str:
        """The template with its macros `fields`, `hint` (optional) and `answered`."""
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
