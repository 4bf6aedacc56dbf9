"""The head of `lesson.md`: what stands between its `+++` lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.course.files import Unreadable, read_text
from app.course.problem import Problem
from app.course.toml_file import Lines
from app.course.tongue import LANGUAGE, Direction
from app.front_matter import HeadFault, parse_head, split_text
from app.validation import describe, first_causes

LESSON_FILE = "lesson.md"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise ValueError("must be words in small letters with hyphens between, as 'adding-noise'")
    return value


Slug = Annotated[str, AfterValidator(_slug)]


def _language(value: str) -> str:
    if not LANGUAGE.fullmatch(value):
        raise ValueError("must be the short name of a language, as 'de', 'pt-BR' or 'ar'")
    return value


class Head(BaseModel):
    """What stands between the `+++` lines.

    `concepts` are the terms that the text teaches, `goals` what it is for; `prerequisites` the
    lessons it builds on, by their slugs (without them, those of `course.toml` hold).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: Words = Field(description="The lesson's title.")
    unit: Words = Field(description="The title of a unit of `course.toml`.")
    minutes: int = Field(ge=1, le=60, description="How long it takes, labs included.")
    summary: Words = Field(description="One or two sentences, for the home page and for search engines.")
    hook: Words = Field(description="The question that opens the lesson.")
    concepts: Annotated[tuple[Words, ...], Field(strict=False)] = Field(
        min_length=1, description="The terms that the text teaches; questions may ask for these."
    )
    goals: Annotated[tuple[Words, ...], Field(strict=False)] = Field(
        default=(),
        max_length=5,
        description="What a learner can do afterwards, each as the end of the sentence "
        '"After this lesson you can …".',
    )
    prerequisites: Annotated[tuple[Slug, ...] | None, Field(strict=False)] = Field(
        default=None,
        description="Slugs of the lessons that it builds on; without it, those that `course.toml` names.",
    )
    lang: Annotated[str, AfterValidator(_language)] = Field(
        default="en", description="The language of its texts and questions, as `de`, `pt-BR` or `ar`."
    )
    dir: Direction | None = Field(
        default=None, description="`ltr` or `rtl`; without it, the usual direction of that language."
    )


STANDING_IN: Mapping[str, Any] = {
    "title": "",
    "unit": "",
    "minutes": 60,
    "summary": "",
    "hook": "",
    "concepts": (),
    "goals": (),
    "prerequisites": None,
    "lang": "en",
    "dir": None,
}
"""What stands in for a faulty key, so that the rest of a lesson is looked at all the same."""


@dataclass(frozen=True)
class ReadHead:
    """What could be read of `lesson.md`.

    Args:
        values: by the names of `Head`; those of faulty keys are from `STANDING_IN`.
        body: the text below; None where it cannot be told where it begins.
        first_line: at which the body begins.
        lines: of each key.
        faulty: keys that are missing or refused.
        problems: every fault.
    """

    values: Mapping[str, Any] = field(default_factory=lambda: dict(STANDING_IN))
    body: str | None = None
    first_line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)
    faulty: frozenset[str] = frozenset(STANDING_IN)
    problems: tuple[Problem, ...] = ()


def read_head(path: Path, shown: Path) -> ReadHead:
    """Read a lesson's file, and its head.

    Args:
        path: of the file.
        shown: how problems name it.
    """
    try:
        text = read_text(path, path.parent)
        head, body, length = split_text(text)
    except Unreadable as fault:
        return ReadHead(problems=(Problem(shown, fault.what, fault.line),))
    except HeadFault as fault:
        return ReadHead(problems=(Problem(shown, fault.what, fault.line),))
    try:
        data = parse_head(head)
    except HeadFault as fault:
        problem = Problem(shown, fault.what, fault.line)
        return ReadHead(body=body, first_line=length + 1, problems=(problem,))
    lines = Lines(f"+++\n{head}")
    where = {key: lines.find((key,)) for key in data}
    values, faulty, problems = _validated(data, lines, shown)
    return ReadHead(values, body, length + 1, where, faulty, tuple(problems))


def _validated(
    data: Mapping[str, Any], lines: Lines, shown: Path
) -> tuple[Mapping[str, Any], frozenset[str], list[Problem]]:
    faults: list[Problem] = []
    try:
        head = Head.model_validate(dict(data))
        return {name: getattr(head, name) for name in Head.model_fields}, frozenset(), []
    except ValidationError as error:
        found = first_causes(error)
        faults = [
            Problem(shown, f"head: {describe(one, form=Head)}", lines.find(one["loc"])) for one in found
        ]
        faulty = frozenset(str(one["loc"][0]) for one in found) & set(Head.model_fields)
    sound = {name: value for name, value in data.items() if name in Head.model_fields and name not in faulty}
    for name in ("concepts", "goals", "prerequisites"):
        if isinstance(sound.get(name), list):
            sound[name] = tuple(sound[name])
    return {**STANDING_IN, **sound}, faulty, faults
