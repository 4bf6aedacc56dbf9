"""The engine's own small web app, for web processes that know its token."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.controls.request import about
from app.engine.admission import Account
from app.engine.conditions import asked
from app.engine.core import Core
from app.engine.judged import to_json
from app.engine.once import predict_once
from app.engine.points.spec import read_training
from app.engine.proof import TokenGuard
from app.engine.run import read_spec
from app.engine.step_numbers import Place
from app.errors import Conflict, FromNoiseError, InvalidRequest, NotFound, TooMany, TryLater
from app.ranges import MAX_NAME_LENGTH
from app.validation import first_refused

MAX_PICTURE_LENGTH = 2**20

Handler = Callable[[Request], Awaitable[Response]]
Model = TypeVar("Model", bound=BaseModel)


class OnceRequest(BaseModel):
    """Body of POST /once: a picture as base64 of uint8 (height, width, channels) and what to do with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    model: Annotated[str, Field(max_length=MAX_NAME_LENGTH)]
    picture: Annotated[str, Field(max_length=MAX_PICTURE_LENGTH)]
    noise: Annotated[float, Field(gt=0.0, le=100.0)]
    seed: Annotated[int, about("seed")]
    label: Annotated[int, Field(ge=0)] | None = None
    prompt: Annotated[str | None, about("prompt")] = None


class Events(StreamingResponse):
    """A stream of events whose reading ends with it, so that whoever leaves counts as a viewer no longer."""

    def __init__(self, events: AsyncGenerator[bytes, None]) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one reader."""
        async with contextlib.aclosing(self._events):
            await super().__call__(scope, receive, send)


class EngineRoutes:
    """What a web process can ask of an engine; who may ask is decided by `app.engine.proof`.

    Args:
        core: runs and models.
        device: the device in words, for people.
        notice: why it is not another one, where somebody might expect that.
    """

    def __init__(self, core: Core, device: str, notice: str | None = None) -> None:
        self._core = core
        self._device = device
        self._notice = notice

    async def submit(self, request: Request) -> Response:
        """Admit or join a run."""
        spec = read_spec(await request.body())
        replaces = request.query_params.get("replaces")
        run = self._core.submit(spec, *_asker(request), replaces, _account(request))
        return JSONResponse({"id": run.run_id, "status": run.status}, status_code=201)

    async def submit_training(self, request: Request) -> Response:
        """Admit or join a training; its events are read, and it is described and withdrawn, as a run."""
        spec = read_training(await request.body())
        training = self._core.submit_training(spec, *_asker(request), _account(request))
        return JSONResponse({"id": training.run_id, "status": training.status}, status_code=201)

    async def training_pace(self, _: Request) -> Response:
        """Say how fast trainings go."""
        return JSONResponse(asdict(await self._core.training_pace()))

    async def count(self, request: Request) -> Response:
        """Count a run that another engine gets, and say where it goes."""
        is_change = "change" in request.query_params
        is_run = not (is_change and "known" in request.query_params)
        account = self._core.take(*_asker(request), is_change=is_change, is_run=is_run)
        return JSONResponse(asdict(account))

    async def place(self, request: Request) -> Response:
        """Say what decides whether this engine gets a run."""
        model = request.query_params.get("model", "")
        return JSONResponse(self._core.place(request.path_params["run_id"], model))

    async def frames(self, request: Request) -> Response:
        """Stream a run's events."""
        after = _frame_number(request.query_params.get("after", "-1"))
        return Events(self._core.watch(request.path_params["run_id"], after))

    async def describe(self, request: Request) -> Response:
        """Say what a run is of; a web process that did not start it asks for that."""
        run = self._core.find(request.path_params["run_id"])
        return JSONResponse({"id": run.run_id, "status": run.status, "spec": asdict(run.spec)})

    async def judged(self, request: Request) -> Response:
        """Say what the model's judge makes of a finished run's pictures."""
        return JSONResponse(to_json(await self._core.judged(request.path_params["run_id"])))

    async def step(self, request: Request) -> Response:
        """Work a step out again at a pixel."""
        place = Place(*(_index(request.query_params, name) for name in ("picture", "x", "y")))
        step = _index(request.path_params, "step")
        return JSONResponse(await self._core.step_numbers(request.path_params["run_id"], step, place))

    async def withdraw(self, request: Request) -> Response:
        """Give up a claim."""
        self._core.withdraw(request.path_params["run_id"])
        return Response(status_code=204)

    async def once(self, request: Request) -> Response:
        """Call a model once on a given picture."""
        body = _validated(OnceRequest, await request.body())
        if _account(request) is None:
            self._core.count(*_asker(request))
        model = self._core.models.get(body.model)
        condition = asked(model.card, body.label, body.prompt)
        picture = _picture(body.picture, model.card.shape)
        job = self._core.call(lambda: predict_once(model, picture, body.noise, body.seed, condition))
        result = await asyncio.wrap_future(job)
        return JSONResponse(
            {
                "noisy": base64.b64encode(result.noisy.tobytes()).decode(),
                "estimate": base64.b64encode(result.estimate.tobytes()).decode(),
                "v_hat": base64.b64encode(result.v_hat.astype("<f4").tobytes()).decode(),
                "rms_noisy": result.rms_noisy,
                "rms_estimate": result.rms_estimate,
            }
        )

    async def status(self, _: Request) -> Response:
        """Say what there is and how busy it is."""
        report = {"device": self._device, "notice": self._notice, "models": self._core.models.report()}
        return JSONResponse(report | self._core.report())

    async def pulse(self, _: Request) -> Response:
        """Say whether the device thread is alive; that this is answered says that the event loop is."""
        return JSONResponse(self._core.pulse())


def create_engine_app(core: Core, token: str, device: str, notice: str | None = None) -> ASGIApp:
    """Wire the engine's routes to a core, whose device thread runs as long as the app does."""
    routes = EngineRoutes(core, device, notice)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        core.start()
        try:
            yield
        finally:
            core.stop()

    app = Starlette(
        routes=[
            Route("/runs", _worded(routes.submit), methods=["POST"]),
            Route("/runs/{run_id}/frames", _worded(routes.frames)),
            Route("/runs/{run_id}/judged", _worded(routes.judged)),
            Route("/runs/{run_id}/steps/{step}", _worded(routes.step)),
            Route("/runs/{run_id}", _worded(routes.describe)),
            Route("/runs/{run_id}", _worded(routes.withdraw), methods=["DELETE"]),
            Route("/counts", _worded(routes.count), methods=["POST"]),
            Route("/places/{run_id}", _worded(routes.place)),
            Route("/trainings", _worded(routes.submit_training), methods=["POST"]),
            Route("/trainings", _worded(routes.training_pace)),
            Route("/once", _worded(routes.once), methods=["POST"]),
            Route("/status", _worded(routes.status)),
            Route("/pulse", _worded(routes.pulse)),
        ],
        lifespan=lifespan,
    )
    return TokenGuard(app, token)  # outermost, so that even a crash is known as the engine's


def _worded(handler: Handler) -> Handler:
    """Send domain errors over the wire."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except FromNoiseError as error:
            return _refusal(error)

    return answer


def _asker(request: Request) -> tuple[str, str]:
    """Read for whom a web process asks: a learner, or empty for a client without a cookie, and an address."""
    return request.headers.get("x-learner", ""), request.headers.get("x-address", "")


def _account(request: Request) -> Account | None:
    """Read where a run goes that another engine has counted; None where it is still to be counted."""
    return Account(*_asker(request)) if "x-counted" in request.headers else None


def _validated(kind: type[Model], body: bytes) -> Model:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise InvalidRequest(*first_refused(error, kind.model_fields)) from error


def _frame_number(text: str) -> int:
    """Read which frame a reader has; -1 for none."""
    if text == "-1":
        return -1
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InvalidRequest(f"after must be the step of a frame or -1, got {text[:20]!r}", "after")
    return int(text)


def _index(given: Mapping[str, str], name: str) -> int:
    """Read a whole number from 0; what is too large is told where its range is known."""
    text = given.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InvalidRequest(f"{name} must be a whole number from 0, got {text[:20]!r}", name)
    return int(text)


def _picture(encoded: str, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Decode a picture of a model's shape."""
    channels, height, width = shape
    try:
        pixels = np.frombuffer(base64.b64decode(encoded, validate=True), np.uint8)
    except ValueError as error:
        raise InvalidRequest(f"the picture is not base64: {error}", "picture") from error
    if pixels.size != channels * height * width:
        raise InvalidRequest(f"the picture must be {height} x {width} x {channels}", "picture")
    return pixels.reshape(height, width, channels)


def _refusal(error: FromNoiseError) -> Response:
    """Say over the wire what went wrong, so that the client can raise the same error again."""
    content: dict[str, Any] = {"kind": type(error).__name__, "message": str(error)}
    if isinstance(error, InvalidRequest):
        return JSONResponse(content | {"field": error.field}, status_code=422)
    if isinstance(error, TryLater):
        status = 429 if isinstance(error, TooMany) else 503
        return JSONResponse(content | {"retry_after_s": error.retry_after_s}, status_code=status)
    statuses = {NotFound: 404, Conflict: 409}
    return JSONResponse(content, status_code=statuses.get(type(error), 500))
