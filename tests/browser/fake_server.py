"""A small server for the player's tests: real pages, real events, real samplers, and tiny exact denoisers.

A denoiser knows a few drawings (of each digit, or of what a prompt may mean) and answers with their posterior
mean, in numpy. What the server should do wrong is set on its `Scenario`.
By hand: `python -m tests.browser.fake_server [PORT]`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import jinja2
import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from PIL import Image, ImageDraw, ImageFont

from app.cards import Card, Defaults
from app.diffusion.plan import Plan, make_plan
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.seeds import picture_generator
from app.engine.frame_events import event, frame_event, scales
from app.engine.run import RunSpec, normalise, read_prompts, read_request
from app.errors import InvalidRequest
from app.settings import files_folder
from app.web.player import player_view
from app.web.read_back import prompts_as_read
from app.web.sampler_source import sampler_sources
from app.web.security import CONTENT_SECURITY_POLICY
from tests.browser.fake_painter import PAINTER, attention_facts, landscapes

SIDE = 28
PAGE = """{% extends "base.html" %}
{% block styles %}{% for name in ["code.css", "player.css"] %}<link rel="stylesheet" href="{{ asset(name) }}">
{% endfor %}{% endblock %}
{% block scripts %}<script src="{{ asset('player/player.js') }}" type="module"></script>{% endblock %}
{% block main %}<div class="wrap"><h1>From noise to picture</h1>
<p>Press the button, and watch.</p>
{% include "player.html" %}
<p><label>Elsewhere <input id="elsewhere"></label></p></div>{% endblock %}"""

CARD = Card(
    name="digits",
    title="Digits",
    shape=(1, SIDE, SIDE),
    classes=tuple("0123456789"),
    schedule="cosine",
    prediction="v",
    t_max=0.999,
    clip=True,
    licence="MIT",
    data="MNIST",
    data_licence="CC BY-SA 3.0",
    sha256="0" * 64,
    network={},
    defaults=Defaults(sampler="ddim", steps=50, guidance=2.0),
)


@dataclass
class Scenario:
    """How the server behaves, and what it was asked."""

    step_s: float = 0.01
    refusals: list[tuple[int, str, int]] = field(default_factory=list)  # status, message, Retry-After
    is_asleep: bool = False
    ahead: list[int] = field(default_factory=list)
    cut_after: int | None = None  # drop the connection after this frame, once
    fail_after: int | None = None  # end with `failed` after this frame, once
    is_gone: bool = False  # streams are answered with 404
    rate: float | None = 800.0
    posted: list[dict[str, Any]] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)  # the frame after which each stream began
    withdrawn: list[str] = field(default_factory=list)


def drawings() -> list[np.ndarray]:
    """Draw every digit in a few sizes and places: arrays of shape (drawings, 1, side, side) in [-1, 1]."""
    digits = []
    for digit in range(10):
        pictures = []
        for size in (18, 21, 24):
            for dx in (-2, 0, 2):
                image = Image.new("L", (SIDE, SIDE), 0)
                place = (SIDE / 2 + dx, SIDE / 2)
                ImageDraw.Draw(image).text(place, str(digit), 255, ImageFont.load_default(size), anchor="mm")
                pictures.append(np.asarray(image, dtype=np.float64)[None] / 127.5 - 1.0)
        digits.append(np.stack(pictures))
    return digits


def estimate(x_t: np.ndarray, signal: float, noise: float, known: np.ndarray) -> np.ndarray:
    """Average the known pictures, each as likely as x_t makes it."""
    distances = ((x_t[:, None] - signal * known[None]) ** 2).sum(axis=(2, 3, 4))
    logits = -distances / (2.0 * noise**2)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("pk,kchw->pchw", weights, known)


def known_to(spec: RunSpec, digits: list[np.ndarray]) -> np.ndarray:
    """Return the pictures that a run may come to."""
    if spec.model == PAINTER.name:
        return landscapes(spec)
    return np.concatenate(digits) if spec.label is None else digits[spec.label]


def frames_of(spec: RunSpec, known: np.ndarray) -> list[bytes]:
    """Run a whole plan over what is known, (pictures, channels, height, width), and encode its frames."""
    plan = make_plan(sampler=spec.sampler, steps=spec.steps, eta=spec.eta, grid=spec.grid)
    noise = [picture_generator(spec.seed, index) for index in range(spec.count)]

    def fresh() -> np.ndarray:
        return np.stack([one.standard_normal(known.shape[1:], dtype=np.float32) for one in noise])

    x_t = plan.points[0].noise_scale * fresh()
    start = previous = x_t
    eps_hat = x_t
    events: list[bytes] = []
    for position, call in enumerate(plan.calls):
        if call.is_start:
            start = x_t
        signal, scale = call.point.signal_scale, call.point.noise_scale
        x0_hat = estimate(x_t, signal, scale, known)
        eps_hat = (x_t - signal * x0_hat) / scale
        row = call.row
        if call.is_start:
            stage = "last" if call.step == spec.steps - 1 else "first" if call.step == 0 else "middle"
            facts = {"stage": stage, "calls": position, "row": vars(row)} | attention_facts(spec, call.step)
            events.append(_encode(plan, call.step, facts, (x_t, x0_hat, eps_hat)))
        x_next = row.x_t * x_t + row.x0_hat * x0_hat + row.x0_hat_previous * previous + row.start * start
        if row.noise:
            x_next = x_next + row.noise * fresh()
        x_t, previous = x_next, x0_hat
    facts = {"stage": "done", "calls": len(plan.calls), "row": None} | attention_facts(spec, spec.steps - 1)
    return [*events, _encode(plan, spec.steps, facts, (x_t, x_t, eps_hat))]


def _encode(plan: Plan, step: int, facts: dict[str, Any], panes: tuple[np.ndarray, ...]) -> bytes:
    point = plan.points[step]
    levels = scales(point.t, point.signal_scale, point.noise_scale)
    head = json.dumps({"step": step} | levels | facts).encode()[:-1]
    x_t, x0_hat, eps_hat = (
        (np.clip(pane / spread, -1, 1) * 127.5 + 127.5)
        .round()
        .astype(np.uint8)
        .transpose(0, 2, 3, 1)
        .tobytes()
        for pane, spread in zip(panes, (1.0, 1.0, 3.0), strict=True)
    )
    return frame_event(step, head, (x_t, x0_hat, eps_hat))


def page(card: Card = CARD, fault: str | None = None, **options: str) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(files_folder("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = lambda name: f"/static/{name}"
    view = player_view(
        id="player-1",
        number=1,
        caption_html=f"A picture of the model {card.name} comes out of noise.",
        card=card,
        sources=sampler_sources(),
        options={"seed": "3"} | ({"label": "7"} if card.classes else {}) | options,
        fault=fault,
    )
    return environment.from_string(PAGE).render(player=view)


def create_fake(scenario: Scenario) -> FastAPI:  # noqa: C901 - one small route after another
    app = FastAPI()
    digits = drawings()
    runs: dict[str, list[bytes]] = {}

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers["content-security-policy"] = CONTENT_SECURITY_POLICY
        return response

    @app.get("/")
    def lesson() -> HTMLResponse:
        return HTMLResponse(page())

    @app.get("/solver")
    def solver() -> HTMLResponse:
        return HTMLResponse(page(sampler="dpm_solver_pp", count="9", steps="20"))

    @app.get("/painter")
    def painter() -> HTMLResponse:
        return HTMLResponse(page(PAINTER))

    @app.get("/painted")
    def painted() -> HTMLResponse:
        options = {"prompt": "red house on hills at night", "negative_prompt": "fog", "attention": "true"}
        return HTMLResponse(page(PAINTER, **options, count="4"))

    @app.get("/broken")
    def broken() -> HTMLResponse:
        return HTMLResponse(page(fault="the weights are missing: no file model.safetensors in models/digits"))

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
            for card in (CARD, PAINTER)
        ]

    @app.post("/api/runs")
    async def submit(request: Request) -> Response:
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
            card = PAINTER if wanted.model == PAINTER.name else CARD
            spec = normalise(wanted, card)
        except InvalidRequest as error:
            return JSONResponse({"error": {"message": str(error), "field": error.field}}, 422)
        scenario.posted.append(wanted.model_dump(exclude_unset=True))
        run_id = spec.run_id(card.sha256)
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
            | prompts_as_read(wanted, read_prompts(wanted, card)),
            201,
        )

    @app.delete("/api/runs/{run_id}")
    def withdraw(run_id: str) -> Response:
        scenario.withdrawn.append(run_id)
        return Response(status_code=204)

    @app.get("/api/runs/{run_id}/frames")
    async def frames(request: Request, run_id: str, after: int = -1) -> Response:
        last = int(request.headers.get("last-event-id", after))
        scenario.resumed.append(last)
        if scenario.is_gone:
            return JSONResponse({"error": {"message": "gone", "field": None}}, 404)
        return StreamingResponse(_events(scenario, runs[run_id], last), media_type="text/event-stream")

    @app.post("/runs")
    async def form_run(request: Request) -> HTMLResponse:
        fields = await request.form()
        return HTMLResponse("<title>run</title>" + ", ".join(f"{k}={v}" for k, v in fields.items()))

    app.mount("/static", StaticFiles(directory=files_folder("static")))
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
        await asyncio.sleep(scenario.step_s)


class Server(uvicorn.Server):
    """A uvicorn that leaves signals to the test run."""

    def install_signal_handlers(self) -> None:
        """Install none."""


@contextlib.contextmanager
def serving(scenario: Scenario, port: int = 0) -> Iterator[str]:
    """Serve in a thread and give the address."""
    config = uvicorn.Config(
        create_fake(scenario), port=port, log_level="warning", timeout_graceful_shutdown=1
    )
    server = Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


if __name__ == "__main__":
    uvicorn.run(create_fake(Scenario(step_s=0.02)), port=int((sys.argv[1:] or ["8102"])[0]))
