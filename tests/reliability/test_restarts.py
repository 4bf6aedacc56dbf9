"""R8: the server stops, and its web processes are replaced, while streams are open and answers arrive."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import itertools
import json
import math
import signal
import threading
import time
from collections.abc import Sequence

import psutil
import pytest

from benchmarks.connection import Connection, run
from tests.real_server import RealServer, real_server
from tests.reliability.answering import Learner
from tests.reliability.crowd import LONG, SEEDS, PatientViewer, crowd

STREAMS_EACH = 5
MOST_RUNS = 200
OPEN_S = 400.0
TAIL_BYTES = 300
LEAVING = b"event: leaving\n"
ANSWERING = 6
ASKING = 2


class Streams:
    """Streams that are all open, in a thread of their own, five a learner.

    Args:
        port: of the server.
        count: how many.
    """

    def __init__(self, port: int, count: int) -> None:
        self.told_at: list[float] = []
        self.last_runs: dict[str, dict[str, str]] = {}
        self._port = port
        self._open = 0
        self._count = count
        self._broken = 0
        self._halt = threading.Event()
        self._thread = threading.Thread(target=lambda: run(self._all()), daemon=True)
        self._thread.start()
        end = time.monotonic() + OPEN_S
        while self._open < count and self._thread.is_alive() and time.monotonic() < end:
            time.sleep(0.05)
        assert self._open == count, f"{self._open} of {count} streams were opened"

    def untold(self, *, is_over: bool) -> int:
        """Count the streams that broke off and did not say that one should come back.

        Args:
            is_over: the server has stopped, so each of them has ended.
        """
        if not is_over:
            self._halt.set()
        self._thread.join(timeout=60)
        assert not self._thread.is_alive(), "a stream has no end"
        return self._broken

    async def _all(self) -> None:
        learners = await crowd(self._port, self._count // STREAMS_EACH, LONG)
        reading = [
            asyncio.create_task(
                self._watch(learners[number % len(learners)], 10**6 * (1 + number % MOST_RUNS))
            )
            for number in range(self._count)
        ]
        while not self._halt.is_set() and not all(one.done() for one in reading):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        for one in reading:
            one.cancel()
        ends = await asyncio.gather(*reading, return_exceptions=True)
        self._broken = sum(isinstance(end, Exception) for end in ends)

    async def _watch(self, learner: PatientViewer, first: int) -> None:
        """Watch one run after another until a stream says that the server stops."""
        for seed in itertools.count(first):
            frames = await started(learner, seed)
            self.last_runs[frames] = learner.cookie
            async with contextlib.aclosing(await Connection.open(self._port)) as connection:
                last = b""
                async for _, piece in connection.stream(frames, learner.cookie):
                    self._open += seed == first and not last
                    last = (last + piece)[-TAIL_BYTES:]
            if LEAVING in last:
                self.told_at.append(time.monotonic())
                return
            if b"event: done" not in last:
                raise ConnectionError(f"the stream broke off after {last[-90:]!r}")


async def started(learner: PatientViewer, seed: int) -> str:
    """Start a long run, or join it, and return the address of its frames; who is refused asks again."""
    body = json.dumps({**LONG, "sampler": "heun", "seed": seed}).encode()
    while True:
        async with contextlib.aclosing(await Connection.open(learner.port)) as connection:
            answer = await connection.request("POST", "/api/runs", learner.cookie, body)
        if answer.status == 201:
            return str(answer.json()["frames"])
        await asyncio.sleep(1)


@pytest.mark.soak  # tests/test_stopping.py stops servers with a few streams
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stop_sends_a_thousand_viewers_away(tmp_path, models, figures, workers):
    """A thousand streams of two hundred runs, most of which wait for their turn, five a learner; SIGTERM
    to the server, and the seconds until its process is gone.
    """
    with real_server(tmp_path, models, WORKERS=workers) as server:
        server.wait_until(lambda: len(server.web_processes) == int(workers))
        server.wait_until_settled()
        family, streams = server.children, Streams(server.port, 1000)
        seconds = server.end(signal.SIGTERM)
        untold = streams.untold(is_over=True)
        assert server.process.returncode == 0, server.said
        left = len(psutil.wait_procs(family, timeout=10)[1])
    named = f"{workers} web process{'es' if workers != '1' else ''}"
    figures.note("R8", f"stop with 1,000 streams at {named}: viewers not told", untold, "≤", 0)
    figures.note("R8", f"{named}: time to exit", seconds, "≤", 5, " s")
    figures.note("R8", f"{named}: processes left behind", left, "≤", 0)
    figures.must_hold()


class Submitting(threading.Thread):
    """Submits one thing after another, each once and on a connection of its own.

    Args:
        server: to whom.
        name: of the one who submits.
        answers: whether to answer a question; else runs are asked for.
    """

    def __init__(self, server: RealServer, name: str, halt: threading.Event, *, answers: bool) -> None:
        super().__init__(daemon=True)
        self.count = 0
        self.failed: list[str] = []
        self._learner = Learner(server.port)
        self._label = name
        self._halt = halt
        self._answers = answers
        self._submit(0)
        self.count, self.failed = 0, []
        self.start()

    def run(self) -> None:
        for number in itertools.count(1):
            if self._halt.wait(0.01):
                return
            self._submit(number)

    def _submit(self, number: int) -> None:
        self.count += 1
        try:
            if self._answers:
                answer = self._learner.answer("Red", f"{self._label}-answer-{number:06d}")
            else:
                wanted = {"model": "tiny", "steps": 1, "seed": next(SEEDS)}
                answer = self._learner.ask("POST", "/api/runs", wanted)
        except (OSError, http.client.HTTPException) as error:
            self.failed.append(repr(error))
            return
        if answer.status >= 300:
            self.failed.append(f"{answer.status} {answer.body[:200]!r}")


def gone_on(server: RealServer, streams: Streams) -> int:
    """Count the runs that can be watched on at the new processes."""
    count = 0
    for frames, cookie in streams.last_runs.items():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        with contextlib.closing(connection):
            connection.request("GET", frames, headers=cookie)
            count += connection.getresponse().status == 200
    return count


@pytest.mark.parametrize(
    ("count", "restarts"), [(40, 1), pytest.param(1000, 5, marks=pytest.mark.soak)], ids=["short", "full"]
)
def test_web_processes_are_replaced_and_no_submission_fails(tmp_path, models, figures, count, restarts):
    """SIGHUP to a server of two web processes, which replaces one after the other; six learners answer and
    two ask for runs without pause, each submission sent once and on a connection of its own. Streams are
    open at the first restart; a process's time to exit runs from when the first of its viewers is told.
    """
    limits = {"ANSWERS_PER_MINUTE": "100000", "RUNS_PER_MINUTE": "100000"}
    with real_server(tmp_path, models, WORKERS="2", **limits) as server:
        server.wait_until(lambda: len(server.web_processes) == 2)
        if figures.is_full:
            server.wait_until_settled()
        streams, halt = Streams(server.port, count), threading.Event()
        several = [
            Submitting(server, f"learner-{number}", halt, answers=number < ANSWERING)
            for number in range(ANSWERING + ASKING)
        ]
        gone_at, *_ = [replaced(server) for _ in range(restarts)]
        untold, again = streams.untold(is_over=False), gone_on(server, streams)
        halt.set()
        for one in several:
            one.join(timeout=60)
        failed = [fault for one in several for fault in one.failed]
        assert server.process.poll() is None
    sent = sum(one.count for one in several)
    assert sent > 10 * restarts
    assert not failed or figures.is_full, failed
    figures.how += f" Here {sent} things were submitted; of those that failed: {failed[:3]}."
    figures.note(
        "R8", f"web processes replaced {restarts} times: submissions that failed", len(failed), "≤", 0
    )
    figures.note("R8", f"of {count} viewers, not told to come back", untold, "≤", 0)
    figures.note("R8", "runs that could be watched on", again, "≥", len(streams.last_runs))
    exits = times_to_exit(streams.told_at, gone_at)
    figures.note(
        "R8",
        "a replaced process's time to exit, worst",
        max(exits, default=math.inf),
        "≤",
        5,
        " s",
        lenient=60,
    )
    figures.must_hold()


def replaced(server: RealServer) -> list[float]:
    """Have both web processes replaced, and return the moments at which the old ones were gone."""
    old = {one.pid for one in server.web_processes}
    gone_at: list[float] = []
    server.process.send_signal(signal.SIGHUP)

    def is_done() -> bool:
        here = {one.pid for one in server.web_processes}
        gone_at.extend([time.monotonic()] * (len(old - here) - len(gone_at)))
        return len(here) == 2 and not old & here

    server.wait_until(is_done, 240)
    return gone_at


def times_to_exit(told_at: Sequence[float], gone_at: Sequence[float]) -> list[float]:
    """Return how long each process was still there after it told its first viewer; one after another goes."""
    began = [-math.inf, *gone_at]
    return [
        gone - min(at for at in told_at if before < at <= gone)
        for before, gone in itertools.pairwise(began)
        if any(before < at <= gone for at in told_at)
    ]
