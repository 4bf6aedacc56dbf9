"""R7: clients that hang up at any moment, and viewers who stop reading."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import socket
import time
from collections.abc import Sequence
from typing import Any

import pytest

from benchmarks.connection import Connection, request_bytes, run
from benchmarks.percentiles import percentile
from benchmarks.viewers import Viewer, watching
from tests.real_server import RealServer
from tests.reliability.crowd import LONG, SEEDS, WIDE, PatientViewer, crowd
from tests.reliability.quiet import in_work, settle

SPARE = 2
"""Descriptors more than at the start that are no leak: a connection to the engine is kept for a while."""


@pytest.mark.parametrize("aborts", [20, pytest.param(500, marks=pytest.mark.soak)])
def test_clients_that_hang_up_leave_nothing_behind(server, figures, moments, aborts):
    """Connections closed at once, after half a request, after a whole one without its answer, and in the
    middle of a stream, twenty at a time; then the server is given up to 40 s to be as it was.
    """
    learners = run(crowd(server.port, 20, LONG))
    before = settle(server)
    run(abort_all(learners, moments, aborts))
    after = settle(server, before + SPARE)
    report = json.loads(server.ask("GET", "/readyz")[1])
    figures.note("R7", f"after {aborts} aborts: runs being stepped", in_work(server), "≤", 0)
    figures.note("R7", "viewers counted by the engine", report["viewers"], "≤", 0)
    figures.note("R7", "descriptors more than before", after - before, "≤", SPARE)
    figures.must_hold()


async def abort_all(learners: Sequence[Viewer], moments: random.Random, aborts: int) -> None:
    for first in range(0, aborts, 20):
        several = range(first, min(first + 20, aborts))
        await asyncio.gather(*(abort(learners[n % 20], n % 4, moments.uniform(0, 0.1)) for n in several))


async def abort(learner: Viewer, how: int, after_s: float) -> None:
    """Hang up: 0 at once, 1 in the middle of a request, 2 before its answer, 3 in a stream."""
    reader, writer = await asyncio.open_connection("127.0.0.1", learner.port)
    body = json.dumps({**LONG, "seed": next(SEEDS)}).encode()
    request = request_bytes("POST", "/api/runs", learner.cookie, body)
    if how == 1:
        writer.write(request[: len(request) // 2])
    elif how > 1:
        writer.write(request)
    if how == 3:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        answer = json.loads(await reader.readexactly(length))
        if "frames" in answer:
            writer.write(request_bytes("GET", answer["frames"], learner.cookie))
    await asyncio.sleep(after_s)
    writer.transport.abort()


@pytest.mark.soak  # tests/web/edge/test_connections.py lets one stalled viewer go, after a shorter time
def test_stalled_readers_are_let_go_and_cost_the_others_nothing(server, figures):
    """300 viewers of 150 runs, at a few frames a second; then 50 more ask for a run that has ended and read
    nothing. Gaps between the frames of the 300 in the 10 s before and the 10 s from then on; a reader is let
    go when the server's socket is gone.
    """
    before_s, beside_s, released_s, left = run(stall(server))
    figures.how += f" Here {1000 * before_s:.0f} ms before, {1000 * beside_s:.0f} ms beside them."
    figures.note("R7", "50 stalled readers let go, the last", released_s, "≤", 10, " s")
    figures.note("R7", "stalled readers still there after 20 s", left, "≤", 0)
    ratio = beside_s / before_s
    figures.note(
        "R7", "99th percentile of the gap between 300 viewers' frames, with / without", ratio, "≤", 1.2
    )
    figures.must_hold()


async def stall(server: RealServer) -> tuple[float, float, float, int]:
    learners = await crowd(server.port, 100, WIDE)
    viewers = [fellow(learners[n % 100], itertools.count(10**6 * (1 + n % 150))) for n in range(300)]
    ended = await address_of_an_ended_run(learners[0])
    async with watching(viewers):
        await asyncio.sleep(5)
        before_s = await gap(viewers, 10)
        stalled = [stalled_reader(server.port, ended, learners[n]) for n in range(50)]
        began = time.monotonic()
        measuring = asyncio.create_task(gap(viewers, 10))
        released_s, left = 0.0, len(stalled)
        while left and time.monotonic() - began < 20:
            await asyncio.sleep(0.25)
            left = await asyncio.to_thread(still_served, server, stalled)
            released_s = time.monotonic() - began
        beside_s = await measuring
        for one in stalled:
            one.close()
    return before_s, beside_s, released_s, left


def fellow(learner: Viewer, seeds: Any) -> PatientViewer:
    """Give a learner another tab, which follows the runs of these seeds."""
    viewer = PatientViewer(learner.port, WIDE, seeds)
    viewer.cookie = learner.cookie
    return viewer


async def gap(viewers: Sequence[Viewer], seconds: float) -> float:
    """Return the 99th percentile of the gaps between frames from now on."""
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    ended = time.perf_counter()
    gaps = [g for one in viewers for seen in one.watched for g in seen.within(began, ended).gaps]
    return percentile(gaps, 0.99)


async def address_of_an_ended_run(learner: Viewer) -> str:
    async with contextlib.aclosing(await Connection.open(learner.port)) as connection:
        body = json.dumps({**WIDE, "seed": next(SEEDS)}).encode()
        frames = (await connection.request("POST", "/api/runs", learner.cookie, body)).json()["frames"]
        async for _, content in connection.stream(frames, learner.cookie):
            if b"event: done" in content:
                return str(frames)
    raise AssertionError("the run did not end")


def stalled_reader(port: int, frames: str, learner: Viewer) -> socket.socket:
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", port))
    reader.sendall(request_bytes("GET", frames, learner.cookie))
    return reader


def still_served(server: RealServer, stalled: list[socket.socket]) -> int:
    """Count the readers to whom a web process still has a socket."""
    ports = {one.getsockname()[1] for one in stalled}
    links = [link for web in server.web_processes for link in web.net_connections("tcp") if link.raddr]
    return sum(link.raddr.port in ports for link in links)
