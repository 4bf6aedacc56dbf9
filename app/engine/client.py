"""What the web process uses to talk to an engine: submit, watch, withdraw, ask. No torch.

A web process holds one upstream stream a run, whoever watches: a `Relay` keeps the frames that have
come and fans them out. When its last viewer goes the upstream is closed, and so the run pauses.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

import httpx2

from app.engine.admission import Asker
from app.engine.channel import engine_client
from app.engine.judged import Judged, from_json
from app.engine.points.spec import TRAINING_ID, TrainingSpec, read_training
from app.engine.proof import NotTheEngine
from app.engine.refusals import Refusals, as_raised
from app.engine.relay import LEAVING, Relay
from app.engine.run import RunSpec, RunStatus
from app.errors import NotFound, PoolSpent, TooMany, TryLater

ASLEEP = "the model is waking up"
ANSWER_S = 2.0
LAST_ANSWER_S = 1.0
WORK_S = 10.0
"""An engine answers at once, but where it is asked to compute something."""

KEPT_BYTES = 4 * 2**20
"""Frames of runs that nobody watches, over all of them: some twenty at the default settings."""
KEPT_RUNS = 512
KEPT_S = 60.0
Noun = Literal["run", "training"]
NAMES: dict[Noun, re.Pattern[str]] = {"run": re.compile(r"[0-9a-f]{24}"), "training": TRAINING_ID}
UNKNOWN = "There is no such {}, or nobody has watched it for a while; start it again."


class Asleep(TryLater):
    """The engine does not answer."""

    def __init__(self) -> None:
        super().__init__(ASLEEP, 2)


class EngineClient:
    """One engine, as a web process sees it.

    Args:
        url: where the engine listens, such as "http://127.0.0.1:8123" or "unix:/tmp/engine".
        token: its secret.
        transport: how it is reached, where not over the network.
        kept_bytes: what the frames kept here may take; beyond that, those that nobody watches go.
        kept_s: how long an unfinished run that nobody watches is kept.
    """

    def __init__(
        self,
        url: str,
        token: str,
        transport: httpx2.AsyncBaseTransport | None = None,
        *,
        kept_bytes: int = KEPT_BYTES,
        kept_s: float = KEPT_S,
    ) -> None:
        self._http = engine_client(url, token, ANSWER_S, transport)
        self._kept_bytes = kept_bytes
        self._kept_s = kept_s
        self._relays: OrderedDict[str, Relay[Any]] = OrderedDict()
        self._picking: set[Relay[Any]] = set()
        self._leaving = asyncio.Event()
        self._refusals = Refusals()

    async def close(self) -> None:
        """End every relay and connection."""
        for relay in (*self._relays.values(), *self._picking):
            await relay.close()
        await self._http.aclose()

    def leave(self) -> None:
        """Send every viewer away, and let nobody wait for the engine any more: this process stops."""
        self._leaving.set()
        for relay in (*self._relays.values(), *self._picking):
            relay.leave()

    async def submit(self, spec: RunSpec, asker: Asker, replaces: str | None = None) -> str:
        """Ask for a run and return its id.

        Args:
            spec: the run, as it was read from its request.
            asker: whose account it goes to.
            replaces: the id of a run that it stands in for, after a change of its settings.

        Raises:
            InvalidRequest, TryLater: as the engine says, or because it does not answer.
        """
        params = {} if replaces is None else {"replaces": replaces}
        answer = await self._ask_for(asker, "/runs", json=asdict(spec), params=params)
        run_id = str(answer["id"])
        self._keep(run_id, spec)
        return run_id

    async def submit_training(self, spec: TrainingSpec, asker: Asker) -> str:
        """Ask for a training and return its id; otherwise as `submit`."""
        answer = await self._ask_for(asker, "/trainings", json=asdict(spec))
        training_id = str(answer["id"])
        self._keep(training_id, spec, "training")
        return training_id

    async def training_pace(self) -> dict[str, float]:
        """Say how fast trainings go: seconds of an update (`update_s`) and of a report (`report_s`).

        Raises:
            TryLater: the engine does not answer, or has too much to do.
        """
        return await self._ask("GET", "/trainings")

    def relay(self, run_id: str) -> Relay[Any]:
        """Return what this process knows of a run.

        Raises:
            NotFound: it was not asked for here, or a while ago.
        """
        if run_id not in self._relays:
            raise NotFound(UNKNOWN.format("run"))
        return self._relays[run_id]

    async def find(self, run_id: str) -> Relay[RunSpec]:
        """Return a run that was asked for here, or of another web process of the same engine.

        Raises:
            NotFound: the engine does not know it either.
            TryLater: it is unknown here and the engine does not answer.
        """
        path = path_of(run_id)
        if run_id not in self._relays:
            answer = await self._ask("GET", path)
            self._keep(run_id, RunSpec(**answer["spec"]))
        return self.relay(run_id)

    async def picked(self, run_id: str, steps: Sequence[int]) -> list[bytes]:
        """Wait for the end of a run, and return the frames of these steps alone.

        Others are not kept meanwhile: without steps it is a wait that holds nothing.

        Raises:
            NotFound: the engine does not know the run.
            TryLater: the run failed, the engine does not answer, or this process stops.
        """
        relay = await self.find(run_id)
        if relay.log.ending is not None and not relay.has_failed:
            return [relay.log.frames[step] for step in steps]
        picking = Relay(self._http, run_id, relay.spec, only=frozenset(steps))
        if self._leaving.is_set():
            picking.leave()
        self._picking.add(picking)
        try:
            return await picking.finished()
        finally:
            self._picking.discard(picking)
            await picking.close()

    async def find_training(self, training_id: str) -> Relay[TrainingSpec]:
        """Do the same for a training."""
        path = path_of(training_id, "training")
        if training_id not in self._relays:
            answer = await self._ask("GET", path)
            self._keep(training_id, read_training(json.dumps(answer["spec"]).encode()), "training")
        return self.relay(training_id)

    async def status_of(self, run_id: str) -> RunStatus:
        """Say where a run stands, as the engine has it.

        Raises:
            NotFound, TryLater: the engine does not know it, or does not answer.
        """
        return RunStatus((await self._ask("GET", path_of(run_id)))["status"])

    async def judged(self, run_id: str) -> Judged:
        """Return what the model's judge makes of a finished run; asked again, it need not look again.

        Raises:
            NotFound: the run is gone.
            Conflict: it has not ended, is paused, or failed; the text says which.
            InvalidRequest: its model has no judge.
            TryLater: the judge is still looking or cannot be loaded, or the engine does not answer.
        """
        return from_json(await self._ask("GET", f"{path_of(run_id)}/judged", timeout=WORK_S))

    async def step_numbers(self, run_id: str, step: int, picture: int, x: int, y: int) -> dict[str, Any]:
        """Have a step of a run worked out again at one pixel; see `app.engine.step_numbers`.

        Raises:
            NotFound: the run is gone.
            InvalidRequest: no such step or pixel.
            Conflict: the step has not been computed yet.
            TryLater: the engine does not answer.
        """
        params = {"picture": picture, "x": x, "y": y}
        return await self._ask("GET", f"{path_of(run_id)}/steps/{step}", params=params, timeout=WORK_S)

    async def withdraw(self, run_id: str, key: str, noun: Noun = "run") -> None:
        """Withdraw the viewer with this key; the run, or training, goes on only while somebody else watches.

        Raises:
            NotFound, TryLater: the engine does not know it, or does not answer.
        """
        path = path_of(run_id, noun)
        if run_id in self._relays:
            self._relays[run_id].withdraw(key)
        await self._ask("DELETE", path)

    async def once(
        self,
        model: str,
        picture: bytes,
        noise: float,
        seed: int,
        label: int | None,
        prompt: str | None = None,
        *,
        asker: Asker,
    ) -> dict[str, Any]:
        """Have a model called once on a picture.

        Returns:
            The fields of `app.engine.once.OneCall`; arrays are bytes in base64, those of pixels as uint8 and
            `v_hat` as little-endian float32.

        Raises:
            InvalidRequest, TryLater: as the engine says, or because it does not answer.
        """
        body = {
            "model": model,
            "picture": base64.b64encode(picture).decode(),
            "noise": noise,
            "seed": seed,
            "label": label,
            "prompt": prompt,
        }
        return await self._ask_for(asker, "/once", json=body, timeout=WORK_S)

    async def status(self) -> dict[str, Any]:
        """Return the engine's report: device, models, queue.

        Raises:
            TryLater: it does not answer.
        """
        return await self._ask("GET", "/status")

    async def _ask_for(self, asker: Asker, path: str, **details: Any) -> dict[str, Any]:
        """Ask for something that counts; what was refused for a while is refused here until then."""
        key = (asker.learner, path, *details.get("params", {}))
        if key in self._refusals:
            self._refusals.repeat(key)
        try:
            return await self._ask("POST", path, headers=asker.headers, **details)
        except (TooMany, PoolSpent) as error:
            self._refusals.keep(key, error)
            raise

    async def _ask(self, method: str, path: str, **details: Any) -> dict[str, Any]:
        asking = asyncio.ensure_future(self._http.request(method, path, **details))
        leaving = asyncio.ensure_future(self._leaving.wait())
        try:
            await asyncio.wait((asking, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():  # what the engine just does may still succeed
                await asyncio.wait((asking,), timeout=LAST_ANSWER_S)
            if not asking.done():
                raise TryLater(LEAVING, 2)
            response = asking.result()
        except (httpx2.TransportError, NotTheEngine) as error:
            raise Asleep from error
        finally:
            asking.cancel()
            leaving.cancel()
        if response.status_code >= 400:
            raise as_raised(response)
        return dict(json.loads(response.content)) if response.content else {}

    def _keep(self, run_id: str, spec: RunSpec | TrainingSpec, noun: Noun = "run") -> None:
        """Have a relay for a run or training, a new one where the last one failed."""
        self._forget_some()
        known = self._relays.get(run_id)
        if known is None or known.has_failed:
            self._relays[run_id] = Relay(self._http, run_id, spec, noun=noun, on_unwatched=self._forget_some)
            if self._leaving.is_set():
                self._relays[run_id].leave()
        self._relays.move_to_end(run_id)

    def _forget_some(self) -> None:
        """Let go of what nobody watches: of frames beyond what is kept, of unfinished runs after a while.

        The engine keeps far more finished runs than a web process does, so frames can be had again.
        """
        size = sum(relay.log.size for relay in self._relays.values())
        surplus = len(self._relays) - KEPT_RUNS
        now = time.monotonic()
        for run_id, relay in list(self._relays.items()):
            if relay.viewers:
                continue
            if surplus > 0 or (relay.log.ending is None and now - relay.used_at > self._kept_s):
                surplus -= 1
                size -= relay.log.size
                del self._relays[run_id]
            elif size > self._kept_bytes:
                size -= relay.log.size
                relay.forget_frames()


def path_of(run_id: str, noun: Noun = "run") -> str:
    """Return the path of a run or training at the engine; NotFound for what cannot be the name of one."""
    if not NAMES[noun].fullmatch(run_id):
        raise NotFound(UNKNOWN.format(noun))
    return f"/runs/{run_id}"
