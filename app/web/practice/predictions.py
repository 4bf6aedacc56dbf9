"""Predictions over JSON and as pages: `POST` locks one and runs its lab, `GET` tells what came out.

The outcome is nowhere before the run that decides it has ended. Without JavaScript a form in the lesson leads
to a page that runs the lab and shows both.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, PlainValidator
from starlette.responses import HTMLResponse, RedirectResponse

from app.errors import Conflict, FromNoiseError, InvalidRequest, TryLater
from app.learners.sessions import new_attempt
from app.predictions.outcome import in_words as in_words_of
from app.predictions.reading import ReadPrediction
from app.validation import shown
from app.web.delivery.templating import render
from app.web.edge.api_document import WITH_BODY, Responses, refusals
from app.web.edge.errors import fault_of, respond
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session
from app.web.practice.answers import Attempt, PredictionId, PredictionLocked, PredictionStanding
from app.web.practice.predicting import (
    Told,
    kept_prediction,
    lock_prediction,
    measure,
    measured,
    start_run,
    tell,
)
from app.web.practice.progress import PERSONAL
from app.web.runs.page import in_words

router = APIRouter()

LONGEST = 64
AGAIN: Responses = {
    200: {"model": PredictionLocked, "description": "The same was predicted before; its lab runs again."}
}
NOTHING_GIVEN = "Say first what you expect, then lock it."


def _said(value: object) -> str | int | float:
    """Take a text, a number or nothing else; what of it can be predicted is known where it is read."""
    if isinstance(value, str) and len(value) <= LONGEST:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    what = f"must be the id of a choice, of at most {LONGEST} letters, or a number"
    raise ValueError(f"{what}; received {shown(value)}")


class SubmittedPrediction(BaseModel):
    """A prediction as a client sends it: the id of a choice, a number, or a step."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    prediction: Annotated[str | int | float, PlainValidator(_said, json_schema_input_type=str | int | float)]
    attempt: Attempt


@dataclass(frozen=True)
class PredictionContext:
    """`practice/prediction.html`: a prediction to be made, or what was said beside what came out.

    Attributes:
        read: what is predicted.
        told: how it stands.
        animation: address of the run as a moving picture; empty before the prediction, and without a run.
        run: what was run, in a sentence.
        problem: why the form was not taken.
        was_locked: something else was said now, and the first prediction stands.
    """

    template: ClassVar[str] = "practice/prediction.html"
    read: ReadPrediction
    told: Told
    animation: str = ""
    run: str = ""
    problem: str = ""
    was_locked: bool = False


@router.get("/api/predictions/{prediction_id}", response_model=PredictionStanding, responses=refusals(404))
async def read_prediction(request: Request, prediction_id: PredictionId, session: CurrentSession) -> Response:
    """Say how a prediction stands: open, running, stopped or measured, with the outcome once it is.

    `attempt` is a token with which one can be made: a retry with it is known as the same learner's.
    """
    read = services_of(request).predictions.find(prediction_id)
    told = await tell(request, read, session)
    attempt = new_attempt(services_of(request).secret)
    return JSONResponse(_described(read, told) | {"attempt": attempt}, headers=PERSONAL)


@router.post(
    "/api/predictions/{prediction_id}",
    status_code=201,
    response_model=PredictionLocked,
    responses=AGAIN | refusals(*WITH_BODY, 404, 409, 422, 429),
)
async def predict(request: Request, prediction_id: PredictionId, submission: SubmittedPrediction) -> Response:
    """Lock a prediction and run its lab; the same again runs it again, something else is refused (409)."""
    read = services_of(request).predictions.find(prediction_id)
    locked = await lock_prediction(request, read, submission.prediction, submission.attempt)
    try:
        run = await start_run(request, read)
    except TryLater as error:  # whoever predicts for the first time keeps the cookie, and so the prediction
        refused = respond(request, fault_of(error))
        if locked.is_new_session:
            keep_session(request, refused, locked.session)
        return refused
    content = {"id": prediction_id, "prediction": locked.kept.given, "run": run.described}
    response = JSONResponse(content, 200 if locked.kept.is_repeat else 201, headers=PERSONAL)
    if locked.is_new_session:
        keep_session(request, response, locked.session)
    return response


@router.post("/predictions/{prediction_id}", include_in_schema=False)
async def predict_by_form(request: Request, prediction_id: str, session: CurrentSession) -> Response:
    """Lock a prediction from the form in a lesson."""
    read = services_of(request).predictions.find(prediction_id)
    async with request.form(max_fields=5, max_files=0) as form:
        given = str(form.get("prediction", ""))
    address = f"/predictions/{prediction_id}"
    try:
        if not given.strip():
            raise InvalidRequest(NOTHING_GIVEN, "prediction")
        locked = await lock_prediction(request, read, given, secrets.token_urlsafe(18))
    except Conflict:
        return RedirectResponse(f"{address}?locked=1", status_code=303)
    except InvalidRequest as error:
        if error.field != "prediction":
            raise
        context = PredictionContext(read, Told("open"), problem=str(error))
        return HTMLResponse(render(services_of(request).templates, context), 422, PERSONAL)
    response = RedirectResponse(address, status_code=303)
    if locked.is_new_session:
        keep_session(request, response, locked.session)
    return response


@router.get("/predictions/{prediction_id}", include_in_schema=False)
async def prediction_page(
    request: Request, prediction_id: str, session: CurrentSession, locked: bool = False
) -> Response:
    """Ask for a prediction; of one that was made, run the lab and show what came out."""
    services = services_of(request)
    read: ReadPrediction = services.predictions.find(prediction_id)
    kept = await kept_prediction(request, read, session)
    told, animation = Told("open"), ""
    if kept is not None and session is not None:
        try:
            run = await start_run(request, read)
            value = kept.value if kept.measured_at else await measure(request, read, session)
            told, animation = measured(read, kept, value), f"/api/runs/{run.id}/animation.gif"
        except FromNoiseError as error:
            told = Told("stopped", in_words_of(read, kept.given), str(error), given=kept.given)
            if kept.measured_at:
                told = measured(read, kept, kept.value)
    context = PredictionContext(
        read, told, animation, in_words(read.spec, read.card, read.request), was_locked=locked
    )
    return HTMLResponse(render(services.templates, context), headers=PERSONAL)


def _described(read: ReadPrediction, told: Told) -> dict[str, object]:
    outcome = told.outcome
    return {
        "id": read.prediction.id,
        "kind": read.prediction.kind,
        "lab": read.prediction.lab,
        "run": read.run_id,
        "settings": read.settings,
        "beside": read.settings_beside,
        "state": told.state,
        "prediction": told.given,
        "said": told.said,
        "note": told.note,
        "outcome": outcome
        and {
            "value": outcome.value,
            "measured": outcome.measured,
            "compared": outcome.compared,
            "came_true": outcome.came_true,
            "choice": outcome.choice and outcome.choice.id,
        },
    }
