"""A step of a run taken apart: its row, and its numbers at one pixel."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from app.controls.table import MAX_COUNT
from app.diffusion.samplers.catalogue import SAMPLERS
from app.engine.run import RunSpec
from app.ranges import MAX_STEPS
from app.web.edge.services import services_of
from app.web.runs.api import known_run

router = APIRouter()

LARGEST_SIDE = 4096
"""Beyond any picture; where a model's own ends, the engine says."""

Step = Annotated[int, Path(ge=0, lt=MAX_STEPS, description="The step, from 0.")]
Picture = Annotated[int, Query(ge=0, lt=MAX_COUNT, description="Which picture of the run, from 0.")]
Pixel = Annotated[int, Query(ge=0, lt=LARGEST_SIDE, description="Column x or row y, from 0 at the top left.")]


@router.get("/api/runs/{run_id}/steps/{step}")
async def step_of_run(
    request: Request, run_id: str, step: Step, picture: Picture = 0, x: Pixel = 0, y: Pixel = 0
) -> dict[str, Any]:
    """Work one step out again at one pixel.

    For each network call of the step (two with Heun): its `row`, what each number of the row multiplies, the
    resulting `x_next`, what the run `logged` in half precision, and the `rounding` within which they agree.
    Noise is drawn again from the picture's own generator.
    """
    relay, _ = await known_run(request, run_id)
    numbers = await services_of(request).engine.step_numbers(run_id, step, picture, x, y)
    return numbers | {"function": function_of(relay.spec)}


def function_of(spec: RunSpec) -> str:
    """Return the dotted name of the function that gives a run's rows."""
    function = SAMPLERS[spec.sampler].function
    return f"{function.__module__}.{function.__qualname__}"
