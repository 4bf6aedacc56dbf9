"""A run as a page of its own, for browsers without JavaScript: an animated image and what to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from app.cards import Card
from app.controls.request import RunRequest
from app.controls.table import controls_of
from app.engine.run import RunSpec
from app.pictures import LONGEST_STRIP, evenly
from app.web.delivery.templating import render
from app.web.edge.origins import lab_behind, lesson_behind
from app.web.edge.services import services_of
from app.web.runs.api import known_run
from app.web.runs.read_back import AsTyped, notes_of_page
from app.web.runs.sheets import animated

router = APIRouter()


@dataclass(frozen=True)
class RunContext:
    """`runs/run.html`: a run as an animated image, for pages without JavaScript.

    Attributes:
        settings: in one sentence, what was run.
        notes: how the prompts were read, where they came from the player's form.
        facts: the same as pairs, for a table.
        moving: address of the noisy picture and the guess, moving side by side; `stages`, of both as a strip.
        strip_steps: the steps that the strip shows.
        thinned: how many of how many frames the moving picture shows; empty where it shows all.
        animation: address of the moving picture to keep; `still`, of the finished one; `strip`, of the strip.
        back: the page that the run was asked for on, as far as the browser says it.
    """

    template: ClassVar[str] = "runs/run.html"
    settings: str
    notes: tuple[str, ...]
    facts: Mapping[str, str]
    moving: str
    stages: str
    strip_steps: Sequence[int]
    thinned: str
    animation: str
    still: str
    strip: str
    back: str


@router.get("/runs/{run_id}", include_in_schema=False)
async def run_page(request: Request, run_id: str, typed: Annotated[AsTyped, Query()]) -> HTMLResponse:
    """Show a run that was asked for here a moment ago."""
    relay, card = await known_run(request, run_id)
    spec = relay.spec
    _, shown = animated(spec, card, guess=True)
    context = RunContext(
        settings=in_words(spec, card),
        notes=notes_of_page(typed, card),
        facts=facts(spec, card, typed.guidance),
        moving=f"/api/runs/{run_id}/animation.gif?guess=true",
        stages=f"/api/runs/{run_id}/strip.png?guess=true",
        strip_steps=evenly(spec.steps + 1, LONGEST_STRIP).tolist(),
        thinned=f"{len(shown)} of its {spec.steps + 1:,} frames" if len(shown) <= spec.steps else "",
        animation=f"/api/runs/{run_id}/animation.gif",
        still=f"/api/runs/{run_id}/image.png",
        strip=f"/api/runs/{run_id}/strip.png",
        back=lesson_behind(request) or lab_behind(request) or _first_page(request),
    )
    return HTMLResponse(
        render(services_of(request).templates, context), headers={"cache-control": "no-store"}
    )


def _first_page(request: Request) -> str:
    """Return the first page with a player, for those who come from no page of ours."""
    lessons = services_of(request).catalogue.lessons
    return f"/lessons/{lessons[0].slug}" if lessons else "/labs/player"


def in_words(spec: RunSpec, card: Card, typed: RunRequest | None = None) -> str:
    """Say in one sentence what was run.

    Args:
        spec: the run.
        card: of its model.
        typed: the same as it was asked for, where that is known: prompts are then told as they were written.
    """
    if typed is not None:
        spec = replace(
            spec,
            prompt=spec.prompt and (typed.prompt or ""),
            negative_prompt=spec.negative_prompt and (typed.negative_prompt or ""),
        )
    pictures = "One picture" if spec.count == 1 else f"{spec.count} pictures"
    steps = "1 step" if spec.steps == 1 else f"{spec.steps} steps"
    return f"{pictures} {_asked(spec, card)}, from the noise of seed {spec.seed}, in {steps}."


def _asked(spec: RunSpec, card: Card) -> str:
    """Say what the pictures are of; guidance below 1 mixes the negative prompt in."""
    if spec.label is not None:
        return f"of the class {card.classes[spec.label]}"
    if not spec.negative_prompt:
        return f"of “{spec.prompt}”" if spec.prompt else "of whatever the model likes"
    if spec.guidance > 1.0:
        away = f"away from “{spec.negative_prompt}”"
        return f"of “{spec.prompt}”, {away}" if spec.prompt else f"led {away}"
    if spec.prompt:
        return f"of a mixture of “{spec.prompt}” and “{spec.negative_prompt}”"
    return f"drawn towards “{spec.negative_prompt}”"


def facts(spec: RunSpec, card: Card, typed_guidance: float | None = None) -> dict[str, str]:
    """List the settings that made the pictures, as far as they had an effect.

    Args:
        spec: the run.
        card: of its model.
        typed_guidance: as it was asked for, where that is known.
    """
    values = asdict(spec) | {
        "label": None if spec.label is None else card.classes[spec.label],
        "guidance": _guidance(spec, typed_guidance),
    }
    listed = {
        control.heading: control.in_words(values[control.name], card)
        for control in controls_of(card)
        if control.changes_pictures
        and control.counts_with(spec.sampler)
        and values[control.name] not in (None, "")
    }
    return {"Model": spec.model} | listed


def _guidance(spec: RunSpec, typed: float | None) -> float | None:
    """Return the guidance to show: 1 also stands in a run for any that has no effect on it."""
    if spec.label is not None or spec.guidance != 1.0:
        return spec.guidance
    return typed
