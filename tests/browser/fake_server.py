"""A small server for the player's tests: real pages and real events, of models that are made up.

What the server should do wrong is set on its `Scenario`.
By hand: `python -m tests.browser.fake_server [PORT]`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from app.controls.fields import Place
from app.controls.request import read_request
from app.diffusion.samplers.catalogue import SAMPLERS
from app.engine.frame_events import event, leaving, note
from app.engine.frame_log import ANSWERS, SILENT
from app.engine.reading import read_run
from app.engine.run import RunSpec
from app.errors import InvalidRequest
from app.settings import ROOMS, files_folder
from app.web.delivery.assets import Assets
from app.web.edge.security import CONTENT_SECURITY_POLICY
from app.web.runs.read_back import prompts_as_read
from tests.browser.fake_digits import DIGITS, drawings
from tests.browser.fake_frames import frames_of, known_to
from tests.browser.fake_page import lesson, page
from tests.browser.fake_painter import PAINTER
from tests.browser.server_thread import served_in_thread

NOTE = "The GPU has little memory left."


@dataclass
class Scenario:
    """How the server behaves, and what it was asked."""

    step_s: float = 0.01
    refusals: list[tuple[int, str, int]] = field(default_factory=list)  # status, message, Retry-After
    is_asleep: bool = False
    ahead: list[int] = field(default_factory=list)
    cut_after: int | None = None  # drop the connection after this frame, once
    fail_after: int | None = None  # end with `failed` after this frame, once
    silent_after: int | None = None  # say after this frame that the engine does not answer, and wait, once
    note_after: int | None = None  # say something of the run after this frame, once
    leave_after: int | None = None  # end with `leaving` after this frame, once
    is_gone: bool = False  # streams are answered with 404
    rate: float | None = 800.0
    posted: list[dict[str, Any]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)  # ids of the runs that were posted
    replaced: list[str] = field(default_factory=list)  # the id that each of them replaces, or nothing
    resumed: list[int] = field(default_factory=list)  # the frame after which each stream began
    viewers: list[str] = field(default_factory=list)  # what each stream was called
    withdrawn: list[str] = field(default_factory=list)  # what those were called that were withdrawn


PAGES: dict[str, Callable[[], str]] = {
    "/": page,
    "/lesson": lambda: lesson({}),
    "/mean": lambda: page(count="8", mean="true"),
    "/covered": lambda: lesson({"cover": "x0_hat"}),
    "/two": lambda: lesson({}, {"label": "4"}),
    "/solver": lambda: page(sampler="dpm_solver_pp", count="9", steps="20"),
    "/uniform": lambda: page(grid="uniform"),
    "/rho7": lambda: page(grid="rho7"),
    "/painter": lambda: page(PAINTER),
    "/painted": lambda: page(
        PAINTER,
        prompt="red house on hills at night",
        negative_prompt="fog",
        attention="true",
        count="4",
    ),
    "/fixed": lambda: page(
        places={"steps": Place.LOCKED, "eta": Place.LOCKED, "label": Place.LOCKED, "seed": Place.HIDDEN},
        steps="8",
        eta="0.5",
    ),
    "/fixed-prompt": lambda: page(
        PAINTER,
        places={"prompt": Place.LOCKED, "attention": Place.HIDDEN, "sampler": Place.LOCKED},
        prompt="a red house",
        attention="true",
    ),
    "/broken": lambda: page(fault="the weights are missing: no file model.safetensors in models/digits"),
}
"""The pages that the server has, by address."""


def create_fake(scenario: Scenario) -> FastAPI:  # noqa: C901 - one small route after another
    app = FastAPI()
    digits = drawings()
    runs: dict[str, list[bytes]] = {}

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers["content-security-policy"] = CONTENT_SECURITY_POLICY
        return response

    async def shown(request: Request) -> HTMLResponse:
        return HTMLResponse(PAGES[request.url.path]())

    app.router.routes.extend(Route(path, shown) for path in PAGES)

    @app.get("/readyz")
    def ready() -> JSONResponse:
        return JSONResponse({}, status_code=503 if scenario.is_asleep else 200)

    @app.get("/api/models")
    def models() -> list[dict[str, Any]]:
        awake = not scenario.is_asleep
        return [
            {
                "name": card.name,
                "ready": awake,
                "fault": None,
                "device": "CPU" if awake else None,
                "rate": scenario.rate,
            }
            for card in (DIGITS, PAINTER)
        ]

    @app.post("/api/runs")
    async def submit(request: Request, replaces: str = "") -> Response:
        body = await request.body()
        if scenario.is_asleep:
            scenario.refusals.append((503, "The model is waking up.", 1))
        if scenario.refusals:
            status, message, wait = scenario.refusals.pop(0)
            return JSONResponse(
                {"error": {"message": message, "field": None}}, status, {"Retry-After": str(wait)}
            )
        try:
            wanted = read_request(json.loads(body))
            card = PAINTER if wanted.model == PAINTER.name else DIGITS
            reading = read_run(wanted, card)
        except InvalidRequest as error:
            return JSONResponse({"error": {"message": str(error), "field": error.field}}, 422)
        scenario.posted.append(wanted.model_dump(exclude_unset=True))
        spec = reading.spec
        run_id = spec.run_id(card.sha256)
        scenario.taken.append(run_id)
        scenario.replaced.append(replaces)
        if run_id not in runs:
            runs[run_id] = await asyncio.to_thread(frames_of, spec, known_to(spec, digits))
            runs[run_id].append(_done(spec))
        return JSONResponse(
            {
                "id": run_id,
                "model": card.name,
                "shape": card.shape,
                "steps": spec.steps,
                "count": spec.count,
                "frames": f"/api/runs/{run_id}/frames",
            }
            | (prompts_as_read(wanted, reading.prompts) if reading.prompts else {}),
            201,
        )

    @app.delete("/api/runs/{run_id}")
    def withdraw(run_id: str, viewer: str) -> Response:
        scenario.withdrawn.append(viewer)
        return Response(status_code=204)

    @app.get("/api/runs/{run_id}/frames")
    async def frames(request: Request, run_id: str, viewer: str, after: int = -1) -> Response:
        last = int(request.headers.get("last-event-id", after))
        scenario.resumed.append(last)
        scenario.viewers.append(viewer)
        if scenario.is_gone:
            return JSONResponse({"error": {"message": "gone", "field": None}}, 404)
        return StreamingResponse(_events(scenario, runs[run_id], last), media_type="text/event-stream")

    @app.post("/runs")
    async def form_run(request: Request) -> HTMLResponse:
        fields = await request.form()
        return HTMLResponse("<title>run</title>" + ", ".join(f"{k}={v}" for k, v in fields.items()))

    assets = Assets(files_folder("static"), ROOMS)
    app.router.routes.append(Route("/static/{name:path}", assets, methods=["GET", "HEAD"]))
    return app


def _done(spec: RunSpec) -> bytes:
    calls = spec.steps * SAMPLERS[spec.sampler].calls_per_step - (SAMPLERS[spec.sampler].calls_per_step - 1)
    return event("done", {"steps": spec.steps, "calls": calls, "seconds": 0.4})


async def _events(scenario: Scenario, events: list[bytes], last: int) -> AsyncIterator[bytes]:
    yield b"retry: 200\n\n"
    while scenario.ahead:
        yield event("waiting", {"ahead": scenario.ahead.pop(0)})
        await asyncio.sleep(0.3)
    for step, content in enumerate(events[last + 1 :], start=last + 1):
        yield content
        if scenario.cut_after is not None and step == scenario.cut_after:
            scenario.cut_after = None
            return
        if scenario.fail_after is not None and step == scenario.fail_after:
            scenario.fail_after = None
            yield event("failed", {"reason": "the engine was stopped in mid-run"})
            return
        if scenario.silent_after is not None and step == scenario.silent_after:
            scenario.silent_after = None
            yield SILENT
            await asyncio.sleep(0.5)
            yield ANSWERS
            await asyncio.sleep(0.5)
        if step == scenario.note_after:
            scenario.note_after = None
            yield note(NOTE)
        if scenario.leave_after is not None and step == scenario.leave_after:
            scenario.leave_after = None
            yield leaving(1500)
            return
        await asyncio.sleep(scenario.step_s)


@contextlib.contextmanager
def serving(scenario: Scenario) -> Iterator[str]:
    """Serve the fake in a thread and give its address."""
    with served_in_thread(create_fake(scenario)) as address:
        yield address


if __name__ == "__main__":
    uvicorn.run(create_fake(Scenario(step_s=0.02)), port=int((sys.argv[1:] or ["8102"])[0]))
