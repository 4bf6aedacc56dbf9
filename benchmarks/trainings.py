"""S15: a class that presses Train at once, and what it costs those who watch pictures."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Literal

import torch

from app.cards import Card
from app.engine.points.examples import BATCH
from app.engine.points.network import PARAMETERS
from app.engine.points.spec import DEFAULT_UPDATES, MAX_UPDATES
from benchmarks.conditions import asked
from benchmarks.connection import Connection, run
from benchmarks.effort import Effort
from benchmarks.plain_training import LEARNERS, plain_rate, product_rate
from benchmarks.result import Result
from benchmarks.server import Server
from benchmarks.viewers import Viewer

PLAIN_UPDATES = 1000
AHEAD_S = 2.0
PROGRESS = b"event: progress"
FLOPS = 6 * BATCH * PARAMETERS
"""Of an update: two for each parameter and row forwards, four backwards."""


@dataclass(frozen=True)
class Trained:
    """Seconds from asking for a training to its first report, and to its end."""

    first_s: float
    whole_s: float


def measure_trainings(server: Server, card: Card, seeds: Iterator[int], effort: Effort) -> list[Result]:
    """Measure S15 at the default settings, by HTTP."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    server.wait_until_idle()
    run(_train(server.port, next(seeds)))
    alone, plain, products = [], [], []
    for _ in range(effort.repeats):
        alone.append(run(_train(server.port, next(seeds))).whole_s)
        plain.append(plain_rate(PLAIN_UPDATES))
        products.append(product_rate(0.3))
    together = run(_train_all(server.port, [next(seeds) for _ in range(LEARNERS)]))
    torch.set_num_threads(threads)
    gap, beside = run(_gaps(server, card, seeds))
    first_s = max(one.first_s for one in together)
    return [
        *_speeds(median(alone), max(one.whole_s for one in together), median(plain), median(products)),
        _result(
            f"first report of the last of {LEARNERS} trainings at once",
            first_s,
            ("≤", 1, " s"),
            f"The median of the same clients waited {median(one.first_s for one in together):.2f} s.",
        ),
        _result(
            f"{LEARNERS} trainings add to a viewer's gap between frames",
            (beside - gap) / gap,
            ("≤", 1, " ticks"),
            f"A run at the default settings: median gap {1000 * gap:.1f} ms alone, {1000 * beside:.1f} ms "
            "beside them.",
        ),
    ]


def _speeds(one_s: float, all_s: float, plain: float, products: float) -> list[Result]:
    """Compare one training, and a class of them, with what the machine can do."""
    rate = DEFAULT_UPDATES / one_s
    return [
        _result(
            "one training alone / a plain loop of PyTorch, updates a second",
            rate / plain,
            ("≥", 0.8, ""),
            f"One by HTTP with all its reports: {rate:.0f} updates a second; the same network by autograd "
            f"and torch.optim on one core: {plain:.0f}.",
        ),
        _result(
            f"{LEARNERS} trainings at once / one alone, until all are done",
            all_s / one_s,
            ("≤", 6, " times"),
            f"{LEARNERS} clients ask for trainings of {DEFAULT_UPDATES:,} updates at once: all were done "
            f"after {all_s:.1f} s, one alone after {one_s:.2f} s.",
        ),
        _result(
            f"arithmetic of {LEARNERS} trainings / that of batched products on one core",
            LEARNERS * DEFAULT_UPDATES * FLOPS / all_s / products,
            ("≥", 0.4, ""),
            f"The same trainings; torch.bmm of their shape makes {products / 1e9:.0f} billion operations a "
            "second on one core.",
        ),
    ]


def _result(what: str, measured: float, target: tuple[Literal["≥", "≤"], float, str], how: str) -> Result:
    sense, limit, unit = target
    return Result("S15", what, measured, sense, limit, unit, how)


async def _train_all(port: int, seeds: list[int]) -> list[Trained]:
    return list(await asyncio.gather(*(_train(port, seed) for seed in seeds)))


async def _train(port: int, seed: int, updates: int = DEFAULT_UPDATES) -> Trained:
    """Ask for a training with a ticket, as a page does for a browser without a cookie; read it to its end."""
    asked_at = time.perf_counter()
    first_s = 0.0
    async with contextlib.aclosing(await Connection.open(port)) as connection:
        body = json.dumps({"preset": "ring", "seed": seed, "updates": updates}).encode()
        ticket = (await connection.request("GET", "/api/ticket")).json()["ticket"]
        answer = await connection.request(
            "POST", "/api/trainings", {"x-ticket": ticket} if ticket else {}, body
        )
        if answer.status != 201:
            raise ConnectionError(f"a training was answered with {answer.status}: {answer.body[:200]!r}")
        async with contextlib.aclosing(connection.stream(answer.json()["events"])) as pieces:
            async for at, content in pieces:
                if not first_s and PROGRESS in content:
                    first_s = at - asked_at
                if b"event: failed" in content:
                    raise ConnectionError("a training failed; see the server's output")
                if b"event: done" in content:
                    return Trained(first_s, at - asked_at)
    raise ConnectionError("a training broke off")


async def _gaps(server: Server, card: Card, seeds: Iterator[int]) -> tuple[float, float]:
    """Return a viewer's median gap between frames alone, and beside a class that trains."""
    viewer = Viewer(server.port, {"model": card.name} | asked(card), seeds)
    await viewer.enrol()
    alone = [gap for _ in range(2) for gap in (await viewer.watch()).gaps]
    trainings = [asyncio.create_task(_train(server.port, next(seeds), MAX_UPDATES)) for _ in range(LEARNERS)]
    await asyncio.sleep(AHEAD_S)
    beside = [gap for _ in range(2) for gap in (await viewer.watch()).gaps]
    for training in trainings:
        training.cancel()
    await asyncio.gather(*trainings, return_exceptions=True)
    return median(alone), median(beside)
