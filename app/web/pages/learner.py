"""A learner's say over what is kept of them: begin as somebody new, take it away, or have it deleted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.learners.download import DownloadedPrediction, DownloadedSitting, all_predictions, all_sittings
from app.learners.forgetting import forget
from app.web.delivery.templating import render
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, drop_session

router = APIRouter()

PERSONAL = {"cache-control": "no-store"}


@dataclass(frozen=True)
class PrivacyContext:
    """`pages/privacy.html`.

    Attributes:
        done: what was just done: nothing, "new" or "forgotten".
        kept_days: how long answers are kept after the last of them; 0 for ever.
    """

    template: ClassVar[str] = "pages/privacy.html"
    done: str
    kept_days: int


@dataclass(frozen=True)
class ForgetContext:
    """`pages/forget.html`: how much there is to be deleted."""

    template: ClassVar[str] = "pages/forget.html"
    questions: int
    answers: int
    predictions: int


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


@router.get("/learner/forget", include_in_schema=False)
async def ask_before_deleting(request: Request, session: CurrentSession) -> Response:
    """Ask whether everything may be deleted, and offer it as a file first."""
    sittings, predictions = await _everything(request, session)
    context = ForgetContext(
        questions=len({sitting["question"] for sitting in sittings}),
        answers=sum(len(sitting["answers"]) for sitting in sittings),
        predictions=len(predictions),
    )
    return HTMLResponse(render(services_of(request).templates, context), headers=PERSONAL)


@router.get("/learner/answers.json", include_in_schema=False)
async def download(request: Request, session: CurrentSession) -> Response:
    """Give a learner everything that is kept of them, as a file."""
    sittings, predictions = await _everything(request, session)
    content = {
        "format": "fromnoise-answers",
        "version": 1,
        "sittings": sittings,
        "predictions": predictions,
    }
    body = json.dumps(content, ensure_ascii=False, indent=1)
    headers = {**PERSONAL, "content-disposition": 'attachment; filename="from-noise-answers.json"'}
    return Response(body, headers=headers, media_type="application/json")


@router.get("/learner/{done}", include_in_schema=False)
async def confirmed(request: Request, done: str) -> Response:
    """Say what was done, on the privacy page."""
    if done not in ("new", "forgotten"):
        return RedirectResponse("/privacy", status_code=303)
    return HTMLResponse(
        render(services_of(request).templates, PrivacyContext(done, services_of(request).settings.kept_days))
    )


async def _everything(
    request: Request, session: CurrentSession
) -> tuple[list[DownloadedSitting], list[DownloadedPrediction]]:
    if session is None:
        return [], []
    services = services_of(request)
    sittings: list[DownloadedSitting] = await services.on_records(all_sittings, session.learner_key)
    return sittings, await services.on_records(all_predictions, session.learner_key)
