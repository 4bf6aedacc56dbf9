"""A run as a page of its own, for browsers without JavaScript: an animated image and what to take away."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.diffusion.samplers.catalogue import SAMPLERS
from app.engine.run import RunSpec
from app.web.contexts import RunContext
from app.web.runs import known_run
from app.web.templating import render

router = APIRouter()


@router.get("/runs/{run_id}", include_in_schema=False)
async def run_page(request: Request, run_id: str) -> HTMLResponse:
    """Show a run that was asked for here a moment ago."""
    relay, card = await known_run(request, run_id)
    first = request.app.state.catalogue.lessons
    context = RunContext(
        settings=in_words(relay.spec, card.classes),
        facts=facts(relay.spec),
        animation=f"/api/runs/{run_id}/animation.gif",
        still=f"/api/runs/{run_id}/image.png",
        strip=f"/api/runs/{run_id}/strip.png",
        back=f"/lessons/{first[0].slug}" if first else "/",
    )
    return HTMLResponse(render(request.app.state.templates, context), headers={"cache-control": "no-store"})


def in_words(spec: RunSpec, classes: tuple[str, ...]) -> str:
    """Say in one sentence what was run."""
    pictures = "One picture" if spec.count == 1 else f"{spec.count} pictures"
    asked = "of whatever the model likes" if spec.label is None else f"of the class {classes[spec.label]}"
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
    return listed | ({"Eta": f"{spec.eta:g}"} if SAMPLERS[spec.sampler].uses_eta else {})
