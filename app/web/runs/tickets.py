"""`GET /api/ticket`: what makes a browser somebody of its own before its first run.

Tickets are budgeted by address and minute: enough for a class behind one address, too few to pay for whoever
would be many learners at once. Beyond the budget there is none, and the first run shares the pool of all
clients without a cookie.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from app.learners.sessions import Session
from app.learners.tickets import LASTS_S, learner_of, new_ticket
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession

HEADER = "x-ticket"
FRESH = {"cache-control": "no-store"}

router = APIRouter()


@router.get("/api/ticket")
async def ticket(request: Request, session: CurrentSession) -> Response:
    """Give a ticket for `X-Ticket` at `POST /api/runs`; null to who has a cookie, or beyond the budget."""
    made = None
    if session is None and services_of(request).limits.ticket(_address(request)):
        made = new_ticket(services_of(request).secret)
    return JSONResponse({"ticket": made, "lasts_s": LASTS_S}, headers=FRESH)


def learner_by_ticket(request: Request) -> Session | None:
    """Return the learner of the ticket that came with a request without a cookie; None without a good one."""
    return learner_of(services_of(request).secret, request.headers.get(HEADER, ""))


def learner_by_form(request: Request) -> Session | None:
    """Give a form without a cookie, from a page without scripts, its ticket as it comes."""
    services = services_of(request)
    if not services.limits.ticket(_address(request)):
        return None
    return learner_of(services.secret, new_ticket(services.secret))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
