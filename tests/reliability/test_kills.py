"""R1: the server is killed at random moments, while answers arrive."""

from __future__ import annotations

import http.client
import itertools
import threading
import time

import pytest

from benchmarks.connection import Answer
from tests.real_server import RealServer, real_server
from tests.reliability.answering import Learner
from tests.reliability.records import ask, is_sound

LEARNERS = 8
MOST_S = 0.6
"""The server is killed at most so long after it was back."""


class Answering(threading.Thread):
    """A learner who answers without end, and sends an answer again until it is acknowledged."""

    def __init__(self, port: int, name: str, halt: threading.Event) -> None:
        super().__init__(daemon=True)
        self.acknowledged: set[str] = set()
        self.strange: list[Answer] = []
        self._learner = Learner(port)
        self._label = name
        self._halt = halt
        self._answer(f"{name}-the-first-answer")

    def run(self) -> None:
        for number in itertools.count():
            if self._halt.is_set():
                return
            self._answer(f"{self._label}-answer-{number:06d}")

    def _answer(self, attempt: str) -> None:
        while attempt not in self.acknowledged:
            try:
                answer = self._learner.answer("Red", attempt)
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if answer.status == 200:
                self.acknowledged.add(attempt)
            elif answer.status != 503:
                self.strange.append(answer)
                return


def kill_all(server: RealServer) -> None:
    """Kill the parent; it is also the web process, and the engine ends with it."""
    server.process.kill()
    server.process.wait()
    server.start()


def kill_web(server: RealServer) -> None:
    """Kill every web process; their parent starts new ones."""
    for worker in server.web_processes:
        worker.kill()


@pytest.mark.parametrize(
    ("what", "kill", "workers", "kills"),
    [
        pytest.param("the whole server", kill_all, "1", 1, id="server"),
        pytest.param("the whole server", kill_all, "1", 150, id="server-150", marks=pytest.mark.soak),
        pytest.param("both web processes", kill_web, "2", 150, id="web-150", marks=pytest.mark.soak),
    ],
)
def test_what_was_acknowledged_survives(tmp_path, models, figures, moments, what, kill, workers, kills):
    """Eight learners answer over HTTP without pause; `kill -9` up to 0.6 s after the last return. An answer
    without a reply is sent again with the same token. Back is who answers `/healthz`, counted from the kill.
    """
    with real_server(tmp_path, models, WORKERS=workers, ANSWERS_PER_MINUTE="100000") as server:
        if figures.is_full:
            server.wait_until_settled()
        halt = threading.Event()
        learners = [Answering(server.port, f"learner-{n}", halt) for n in range(LEARNERS)]
        for learner in learners:
            learner.start()
        away, damaged = [], 0
        for _ in range(kills):
            time.sleep(moments.uniform(0.0, MOST_S))
            server.wait_until(lambda: len(server.web_processes) == int(workers))
            began = time.monotonic()
            kill(server)
            server.wait_until(lambda: server.answers("/healthz"))
            away.append(time.monotonic() - began)
            damaged += not is_sound(server.records)
        halt.set()
        for learner in learners:
            learner.join(timeout=60)
            assert not learner.is_alive()
        acknowledged = set().union(*(learner.acknowledged for learner in learners))
        recorded = [attempt for (attempt,) in ask(server.records, "SELECT attempt FROM attempts")]
    assert [learner.strange for learner in learners] == [[]] * LEARNERS
    assert len(acknowledged) > kills
    figures.note(
        "R1", f"{what} killed {kills} times: answers lost", len(acknowledged - set(recorded)), "≤", 0
    )
    figures.note("R1", f"{what}: answers doubled", len(recorded) - len(set(recorded)), "≤", 0)
    figures.note("R1", f"{what}: kills after which the database is damaged", damaged, "≤", 0)
    figures.note("R1", f"{what}: longest time away", max(away), "≤", 3, " s", lenient=30)
    median = sorted(away)[len(away) // 2]
    figures.note("R1", f"{what}: median time away", median, "≤", 3, " s", lenient=30)
    figures.must_hold()
