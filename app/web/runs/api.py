"""Runs over HTTP: ask for one, watch it frame by frame, withdraw. Image files are in `files.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from app.cards import Card
from app.controls.request import RunRequest, read_texts
from app.controls.table import CONTROLS
from app.engine.admission import Asker
from app.engine.reading import RunReading, read_run
from app.engine.relay import Relay
from app.engine.run import RunSpec
from app.errors import InvalidRequest
from app.learners.sessions import Session, new_session
from app.ranges import MAX_STEPS
from app.web.delivery.event_stream import EventStream
from app.web.edge.api_document import ANY, WITH_BODY, refusals
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session
from app.web.runs.answers import (
    FORM_BODY,
    FRAMES,
    REDIRECT,
    LastEventId,
    PromptRun,
    ReplacedRun,
    Run,
    RunId,
    TicketHeader,
    ViewerName,
)
from app.web.runs.read_back import as_typed, prompts_as_read
from app.web.runs.tickets import learner_by_ticket

router = APIRouter()

SHORTEST_TELLING_NAME = 8
"""Letters of a viewer's name that nobody else has by chance; a page's has about twelve."""

AfterStep = Annotated[
    int,
    Query(
        ge=-1, le=MAX_STEPS, description="The step of the last frame that arrived; -1 for none.", examples=[7]
    ),
]

FORM_FIELDS = ("model", *CONTROLS)


@dataclass(frozen=True)
class StartedRun:
    """A run that the engine has taken: its id, its model's card, how its request was read, where it is."""

    id: str
    card: Card
    reading: RunReading
    frames: str

    @property
    def described(self) -> dict[str, object]:
        """What a client needs to watch it."""
        return {
            "id": self.id,
            "model": self.card.name,
            "shape": self.card.shape,
            "steps": self.reading.spec.steps,
            "count": self.reading.spec.count,
            "frames": self.frames,
        }


@router.post(
    "/api/runs",
    status_code=201,
    response_model=PromptRun | Run,
    responses=refusals(*WITH_BODY, 422, 429, 503),
)
async def start_run(
    request: Request,
    body: RunRequest,
    session: CurrentSession,
    replaces: ReplacedRun = None,
    x_ticket: TicketHeader = None,
) -> Response:
    """Start a run, or join the same one.

    `?replaces=` names a run of a moment ago that this one stands in for, after a change of its settings: it
    counts among the changes of the minute, of which there may be more than runs. `X-Ticket`, from
    `GET /api/ticket`, makes a client without a cookie a learner of its own.
    """
    learner = session or (learner_by_ticket(request, x_ticket) if x_ticket else None)
    run = await start(request, body, learner, replaces)
    prompts = prompts_as_read(body, run.reading.prompts) if run.reading.prompts else {}
    response = JSONResponse(run.described | prompts, status_code=201)
    if session is None:
        keep_session(request, response, learner or new_session(services_of(request).secret))
    return response


@router.get(
    "/api/runs/{run_id}/frames", response_class=Response, responses=FRAMES | refusals(404, 422, 429, 503)
)
async def watch_run(
    request: Request,
    run_id: RunId,
    session: CurrentSession,
    last_event_id: LastEventId = None,
    after: AfterStep = -1,
    viewer: ViewerName = "",
) -> Response:
    """Stream the frames of a run, from the one after `Last-Event-ID` on.

    A page that opens a new stream cannot set that header: it says `?after=` instead, and the header of
    the browser's own reconnection, which is later, counts more. `?viewer=` names the viewing, so that it
    can be withdrawn and another one of the same learner, in another tab, goes on.
    """
    after = max(after, event_number(last_event_id))
    relay: Relay[RunSpec] = await services_of(request).engine.find(run_id)
    slot = services_of(request).streams.take(session.learner_key if session else None)
    return EventStream(relay.watch(after, viewing(session, viewer) or ""), slot.release)


@router.delete("/api/runs/{run_id}", status_code=204, responses=refusals(*WITH_BODY, 404, 422, 503))
async def withdraw_run(
    request: Request, run_id: RunId, session: CurrentSession, viewer: ViewerName = ""
) -> Response:
    """Withdraw the learner's viewer of that name; with none left the run pauses within two steps.

    Without a cookie only a viewer with a name of eight letters or more can be withdrawn: others could be
    anybody's.
    """
    engine, key = services_of(request).engine, viewing(session, viewer)
    if key is None:
        await engine.find(run_id)
    else:
        await engine.withdraw(run_id, key)
    return Response(status_code=204)


@router.post(
    "/runs",
    status_code=303,
    response_class=RedirectResponse,
    openapi_extra=FORM_BODY,
    responses=REDIRECT | refusals(*ANY, *WITH_BODY, 422, 429, is_page=True),
)
async def start_run_by_form(request: Request, session: CurrentSession) -> Response:
    """Start a run from the player's form, for browsers without JavaScript."""
    async with request.form(max_fields=20, max_files=0) as form:
        given = {name: str(form[name]) for name in FORM_FIELDS if form.get(name)}
    wanted = read_texts(given)
    learner = session or new_session(services_of(request).secret)  # as by a ticket
    run = await start(request, wanted, learner)
    response = RedirectResponse(f"/runs/{run.id}{as_typed(wanted, run.card)}", status_code=303)
    if session is None:
        keep_session(request, response, learner)
    return response


async def start(
    request: Request, wanted: RunRequest, session: Session | None, replaces: str | None = None
) -> StartedRun:
    """Read a request and have the engine run it, on the account of the learner or of the anonymous."""
    services = services_of(request)
    card = services.card(wanted.model)
    reading = read_run(wanted, card)
    run_id = await services.engine.submit(reading.spec, asker_of(request, session), replaces)
    return StartedRun(run_id, card, reading, services.address(f"/api/runs/{run_id}/frames"))


def asker_of(request: Request, session: Session | None) -> Asker:
    """Say for whom, and from where, the engine is asked."""
    host = request.client.host if request.client else ""
    return Asker(session.learner_key if session else "", host)


async def known_run(request: Request, run_id: str) -> tuple[Relay[RunSpec], Card]:
    """Return a run that was asked for a moment ago, and its model's card; NotFound otherwise."""
    relay: Relay[RunSpec] = await services_of(request).engine.find(run_id)
    return relay, services_of(request).card(relay.spec.model)


def viewing(session: Session | None, viewer: str) -> str | None:
    """Tell a viewing from every other one: nobody withdraws what another learner, or tab, looks at.

    Of a client without a cookie the name is all that tells it from others: one without a name that nobody
    would guess is None, and withdrawn by nobody.
    """
    if session is None and len(viewer) < SHORTEST_TELLING_NAME:
        return None
    return f"{session.learner_key if session else ''}/{viewer}"


def event_number(last_event_id: str | None) -> int:
    """Read the `Last-Event-ID` header: the number of the last frame, or report, that arrived."""
    if last_event_id is None:
        return -1
    if not (last_event_id.isascii() and last_event_id.isdigit()):
        raise InvalidRequest(
            "Last-Event-ID must be the number of an event, such as the step of a frame", "Last-Event-ID"
        )
    return int(last_event_id)
