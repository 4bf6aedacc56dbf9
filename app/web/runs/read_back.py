"""How a model of prompts read them: for the answer to a run, and for the run's page.

A run holds only the words that count, and a guidance of 1 where it has no effect. The page of a run that was
asked for by form reads both once more, from its own address, where they stand as they were typed.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from app.cards import Card
from app.controls.control import Kind
from app.controls.request import RunRequest, about
from app.controls.table import CONTROLS
from app.engine.reading import PromptReading, read_prompts
from app.prompt_notes import notes
from app.web.runs.vocabulary import reading

PROMPTS = tuple(control.name for control in CONTROLS.values() if control.kind is Kind.TEXT)


class AsTyped(BaseModel):
    """The query of a run's page: both prompts and the guidance, as they were asked for."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    prompt: Annotated[str | None, about("prompt")] = None
    negative_prompt: Annotated[str | None, about("negative_prompt")] = None
    guidance: Annotated[float | None, about("guidance")] = None


def prompts_as_read(request: RunRequest, prompts: PromptReading) -> dict[str, Any]:
    """Say what a text model read of each prompt that was given, with notes for people.

    `attention` are the words that the maps of the frames belong to, as they were written.
    """
    given = {name: reading(getattr(prompts, name)) for name in PROMPTS if getattr(request, name) is not None}
    return given | {"attention": prompts.main.words if prompts.attention else (), "notes": notes(prompts)}


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
    prompts = read_prompts(RunRequest(model=card.name, **typed.model_dump()), card)
    return () if prompts is None else notes(prompts)
