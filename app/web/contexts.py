"""What each template is given: one frozen dataclass a template, so that a page's needs can be read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from app.cards import Card
from app.course.grading import Grade
from app.course.lesson import Heading, Lesson
from app.course.quiz import Option, Question
from app.web.course_map import Unit
from app.web.player import PlayerView


class Context(Protocol):
    """A frozen dataclass that names the template it is for."""

    template: ClassVar[str]


@dataclass(frozen=True)
class Recording:
    """The recorded run of the home page, as `static/recorded/home.json` states it."""

    model: str
    model_sha256: str
    frames: int
    columns: int
    width: int
    height: int
    seed: int
    sampler: str
    steps: int
    guidance: float
    prompts: tuple[str, ...]
    sha256: str

    @property
    def spoken(self) -> str:
        """What is on the last frame, for those who cannot see it."""
        return "; ".join(self.prompts)


@dataclass(frozen=True)
class HomeContext:
    """`home.html`: the same for everyone; progress comes as a fragment.

    Attributes:
        recording: None when the files are missing or do not match their checksum.
        units: the whole course, lessons in preparation included.
        first: the lesson that the button starts; None in a course without lessons.
    """

    template: ClassVar[str] = "home.html"
    recording: Recording | None
    units: tuple[Unit, ...]
    first: Lesson | None


@dataclass(frozen=True)
class LessonProgress:
    """How far a learner has come with one lesson's questions."""

    slug: str
    title: str
    number: int
    questions: int
    answered: int
    right: int
    next_question: str | None


@dataclass(frozen=True)
class ProgressContext:
    """`progress.html`: the fragment that fills a learner's own marks into the home page."""

    template: ClassVar[str] = "progress.html"
    lessons: tuple[LessonProgress, ...]
    current: LessonProgress | None
    first: Lesson | None


@dataclass(frozen=True)
class LessonProgressContext:
    """`lesson_progress.html`: the fragment beside a lesson's contents."""

    template: ClassVar[str] = "lesson_progress.html"
    questions: int
    answered: int
    right: int


@dataclass(frozen=True)
class Part:
    """A stretch of a lesson: prose as HTML, or a plate with a player (None: its model has no card)."""

    html: str = ""
    lab: str = ""
    model: str = ""
    player: PlayerView | None = None


@dataclass(frozen=True)
class Section:
    """An entry of the table of contents with those below it."""

    heading: Heading
    below: tuple[Heading, ...]


@dataclass(frozen=True)
class LessonContext:
    """`lesson.html`: the same for everyone."""

    template: ClassVar[str] = "lesson.html"
    lesson: Lesson
    contents: tuple[Section, ...]
    parts: tuple[Part, ...]
    has_player: bool


@dataclass(frozen=True)
class Letter:
    """An option as this learner sees it: under its letter, and whether it was chosen."""

    letter: str
    option: Option
    chosen: bool


SPOKEN = {
    "untried": "not answered",
    "wrong": "missed",
    "mended": "missed first, right since",
    "right": "right at the first try",
}


@dataclass(frozen=True)
class Dot:
    """A question's mark in the row of all: `state` is untried, wrong, mended or right."""

    number: int
    question_id: str
    state: str
    current: bool

    @property
    def spoken(self) -> str:
        """The state in words."""
        return SPOKEN[self.state]


@dataclass(frozen=True)
class PracticeContext:
    """`practice.html`: one question, before (`grade` is None) or after an answer.

    Attributes:
        missed_only: the learner goes through what was missed; links keep to it.
        next_address: where "next" leads: another question or the summary.
        attempt: a fresh token that makes sending the same form twice harmless.
        problem: why the form was not taken, shown above the options.
    """

    template: ClassVar[str] = "practice.html"
    lesson: Lesson
    question: Question
    number: int
    letters: tuple[Letter, ...]
    dots: tuple[Dot, ...]
    address: str
    next_address: str
    next_is_summary: bool
    missed_only: bool
    attempt: str
    grade: Grade | None
    problem: str | None


@dataclass(frozen=True)
class SummaryRow:
    """One question in the summary."""

    number: int
    question: Question
    state: str
    address: str

    @property
    def spoken(self) -> str:
        """The state in words."""
        return SPOKEN[self.state]


@dataclass(frozen=True)
class SummaryContext:
    """`practice_summary.html`: all questions of a lesson, and what to do about them."""

    template: ClassVar[str] = "practice_summary.html"
    lesson: Lesson
    rows: tuple[SummaryRow, ...]
    answered: int
    right_first: int
    right_now: int
    missed_address: str | None
    untried_address: str | None


@dataclass(frozen=True)
class PrivacyContext:
    """`privacy.html`; `done` names what was just done: nothing, "new" or "forgotten"."""

    template: ClassVar[str] = "privacy.html"
    done: str


@dataclass(frozen=True)
class LicencesContext:
    """`licences.html`: models and their data from the cards."""

    template: ClassVar[str] = "licences.html"
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class ErrorContext:
    """`error.html`: what happened and what to do.

    Attributes:
        status: of the answer, with a short `title` and a `message` in words.
        may_try_again: the same address can be asked for once more, and may then answer.
        lesson: address of the lesson that a form was sent from; None where that is not known.
    """

    template: ClassVar[str] = "error.html"
    status: int
    title: str
    message: str
    may_try_again: bool
    lesson: str | None


@dataclass(frozen=True)
class RunContext:
    """`run.html`: a run as an animated image, for pages without JavaScript.

    Attributes:
        settings: in one sentence, what was run.
        notes: how the prompts were taken, where they came from the player's form.
        facts: the same as pairs, for a table.
        animation: address of the moving picture; `still`, of the finished one; `strip`, of the film strip.
        back: where the run was asked for.
    """

    template: ClassVar[str] = "run.html"
    settings: str
    notes: tuple[str, ...]
    facts: Mapping[str, str]
    animation: str
    still: str
    strip: str
    back: str
