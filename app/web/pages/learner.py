"""A learner's say over what is kept of them: begin as somebody new, or have everything deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.learners.forgetting import forget
from app.web.delivery.templating import render
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, drop_session

router = APIRouter()


@dataclass(frozen=True)
class PrivacyContext:
    """`pages/privacy.html`; `done` names what was just done: nothing, "new" or "forgotten"."""

    template: ClassVar[str] = "pages/privacy.html"
    done: str


@router.post("/learner/new", include_in_schema=False)
async def begin_anew(request: Request) -> Response:
    """Forget the cookie; the practice, or the next run, brings another."""
    response = RedirectResponse("/learner/new", status_code=303)
    drop_session(request, response)
    return response


@router.post("/learner/forget", include_in_schema=False)
async def delete_everything(request: Request, session: CurrentSession) -> Response:
    """Delete a learner's records and the cookie."""
    if session is not None:
        services = services_of(request)
        await services.on_records(forget, session.learner_key)
    response = RedirectResponse("/learner/forgotten", status_code=303)
    drop_session(request, response)
    return response


@router.get("/learner/{done}", include_in_schema=False)
async def confirmed(request: Request, done: str) -> Response:
    """Say what was done, on the privacy page."""
    if done not in ("new", "forgotten"):
        return RedirectResponse("/privacy", status_code=303)
    return HTMLResponse(render(services_of(request).templates, PrivacyContext(done)))
