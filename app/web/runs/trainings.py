"""Trainings over HTTP: ask for one, watch it report by report, withdraw. As with runs, see `api.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import JSONResponse

from app.engine.points.spec import (
    DEFAULT_UPDATES,
    EDGE,
    FEWEST_UPDATES,
    LOOPS,
    MAX_POINTS,
    MAX_UPDATES,
    PRESETS,
    SCHEDULE_NAMES,
    SPEC,
    TARGETS,
    TrainingSpec,
    read_training,
)
from app.errors import TryLater
from app.learners.sessions import new_session
from app.web.delivery.event_stream import EventStream
from app.web.edge.api_document import WITH_BODY, refusals
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session
from app.web.runs.answers import (
    REPORTS,
    LastEventId,
    TicketHeader,
    Training,
    TrainingId,
    Trainings,
    ViewerName,
)
from app.web.runs.api import asker_of, event_number, viewing
from app.web.runs.tickets import learner_by_ticket

router = APIRouter()

BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": SPEC.json_schema()
                | {"anyOf": [{"required": ["preset"]}, {"required": ["points"]}]},
                "example": {"preset": "two_moons", "target": "eps", "updates": 500},
            }
        },
    }
}

AfterReport = Annotated[
    int,
    Query(
        ge=-1,
        le=MAX_UPDATES,
        description="The number of the last report that arrived; -1 for none.",
        examples=[3],
    ),
]


@router.get("/api/trainings", response_model=Trainings)
async def describe_trainings(request: Request) -> Response:
    """Say what can be trained, within which limits, and how fast this machine trains alone.

    While the engine is away, `update_seconds` and `report_seconds` are null.
    """
    try:
        pace: Mapping[str, float | None] = await services_of(request).engine.training_pace()
    except TryLater:
        pace = {"update_s": None, "report_s": None}
    described = {
        "presets": PRESETS,
        "targets": TARGETS,
        "schedules": SCHEDULE_NAMES,
        "loops": LOOPS,
        "limits": {
            "points": MAX_POINTS,
            "edge": EDGE,
            "updates": {"least": FEWEST_UPDATES, "usual": DEFAULT_UPDATES, "most": MAX_UPDATES},
        },
        "update_seconds": pace["update_s"],
        "report_seconds": pace["report_s"],
    }
    return JSONResponse(described)


@router.post(
    "/api/trainings",
    status_code=201,
    response_model=Training,
    openapi_extra=BODY,
    responses=refusals(*WITH_BODY, 422, 429, 503),
)
async def start_training(
    request: Request, session: CurrentSession, x_ticket: TicketHeader = None
) -> Response:
    """Start a training on points of the plane, or join the same one; it counts as a run does.

    The body has `preset` (ring, two_moons, letters) or `points` ([[x, y], …], between -2 and 2), and may have
    `schedule`, `target`, `level_told`, `loop`, `updates` and `seed`.
    """
    spec = read_training(await request.body())
    learner = session or (learner_by_ticket(request, x_ticket) if x_ticket else None)
    services = services_of(request)
    training_id = await services.engine.submit_training(spec, asker_of(request, learner))
    response = JSONResponse(_described(training_id, spec, services.address), status_code=201)
    if session is None:
        keep_session(request, response, learner or new_session(services.secret))
    return response


@router.get(
    "/api/trainings/{training_id}/events",
    response_class=Response,
    responses=REPORTS | refusals(404, 422, 429, 503),
)
async def watch_training(
    request: Request,
    training_id: TrainingId,
    session: CurrentSession,
    last_event_id: LastEventId = None,
    after: AfterReport = -1,
    viewer: ViewerName = "",
) -> Response:
    """Stream the reports of a training, from the one after `Last-Event-ID`, or `?after=`, on."""
    after = max(after, event_number(last_event_id))
    relay = await services_of(request).engine.find_training(training_id)
    slot = services_of(request).streams.take(session.learner_key if session else None)
    return EventStream(relay.watch(after, viewing(session, viewer) or ""), slot.release)


@router.delete("/api/trainings/{training_id}", status_code=204, responses=refusals(*WITH_BODY, 404, 422, 503))
async def withdraw_training(
    request: Request, training_id: TrainingId, session: CurrentSession, viewer: ViewerName = ""
) -> Response:
    """Withdraw the learner's viewer of that name, as of a run; with none left the training pauses."""
    engine, key = services_of(request).engine, viewing(session, viewer)
    if key is None:
        await engine.find_training(training_id)
    else:
        await engine.withdraw(training_id, key, "training")
    return Response(status_code=204)


def _described(training_id: str, spec: TrainingSpec, address: Callable[[str], str]) -> dict[str, object]:
    return {
        "id": training_id,
        "updates": spec.updates,
        "events": address(f"/api/trainings/{training_id}/events"),
    }
