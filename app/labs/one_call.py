"""One call of a model on the picture of a lab: which lab is meant, and answers that are kept.

A request names a lab of the course and what can be chosen there, so the model sees only pictures that
lessons give it. What it answers is the same every time, so each answer is asked for once, however many
learners ask at the same moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.errors import NotFound, PoolSpent, TooMany
from app.labs.registry import LabsOfLesson, ReadLab
from app.labs.shown import example
from app.learners.sessions import Session
from app.web.edge.services import services_of

BY_ITSELF = "-"
"""Stands for the lesson in addresses, where the lab is on a page of its own."""

LONGEST_SLUG, LONGEST_ID = 200, 40

Settings = TypeVar("Settings")
Answer = Mapping[str, Any]
"""What the engine says of one call; see `EngineClient.once`."""


class Which(BaseModel):
    """Which lab is meant."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lesson: str = Field(
        max_length=LONGEST_SLUG,
        description="The slug of its lesson; empty on the lab's own page.",
        examples=["one-call"],
    )
    lab: str = Field(max_length=LONGEST_ID, description="Its id on the page.", examples=["lab-2"])

    @property
    def key(self) -> tuple[str, str]:
        """The lab's own name; on its own page there is one, whatever its id."""
        return self.lesson, self.lab if self.lesson else ""


def which_of(lesson: str, lab: str) -> Which:
    """Read which lab an address means; `BY_ITSELF` stands for no lesson.

    Raises:
        NotFound: a name is longer than any.
    """
    if len(lesson) > LONGEST_SLUG or len(lab) > LONGEST_ID:
        raise NotFound("No lesson or lab has so long a name.")
    return Which(lesson="" if lesson == BY_ITSELF else lesson, lab=lab)


@dataclass(frozen=True)
class LabsOfKind(Generic[Settings]):
    """The labs of one kind, wherever they stand in the course.

    Args:
        kind: its name in the registry.
        settings: the type of its settings.
        labs: of each lesson, by its slug.
        what: what such a lab is for, as "to be cleaned by hand".
    """

    kind: str
    settings: type[Settings]
    labs: Mapping[str, LabsOfLesson]
    what: str

    def settings_of(self, request: Request, which: Which) -> Settings:
        """Return the settings of a lab.

        Raises:
            NotFound: there is no such lab of this kind, or its model is not on this server.
        """
        alone = not which.lesson
        read = example(self.kind, services_of(request).cards) if alone else self._find(which)
        if read is None or not isinstance(read.settings, self.settings):
            raise NotFound(f"There is no lab {which.lab!r} {self.what} at this place of the course.")
        return read.settings

    def _find(self, which: Which) -> ReadLab | None:
        return self.labs.get(which.lesson, {}).get(which.lab)


class KeptAnswers:
    """Answers of models, by what was asked. They are kept as long as the process lives."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, Answer] = {}
        self._under_way: dict[Hashable, asyncio.Task[None]] = {}

    async def answer(self, key: Hashable, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer of a key; ask the engine unless the answer is kept or is being asked for.

        A client that goes takes nothing from the others, who wait for the same.

        Args:
            key: what is asked; all that the answer depends on.
            ask: asks the engine, on the account of this client.

        Raises:
            InvalidRequest, TryLater: as the engine says; the next one asks again.
        """
        while key not in self._answers:
            begins = key not in self._under_way
            if begins:
                self._under_way[key] = asyncio.create_task(self._ask(key, ask))
                self._under_way[key].add_done_callback(_seen)
            try:
                await asyncio.shield(self._under_way[key])
            except (TooMany, PoolSpent):
                if begins:  # else it was the account of another client that was spent
                    raise
        return self._answers[key]

    async def _ask(self, key: Hashable, ask: Callable[[], Awaitable[Answer]]) -> None:
        try:
            self._answers[key] = await ask()
        finally:
            del self._under_way[key]


async def drawn(
    request: Request, session: Session | None, key: tuple[str, ...], draw: Callable[[], bytes]
) -> Response:
    """Send a picture of a lab, a PNG file, which is drawn once and counted among drawn files.

    Args:
        request: what asks for it.
        session: of the learner who asks.
        key: what is drawn; addresses that mean the same have the same.
        draw: draws it.

    Raises:
        TooMany: there were too many within the minute.
    """
    drawings = services_of(request).drawings
    drawings.count(session.learner_key if session else None)
    content = await drawings.file(key, lambda: drawings.draw(draw))
    return Response(content, media_type="image/png")


def _seen(asking: asyncio.Task[None]) -> None:
    """Take note of a failure, of which all who waited have been told, or have left."""
    if not asking.cancelled():
        asking.exception()
