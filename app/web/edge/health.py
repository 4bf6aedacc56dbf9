"""Whether the web process is up (`/healthz`), and whether engine and records answer too (`/readyz`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import anyio
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.errors import FromNoiseError, TryLater
from app.web.edge.api_document import ANY, RETRY_AFTER, TEXT, Answer, ErrorAnswer, Responses, refusals
from app.web.edge.services import services_of

ENGINE_PATIENCE_S = 2.0
RETRY_AFTER_S = 2
FRESH_S = 1.0  # a probe writes to the disk: whoever asks within a second shares it
FRESH = {"cache-control": "no-store"}

router = APIRouter()


class Alive(Answer):
    """This process answers."""

    status: Literal["ok"]


class EngineModel(Answer):
    """A model as the engine has it."""

    name: str
    ready: bool
    fault: str | None
    runtime: str | None = None
    max_rows: int | None = None
    rate: float | None = None


class Readiness(Answer):
    """Whether this server can serve runs, and how busy its engine is; of a silent engine nothing."""

    device: str | None = None
    notice: str | None = None
    models: Sequence[EngineModel] = ()
    runs: Mapping[str, int] | None = None
    capacity: int | None = None
    viewers: int | None = None
    network_calls: int | None = None
    network_rows: int | None = None
    trainings: Mapping[str, int] | None = None
    training_updates: int | None = None
    silent_s: float | None = None
    ready: bool
    records: bool
    missing: list[str]


NOT_READY: Responses = {
    503: {
        "description": "Engine or records do not answer; or the server stops.",
        "model": Readiness | ErrorAnswer,
        "headers": RETRY_AFTER,
        "content": {"text/plain": TEXT},
    }
}
EVER = refusals(*ANY, is_page=True)


@router.get("/healthz", response_model=Alive, responses=EVER)
async def healthz() -> Response:
    """Say that this process answers; asks nobody else."""
    return JSONResponse({"status": "ok"}, headers=FRESH)


@router.get("/readyz", response_model=Readiness, responses=EVER | NOT_READY)
async def readyz(request: Request) -> Response:
    """Ask engine and records; 503 with what is missing while either does not answer."""
    report, missing = await _engine_report(request)
    records = await _records_answer(request)
    if not records:
        missing.append("The records do not answer.")
    content = {**report, "ready": not missing, "records": records, "missing": missing}
    if missing:
        return JSONResponse(content, 503, headers={**FRESH, "retry-after": str(RETRY_AFTER_S)})
    return JSONResponse(content, headers=FRESH)


async def _engine_report(request: Request) -> tuple[dict[str, Any], list[str]]:
    try:
        with anyio.fail_after(ENGINE_PATIENCE_S):
            report = await services_of(request).engine.status()
    except FromNoiseError as error:
        return {}, [f"The engine: {error}"]
    except TimeoutError:
        return {}, [f"The engine has not answered for {ENGINE_PATIENCE_S:g} s."]
    silent_s = report.get("silent_s", 0.0)
    if silent_s > ENGINE_PATIENCE_S:
        return report, [f"The engine answers, but its device has hung for {silent_s:g} s."]
    return report, []


async def _records_answer(request: Request) -> bool:
    services = services_of(request)
    try:
        return bool(await services.record_threads.run(services.records.ready, FRESH_S))
    except TryLater:
        return False
