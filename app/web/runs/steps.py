"""A step of a run taken apart: its row, and its numbers at one pixel."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from app.controls.table import MAX_COUNT
from app.diffusion.samplers.catalogue import SAMPLERS
from app.engine.run import RunSpec
from app.ranges import MAX_STEPS
from app.web.edge.api_document import refusals
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.runs.answers import RunId, StepNumbers
from app.web.runs.api import known_run

router = APIRouter()

LARGEST_SIDE = 4096
"""Beyond any picture; where a model's own ends, the engine says."""

Step = Annotated[int, Path(ge=0, lt=MAX_STEPS, description="The step, from 0.", examples=[12])]
Picture = Annotated[
    int, Query(ge=0, lt=MAX_COUNT, description="Which picture of the run, from 0.", examples=[0])
]
Column = Annotated[
    int, Query(ge=0, lt=LARGEST_SIDE, description="The pixel's column, from 0.", examples=[14])
]
Row = Annotated[int, Query(ge=0, lt=LARGEST_SIDE, description="Its row, from the top.", examples=[9])]


@router.get(
    "/api/runs/{run_id}/steps/{step}", response_model=StepNumbers, responses=refusals(404, 409, 422, 429, 503)
)
async def step_of_run(
    request: Request,
    run_id: RunId,
    step: Step,
    session: CurrentSession,
    picture: Picture = 0,
    x: Column = 0,
    y: Row = 0,
) -> Response:
    """Work one step out again at one pixel.

    For each network call of the step (two with Heun): its `row`, what each number of the row multiplies, the
    resulting `x_next`, what the run `logged` in half precision, and the `rounding` within which they agree.
    Noise is drawn again from the picture's own generator.
    """
    services_of(request).step_rate.take(session.learner_key if session else None)
    relay, _ = await known_run(request, run_id)
    numbers = await services_of(request).engine.step_numbers(run_id, step, picture, x, y)
    return JSONResponse(numbers | {"function": function_of(relay.spec)})


def function_of(spec: RunSpec) -> str:
    """Return the dotted name of the function that gives a run's rows."""
    function = SAMPLERS[spec.sampler].function
    return f"{function.__module__}.{function.__qualname__}"
