"""How a text model took its prompts, told back: in the answer to a run, and on the run's page.

A run holds only the words that count. The page of a run that was asked for by form reads the prompts once
more, from its own address, where they stand as they were typed.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from app.cards import Card
from app.engine.run import MAX_GUIDANCE, MAX_PROMPT_LENGTH, RunRequest
from app.web.prompt_notes import notes, told
from app.web.vocabulary import reading

PROMPTS = ("prompt", "negative_prompt")

CARRIED_LETTERS = 300
"""Letters of each prompt that an address carries: the worst take 12 bytes, and a query has at most 8 KiB."""


class AsTyped(BaseModel):
    """The query of a run's page: the beginning of each prompt, and how much of both was cut off."""

    model_config = ConfigDict(frozen=True)

    prompt: Annotated[str, Field(max_length=CARRIED_LETTERS)] | None = None
    negative_prompt: Annotated[str, Field(max_length=CARRIED_LETTERS)] | None = None
    guidance: Annotated[float, Field(ge=0.0, le=MAX_GUIDANCE, allow_inf_nan=False)] | None = None
    cut: Annotated[int, Field(ge=0, le=2 * MAX_PROMPT_LENGTH)] = 0


def prompts_as_read(request: RunRequest, card: Card) -> dict[str, Any]:
    """Say what a text model read of each prompt that was given, with notes for people.

    `attention` are the words that the maps of the frames belong to, as they were written. Nothing at all is
    said for a model of classes.
    """
    what = told(request, card)
    if what is None:
        return {}
    given = {name: reading(getattr(what, name)) for name in PROMPTS if getattr(request, name) is not None}
    return given | {"attention": what.counting.words if request.attention else (), "notes": notes(what)}


def as_typed(request: RunRequest, card: Card) -> str:
    """Return the query that the page of this run reads its prompts from; empty for a model of classes."""
    if card.vocabulary is None:
        return ""
    typed = {name: getattr(request, name) or "" for name in PROMPTS}
    carried = AsTyped(
        **{name: text[:CARRIED_LETTERS] for name, text in typed.items()},
        guidance=request.guidance,
        cut=sum(max(0, len(text) - CARRIED_LETTERS) for text in typed.values()),
    )
    return "?" + urlencode(carried.model_dump(exclude_none=True))


def notes_of_page(typed: AsTyped, card: Card) -> tuple[str, ...]:
    """Say how the prompts in a page's address were taken; nothing where it has none."""
    if typed.prompt is None:
        return ()
    request = RunRequest(model=card.name, **typed.model_dump(exclude={"cut"}))
    what = told(request, card)
    if what is None:
        return ()
    if typed.cut:
        rest = (
            f"The prompts are long: their last {typed.cut} letters went to the model, but not to these notes."
        )
        return (*notes(what), rest)
    return notes(what)
