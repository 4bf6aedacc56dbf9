"""Stopping `fromnoise serve` while streams are open: each is told when to come back, and nothing is left."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.real_server import RealServer, real_server
from tests.tiny_model import write_tiny_model

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stopping")]

SETTINGS: dict[str, object] = {"steps": 1000, "count": 3, "sampler": "heun"}
SECONDS = 5.0


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    return folder


class Viewers:
    """As many streams of as many runs, most of which wait for their turn, each read to its end."""

    def __init__(self, server: RealServer, count: int) -> None:
        self.read: list[bytes] = []
        streams = [server.lines_of(server.start_run(**SETTINGS, seed=seed)) for seed in range(count)]
        self._threads = [
            threading.Thread(target=self._read, args=(stream,), daemon=True) for stream in streams
        ]
        for thread in self._threads:
            thread.start()

    def _read(self, stream: Iterator[bytes]) -> None:
        self.read.append(b"".join(stream))

    def last_events(self) -> list[bytes]:
        """What each stream ended with: all from the last `retry` on."""
        for thread in self._threads:
            thread.join(timeout=5)
        assert len(self.read) == len(self._threads)
        return [content[content.rfind(b"retry: ") :] for content in self.read]


def must_have_told(viewers: Viewers) -> None:
    for last in viewers.last_events():
        first, name, data, *rest = last.split(b"\n")
        milliseconds = int(first.removeprefix(b"retry: "))
        assert 2000 <= milliseconds < 3000
        assert (name, rest) == (b"event: leaving", [b"", b""])
        assert data == b'data: {"retry_ms": %d}' % milliseconds


def must_have_ended_well(server: RealServer, family: list[psutil.Process]) -> None:
    assert server.process.returncode == 0, server.said
    assert "Traceback" not in server.said
    assert "Exception" not in server.said
    assert psutil.wait_procs(family, timeout=10)[1] == []


MANY = 200
"""So many streams are a measure of time, too; with a few, on a busy machine, only the manner counts."""

COUNTS = [20, pytest.param(MANY, marks=pytest.mark.soak)]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("workers", ["2", pytest.param("1", marks=pytest.mark.soak)])
def test_every_stream_ends_with_an_event_that_says_when_to_come_back(
    tmp_path: Path, models: Path, workers: str, count: int
) -> None:
    with real_server(tmp_path, models, WORKERS=workers) as server:
        family, viewers = server.children, Viewers(server, count)
        server.engine.terminate()  # as service managers do: a signal to every process
        took_s = server.end(signal.SIGTERM)
        assert count < MANY or took_s < SECONDS
        must_have_told(viewers)
        must_have_ended_well(server, family)


@pytest.mark.soak  # two servers are started and killed
def test_a_killed_parent_leaves_nobody_behind_and_the_port_free(tmp_path: Path, models: Path) -> None:
    with real_server(tmp_path, models, WORKERS="2") as server:
        family = [*server.web_processes, server.engine]
        assert len(family) == 3
        server.process.kill()
        server.process.wait()
        assert psutil.wait_procs(family, timeout=10)[1] == []
        server.start()
        server.wait_until_ready()


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.soak)])
def test_an_engine_that_hangs_and_a_second_interrupt_change_nothing(
    tmp_path: Path, models: Path, workers: str, count: int
) -> None:
    with real_server(tmp_path, models, WORKERS=workers) as server:
        family, viewers, statuses = server.children, Viewers(server, count), []
        server.engine.suspend()
        run = {"model": "tiny", "seed": 999}
        asking = threading.Thread(target=lambda: statuses.append(server.ask("POST", "/api/runs", run)[0]))
        asking.start()
        time.sleep(0.2)
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.15)
        took_s = server.end(signal.SIGINT)
        assert count < MANY or took_s < SECONDS - 0.15
        must_have_told(viewers)
        must_have_ended_well(server, family)
        asking.join(timeout=5)
        assert statuses == [503], "one who was just asking is told to come back"
