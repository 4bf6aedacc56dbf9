"""A run as a page of its own, for browsers without JavaScript: an animated image and what to take away."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from app.cards import Card
from app.diffusion.samplers.catalogue import SAMPLERS
from app.engine.run import RunSpec
from app.web.contexts import RunContext
from app.web.read_back import AsTyped, notes_of_page
from app.web.runs import known_run
from app.web.templating import render

router = APIRouter()


@router.get("/runs/{run_id}", include_in_schema=False)
async def run_page(request: Request, run_id: str, typed: Annotated[AsTyped, Query()]) -> HTMLResponse:
    """Show a run that was asked for here a moment ago."""
    relay, card = await known_run(request, run_id)
    first = request.app.state.catalogue.lessons
    context = RunContext(
        settings=in_words(relay.spec, card),
        notes=notes_of_page(typed, card),
        facts=facts(relay.spec),
        animation=f"/api/runs/{run_id}/animation.gif",
        still=f"/api/runs/{run_id}/image.png",
        strip=f"/api/runs/{run_id}/strip.png",
        back=f"/lessons/{first[0].slug}" if first else "/",
    )
    return HTMLResponse(render(request.app.state.templates, context), headers={"cache-control": "no-store"})


def in_words(spec: RunSpec, card: Card) -> str:
    """Say in one sentence what was run."""
    pictures = "One picture" if spec.count == 1 else f"{spec.count} pictures"
    if spec.label is not None:
        asked = f"of the class {card.classes[spec.label]}"
    else:
        asked = f"of “{spec.prompt}”" if spec.prompt else "of whatever the model likes"
    if spec.negative_prompt:
        asked += f", away from “{spec.negative_prompt}”"
    return f"{pictures} {asked}, from the noise of seed {spec.seed}, in {spec.steps} steps."


def facts(spec: RunSpec) -> dict[str, str]:
    """List the settings that made the pictures."""
    listed = {
        "Model": spec.model,
        "Sampler": SAMPLERS[spec.sampler].title,
        "Steps": str(spec.steps),
        "Seed": str(spec.seed),
        "Guidance": f"{spec.guidance:g}",
    }
    prompts = {"Prompt": spec.prompt, "Away from": spec.negative_prompt}
    listed |= {name: text for name, text in prompts.items() if text}
    return listed | ({"Eta": f"{spec.eta:g}"} if SAMPLERS[spec.sampler].uses_eta else {})
