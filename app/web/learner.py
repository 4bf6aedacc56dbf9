"""A learner's say over what is kept of them: begin as somebody new, or have everything deleted."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.learners.progress import forget
from app.web.contexts import PrivacyContext
from app.web.session import CurrentSession, drop_session
from app.web.templating import render

router = APIRouter()


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
        state = request.app.state
        await state.limits.records.run(forget, state.records, session.learner_key)
    response = RedirectResponse("/learner/forgotten", status_code=303)
    drop_session(request, response)
    return response


@router.get("/learner/{done}", include_in_schema=False)
async def confirmed(request: Request, done: str) -> Response:
    """Say what was done, on the privacy page."""
    if done not in ("new", "forgotten"):
        return RedirectResponse("/privacy", status_code=303)
    return HTMLResponse(render(request.app.state.templates, PrivacyContext(done)))
