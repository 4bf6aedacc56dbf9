"""`GET /api/ticket`: what makes a browser somebody of its own before its first run.

A ticket costs nothing and is worth little by itself: the engine takes so many learners a minute from one
address whom it does not know, whichever way they came by their names (`app/engine/admission.py`).
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from app.learners.sessions import Session
from app.learners.tickets import LASTS_S, learner_of, new_ticket
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.runs.answers import Ticket

FRESH = {"cache-control": "no-store"}

router = APIRouter()


@router.get("/api/ticket", response_model=Ticket)
async def ticket(request: Request, session: CurrentSession) -> Response:
    """Give a ticket for `X-Ticket` at `POST /api/runs`; null to who has a cookie."""
    made = None
    if session is None:
        made = new_ticket(services_of(request).secret)
    return JSONResponse({"ticket": made, "lasts_s": LASTS_S}, headers=FRESH)


def learner_by_ticket(request: Request, ticket: str) -> Session | None:
    """Return the learner of the ticket that came with a request without a cookie; None for a bad one."""
    return learner_of(services_of(request).secret, ticket)
