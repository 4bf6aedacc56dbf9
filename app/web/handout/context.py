"""What a handout is made of: a lesson's text with its plates as strips, its questions, and solutions.

The personal page (`page.py`) has the solutions that its learner has had; the file that a teacher exports
(`app/export_command.py`) has all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from app.course.lesson import Block, Lab, Lesson, QuestionHere
from app.course.prediction import Prediction
from app.course.question import Question
from app.labs.registry import LabsOfLesson, ReadLab
from app.labs.strip import PlateOnPaper
from app.learners.sittings import Standing
from app.predictions.outcome import Found
from app.questions.kind import Kinds, Turn
from app.web.practice.addresses import on_practice_page
from app.web.practice.asked import Asked, asked, rounds_of
from app.web.practice.tally import SPOKEN, state_of

STYLES = (
    "pages/lesson_text.css",
    "pages/lesson_parts.css",
    "code.css",
    "pages/strip.css",
    "practice/prediction.css",
    "practice/question.css",
    "handout/handout.css",
)
"""The sheets of a handout beside those of every page; the kinds of its questions have theirs."""

PRINT_STYLES = ("pages/lesson_print.css",)
"""Those for paper alone, likewise."""

PaperOf = Callable[[str, ReadLab], PlateOnPaper]
"""Says what stands for a plate of the lesson with this slug."""


@dataclass(frozen=True)
class Plate:
    """A plate of a handout."""

    number: int
    caption_html: str
    paper: PlateOnPaper

    @property
    def credit(self) -> str:
        """Whose pictures these are; empty without pictures."""
        return self.paper.strip.credit if self.paper.strip else ""


@dataclass(frozen=True)
class Part:
    """A stretch of the text: prose as HTML, a plate, a prediction, or the number of a question."""

    html: str = ""
    plate: Plate | None = None
    prediction: Prediction | None = None
    question: int | None = None


@dataclass(frozen=True)
class OnPaper:
    """A question on paper.

    Attributes:
        number: in the lesson's practice.
        blank: to be answered: the same whatever was answered, and whatever is right.
        solved: with its solution, and what was answered; None for who has not had it.
        went: how the learner got there, in words; empty where that is nobody.
    """

    number: int
    blank: Asked
    solved: Asked | None = None
    went: str = ""


@dataclass(frozen=True)
class Foretold:
    """A prediction of the text, and what came out; `found` is None where its model is not on this machine."""

    prediction: Prediction
    found: Found | None


@dataclass(frozen=True)
class HandoutContext:
    """`handout/page.html`: the personal page.

    Attributes:
        outcomes: of the text's predictions; none for a learner, who is told after predicting.
        styles: sheets for screen and paper; `print_styles` are for paper alone.
        is_whole: every solution is there, whoever reads it.
    """

    template: ClassVar[str] = "handout/page.html"
    lesson: Lesson
    parts: tuple[Part, ...]
    questions: tuple[OnPaper, ...]
    styles: Sequence[str]
    print_styles: Sequence[str]
    is_whole: bool = False
    outcomes: tuple[Foretold, ...] = ()


@dataclass(frozen=True)
class HandoutFileContext(HandoutContext):
    """`handout/file.html`: the same as a file by itself, with its sheets in it."""

    template: ClassVar[str] = "handout/file.html"
    sheet: str = ""
    print_sheet: str = ""


def parts_of(lesson: Lesson, labs: LabsOfLesson, paper_of: PaperOf) -> tuple[Part, ...]:
    """Lay a lesson's text out for paper."""
    numbers = {question.id: number for number, question in enumerate(lesson.questions, 1)}

    def part(block: Block) -> Part:
        if isinstance(block, Lab):
            return Part(plate=Plate(block.number, block.caption_html, paper_of(lesson.slug, labs[block.id])))
        if isinstance(block, QuestionHere):
            return Part(question=numbers[block.question_id])
        if isinstance(block, Prediction):
            return Part(prediction=block)
        return Part(html=block.html)

    return tuple(map(part, lesson.blocks))


def outcomes_of(lesson: Lesson, found: Mapping[str, Found]) -> tuple[Foretold, ...]:
    """Put the outcomes of a lesson's predictions in the order of its text."""
    return tuple(
        Foretold(block, found.get(block.id)) for block in lesson.blocks if isinstance(block, Prediction)
    )


def styles_of(lesson: Lesson, kinds: Kinds) -> tuple[str, ...]:
    """List the sheets of a lesson's handout, each once."""
    return tuple(dict.fromkeys([*STYLES, *(kinds[question.kind].style for question in lesson.questions)]))


def questions_of(
    lesson: Lesson, kinds: Kinds, learner_key: str, standings: Mapping[str, Standing]
) -> tuple[OnPaper, ...]:
    """Put a lesson's questions on paper for one learner, with the solutions that the learner has had.

    Args:
        lesson: the lesson.
        kinds: every kind of question.
        learner_key: whose order the options are in; empty for the order that all without a cookie see.
        standings: what the learner has done with these questions.
    """
    return tuple(
        _on_paper(lesson, question, kinds, learner_key, standings.get(question.id))
        for question in lesson.questions
    )


def questions_solved(lesson: Lesson, kinds: Kinds) -> tuple[OnPaper, ...]:
    """Put a lesson's questions on paper with all solutions, in the order that all without a cookie see."""
    blank = questions_of(lesson, kinds, "", {})
    return tuple(replace(one, solved=replace(one.blank, result="given up", tries_left=0)) for one in blank)


def _on_paper(
    lesson: Lesson, question: Question, kinds: Kinds, learner_key: str, standing: Standing | None
) -> OnPaper:
    number = lesson.questions.index(question) + 1
    shown = asked(
        lesson,
        question,
        kinds,
        learner_key,
        page=on_practice_page(lesson, question),
        standing=standing,
    )
    rounds = rounds_of(standing) - (1 if shown.result else 0)  # the letters are those of the solution
    view = shown.kind.view(question, Turn(learner_key, rounds))
    blank = replace(shown, view=view, result=None, grade=None, former_texts=())
    if shown.result is None:
        return OnPaper(number, blank)
    return OnPaper(number, blank, shown, SPOKEN[state_of(standing)])
