"""The whole act of predicting, for API and page: check, lock, run; and later measure, keep, tell."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from app.engine.frame_events import read_frame
from app.engine.run import RunSpec, RunStatus
from app.errors import FromNoiseError, NotFound, TooMany, TryLater
from app.learners.predictions import KeptPrediction, keep_outcome, lock, predictions_of
from app.learners.sessions import Session, is_own_attempt, session_for_submission
from app.predictions.evidence import Evidence
from app.predictions.measures import Value
from app.predictions.outcome import Outcome, in_words, outcome_of
from app.predictions.reading import ReadPrediction, given_value
from app.web.edge.services import services_of
from app.web.edge.session import session_of
from app.web.practice.answering import check_attempt
from app.web.runs.api import StartedRun, asker_of, start
from app.web.runs.files import frames_of

State = Literal["open", "running", "stopped", "measured"]

STOPPED = (
    "The run was stopped before its end, so nothing was measured yet. Run it again: what you said is kept."
)
ASLEEP = "The model does not answer just now, so nothing was measured yet. What you said is kept; try again."
RUNNING = "The run, or one that it is compared with, has not ended yet."


class StillMeasuring(TryLater):
    """The run has ended, and the judge has not said yet what it sees."""


@dataclass(frozen=True)
class Locked:
    """A prediction that is on the disk.

    Attributes:
        kept: as it was recorded.
        session: the learner it was recorded for.
        is_new_session: the learner began with it, and the response has to bring the cookie.
    """

    kept: KeptPrediction
    session: Session
    is_new_session: bool


@dataclass(frozen=True)
class Told:
    """What a learner may be told of a prediction.

    Attributes:
        state: how far it is.
        said: what was predicted, in words; empty where nothing was.
        note: why there is no outcome.
        outcome: what came out; None before it is measured.
        given: what was predicted, as it is kept.
    """

    state: State
    said: str = ""
    note: str = ""
    outcome: Outcome | None = None
    given: str | int | float | None = None


async def lock_prediction(request: Request, read: ReadPrediction, given: object, attempt: str) -> Locked:
    """Check a prediction and record it, once; the same again gets what was recorded.

    Raises:
        InvalidRequest: the prediction or the attempt token cannot be.
        Conflict: something else was predicted before.
        TooMany, TryLater: nothing was recorded; later it will be.
    """
    session = session_of(request)
    check_attempt(attempt)
    value = given_value(read, given)
    services = services_of(request)
    id_ = read.prediction.id
    learner = session or session_for_submission(services.secret, id_, attempt, [str(value)])
    payer = None if session is None else session.learner_key
    services.answers.check(payer)
    kept = await services.on_records(lock, learner.learner_key, id_, read.version, value)
    if not kept.is_repeat:
        services.answers.count(payer)
    is_handed_out = session is None and (not kept.is_repeat or is_own_attempt(services.secret, attempt))
    return Locked(kept, learner, is_new_session=is_handed_out)


async def start_run(request: Request, read: ReadPrediction) -> StartedRun:
    """Have the engine run what was predicted, or join it; a client without a cookie is one of the anonymous.

    Raises:
        TooMany, TryLater: not now; the text says that the prediction is kept.
    """
    try:
        return await start(request, read.request, session_of(request))
    except TryLater as error:
        kind = TooMany if isinstance(error, TooMany) else TryLater
        raise kind(f"What you said is kept. {error}", error.retry_after_s) from error


async def tell(request: Request, read: ReadPrediction, session: Session | None) -> Told:
    """Say how a prediction stands; once its run has ended, measure it."""
    kept = await kept_prediction(request, read, session)
    if kept is None or session is None:
        return Told("open")
    if kept.measured_at is None:
        try:
            status = await services_of(request).engine.status_of(read.run_id)
            if status is not RunStatus.DONE:
                return _waiting(read, kept, status)
            value = await measure(request, read, session)
        except NotFound:
            return _waiting(read, kept, RunStatus.PAUSED)
        except StillMeasuring as error:
            return Told("running", in_words(read, kept.given), str(error), given=kept.given)
        except FromNoiseError:
            return Told("stopped", in_words(read, kept.given), ASLEEP, given=kept.given)
    else:
        value = kept.value
    return measured(read, kept, value)


async def kept_prediction(
    request: Request, read: ReadPrediction, session: Session | None
) -> KeptPrediction | None:
    """Look up what a learner has predicted here."""
    if session is None:
        return None
    versions = {read.prediction.id: read.version}
    found = await services_of(request).on_records(predictions_of, session.learner_key, versions)
    kept: KeptPrediction | None = found.get(read.prediction.id)
    return kept


async def measure(request: Request, read: ReadPrediction, session: Session) -> Value:
    """Measure what was predicted, waiting for the runs that it is measured of, and keep the value.

    Raises:
        Conflict, TryLater, NotFound: a run did not end, or the engine does not answer.
    """
    run = await _evidence(request, read, read.spec, session)
    beside = None if read.beside is None else await _evidence(request, read, read.beside, session)
    value = read.measure.take(run, beside)
    services = services_of(request)
    with contextlib.suppress(TryLater):  # what cannot be kept now is measured again when it is asked for
        await services.on_records(keep_outcome, session.learner_key, read.prediction.id, read.version, value)
    return value


def measured(read: ReadPrediction, kept: KeptPrediction, value: Value) -> Told:
    """Tell what came out."""
    outcome = outcome_of(read, kept.given, value)
    return Told("measured", in_words(read, kept.given), "", outcome, kept.given)


def _waiting(read: ReadPrediction, kept: KeptPrediction, status: RunStatus) -> Told:
    said = in_words(read, kept.given)
    if status in (RunStatus.WAITING, RunStatus.RUNNING):
        return Told("running", said, RUNNING, given=kept.given)
    return Told("stopped", said, STOPPED, given=kept.given)


async def _evidence(request: Request, read: ReadPrediction, spec: RunSpec, session: Session) -> Evidence:
    """Have a run's frames, and the judge's opinion of them where the measure needs it."""
    engine = services_of(request).engine
    run_id = await engine.submit(spec, asker_of(request, session), read.run_id)
    (last,) = await frames_of(request, run_id, session, (spec.steps,))
    pictures = read_frame(last, read.card.shape, spec.count).x_t
    if not read.measure.needs_judge:
        return Evidence(spec, read.card, pictures)
    try:
        return Evidence(spec, read.card, pictures, await engine.judged(run_id))
    except TryLater as error:
        raise StillMeasuring(str(error), error.retry_after_s) from error
