"""Several engines, each with a device of its own, as one web process sees them. No torch.

A run goes to the engine that has it already. Otherwise it goes to its model's home, so that runs of one model
share their calls, as long as all that this engine steps would fit one call; beyond that, to the engine with
the fewest rows. An engine far slower than the others, as one that has lost its GPU, gets none.
Trainings go by a hash of their id.

Two web processes that place the same new run at the same moment may disagree, while the load crosses that
bound: each has it then, with equal pictures.

One engine counts the runs for all, so that limits are those of one engine.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

from app.cards import Card
from app.engine.admission import Asker
from app.engine.client import UNKNOWN, Asleep, Noun
from app.engine.judged import Judged
from app.engine.placing import OneOfSeveral, Place, chosen
from app.engine.points.spec import TrainingSpec
from app.engine.relay import Relay
from app.engine.reports import joined
from app.engine.run import RunSpec, RunStatus
from app.errors import NotFound

T = TypeVar("T")

PLACED_S = 10.0
"""So long what was decided about a run holds for whoever asks for the same, though no engine has it yet."""

MOST_PLACED = 1024


class SeveralEngines:
    """What `EngineClient` is for one engine.

    Args:
        urls: where they listen, at least one; in the same order for every web process.
        token: the secret of all of them.
        cards: of the models.
    """

    def __init__(self, urls: Sequence[str], token: str, cards: Iterable[Card]) -> None:
        self._clients = [OneOfSeveral(url, token) for url in urls]
        self._hashes = {card.name: card.sha256 for card in cards if card.has_weights}
        self._homes = {name: place for place, name in enumerate(sorted(self._hashes))}
        self._placed: OrderedDict[str, tuple[float, OneOfSeveral]] = OrderedDict()

    async def close(self) -> None:
        """End every relay and connection."""
        for client in self._clients:
            await client.close()

    def leave(self) -> None:
        """Send every viewer away: this process stops."""
        for client in self._clients:
            client.leave()

    async def submit(self, spec: RunSpec, asker: Asker, replaces: str | None = None) -> str:
        """Ask for a run and return its id; see `EngineClient.submit`."""
        counted = await self._counted(asker, replaces)
        run_id = spec.run_id(self._hashes.get(spec.model, ""))

        def choose(places: dict[OneOfSeveral, Place]) -> OneOfSeveral:
            return chosen(places, spec.count * spec.rows_per_picture)

        engines = self._from_home(spec.model)
        return await self._start(
            run_id, spec.model, engines, choose, lambda client: client.submit(spec, counted)
        )

    async def submit_training(self, spec: TrainingSpec, asker: Asker) -> str:
        """Ask for a training and return its id; see `EngineClient.submit_training`."""
        counted = await self._counted(asker, None)
        training_id = spec.training_id
        engines = sorted(self._clients, key=lambda client: self._weight(client, training_id))
        return await self._start(
            training_id,
            "",
            engines,
            lambda places: next(iter(places)),
            lambda client: client.submit_training(spec, counted),
        )

    async def training_pace(self) -> dict[str, float]:
        """Say how fast trainings go; see `EngineClient.training_pace`."""
        return await _first(self._clients, lambda client: client.training_pace())

    async def find(self, run_id: str) -> Relay[RunSpec]:
        """Return a run; see `EngineClient.find`."""
        return await (await self._having(run_id)).find(run_id)

    async def picked(self, run_id: str, steps: Sequence[int]) -> list[bytes]:
        """Wait for the end of a run, and return some of its frames; see `EngineClient.picked`."""
        return await (await self._having(run_id)).picked(run_id, steps)

    async def find_training(self, training_id: str) -> Relay[TrainingSpec]:
        """Return a training; see `EngineClient.find_training`."""
        return await (await self._having(training_id, "training")).find_training(training_id)

    async def status_of(self, run_id: str) -> RunStatus:
        """Say where a run stands; see `EngineClient.status_of`."""
        return await (await self._having(run_id)).status_of(run_id)

    async def judged(self, run_id: str) -> Judged:
        """Return what the model's judge makes of a finished run; see `EngineClient.judged`."""
        return await (await self._having(run_id)).judged(run_id)

    async def step_numbers(self, run_id: str, step: int, picture: int, x: int, y: int) -> dict[str, Any]:
        """Have a step worked out again at a pixel; see `EngineClient.step_numbers`."""
        return await (await self._having(run_id)).step_numbers(run_id, step, picture, x, y)

    async def withdraw(self, run_id: str, key: str, noun: Noun = "run") -> None:
        """Withdraw a viewer; see `EngineClient.withdraw`."""
        await (await self._having(run_id, noun)).withdraw(run_id, key, noun)

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
        """Have a model called once on a picture, at its home; see `EngineClient.once`."""
        counted = await self._counted(asker, None)
        return await _first(
            self._from_home(model),
            lambda client: client.once(model, picture, noise, seed, label, prompt, asker=counted),
        )

    async def status(self) -> dict[str, Any]:
        """Return what all that answer report, as one report.

        Raises:
            TryLater: none answers.
        """
        reports = await _all(client.status() for client in self._clients)
        if not any(reports):
            raise Asleep
        return joined(reports)

    async def _counted(self, asker: Asker, replaces: str | None) -> Asker:
        """Have the first engine that answers count a run."""
        is_known = False
        if replaces is not None:
            is_known = any(client.holds(replaces) for client in self._clients) or any(
                await _all(client.knows(replaces, "run") for client in self._clients)
            )
        return await _first(
            self._clients,
            lambda client: client.count(asker, is_change=replaces is not None, is_known=is_known),
        )

    def _from_home(self, model: str) -> list[OneOfSeveral]:
        """Return the engines in the order in which they get a model's runs: its home first."""
        home = self._homes.get(model, 0) % len(self._clients)
        return self._clients[home:] + self._clients[:home]

    def _weight(self, client: OneOfSeveral, run_id: str) -> bytes:
        place = self._clients.index(client)
        return hashlib.sha256(f"{place} {run_id}".encode()).digest()

    async def _start(
        self,
        run_id: str,
        model: str,
        engines: Sequence[OneOfSeveral],
        choose: Callable[[dict[OneOfSeveral, Place]], OneOfSeveral],
        ask: Callable[[OneOfSeveral], Awaitable[str]],
    ) -> str:
        """Ask the engine that has a run for it, or the one that is chosen; another, if it does not answer."""
        left = [*engines]
        while True:
            answers = await _all(client.place(run_id, model) for client in left)
            places = {client: answer for client, answer in zip(left, answers, strict=True) if answer}
            if not places:
                raise Asleep
            client = self._remembered(run_id, places) or choose(places)
            self._remember(run_id, client)
            try:
                return await ask(client)
            except Asleep:
                self._placed.pop(run_id, None)
                left.remove(client)

    def _remembered(self, run_id: str, places: dict[OneOfSeveral, Place]) -> OneOfSeveral | None:
        """Return the engine that has a run, or is about to get it."""
        for client, place in places.items():
            if place.is_known:
                return client
        if run_id not in self._placed:
            return None
        since, client = self._placed[run_id]
        return client if client in places and time.monotonic() - since < PLACED_S else None

    def _remember(self, run_id: str, client: OneOfSeveral) -> None:
        self._placed[run_id] = (time.monotonic(), client)
        self._placed.move_to_end(run_id)
        if len(self._placed) > MOST_PLACED:
            self._placed.popitem(last=False)

    async def _having(self, run_id: str, noun: Noun = "run") -> OneOfSeveral:
        """Return the engine that has a run.

        Raises:
            NotFound: none has it.
            TryLater: none of those that answer has it.
        """
        for client in self._clients:
            if client.holds(run_id):
                return client
        found = await _all(client.knows(run_id, noun) for client in self._clients)
        for client, is_known in zip(self._clients, found, strict=True):
            if is_known or (client.held(run_id) and not any(found)):
                return client
        if None in found:
            raise Asleep
        raise NotFound(UNKNOWN.format(noun))


async def _all(asked: Iterable[Awaitable[T]]) -> list[T | None]:
    """Wait for every answer; None stands for an engine that does not answer."""

    async def answer(one: Awaitable[T]) -> T | None:
        try:
            return await one
        except Asleep:
            return None

    return await asyncio.gather(*(answer(one) for one in asked))


async def _first(clients: Sequence[OneOfSeveral], ask: Callable[[OneOfSeveral], Awaitable[T]]) -> T:
    """Ask one engine after the other, and return the first answer."""
    for client in clients[:-1]:
        try:
            return await ask(client)
        except Asleep:
            continue
    return await ask(clients[-1])
