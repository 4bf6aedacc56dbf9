"""How a text model took its prompts, told back: in the answer to a run, and on the run's page.

A run holds only the words that count, and a guidance of 1 where it has no effect. The page of a run that was
asked for by form reads both once more, from its own address, where they stand as they were typed.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from app.cards import Card
from app.engine.run import MAX_GUIDANCE, MAX_PROMPT_LENGTH, RunRequest, Told, read_prompts
from app.prompt_notes import notes
from app.web.runs.vocabulary import reading

PROMPTS = ("prompt", "negative_prompt")


class AsTyped(BaseModel):
    """The query of a run's page: both prompts and the guidance, as they were asked for."""

    model_config = ConfigDict(frozen=True)

    prompt: Annotated[str, Field(max_length=MAX_PROMPT_LENGTH)] | None = None
    negative_prompt: Annotated[str, Field(max_length=MAX_PROMPT_LENGTH)] | None = None
    guidance: Annotated[float, Field(ge=0.0, le=MAX_GUIDANCE, allow_inf_nan=False)] | None = None


def prompts_as_read(request: RunRequest, told: Told | None) -> dict[str, Any]:
    """Say what a text model read of each prompt that was given, with notes for people.

    `attention` are the words that the maps of the frames belong to, as they were written. Nothing at all is
    said for a model of classes.
    """
    if told is None:
        return {}
    given = {name: reading(getattr(told, name)) for name in PROMPTS if getattr(request, name) is not None}
    return given | {"attention": told.main.words if told.attention else (), "notes": notes(told)}


def as_typed(request: RunRequest, card: Card) -> str:
    """Return the query that the page of this run reads its prompts from; empty for a model of classes."""
    if card.vocabulary is None:
        return ""
    typed = {name: getattr(request, name) or "" for name in PROMPTS} | {"guidance": request.guidance}
    return "?" + urlencode({name: value for name, value in typed.items() if value is not None})


def notes_of_page(typed: AsTyped, card: Card) -> tuple[str, ...]:
    """Say how the prompts in a page's address were taken; nothing where it has none."""
    if typed.prompt is None:
        return ()
    told = read_prompts(RunRequest(model=card.name, **typed.model_dump()), card)
    return () if told is None else notes(told)
