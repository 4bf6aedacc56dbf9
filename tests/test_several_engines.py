"""`fromnoise serve` with two engines, as processes of their own: one of them is killed."""

from __future__ import annotations

import json
import time

import psutil
import pytest

from tests.real_server import real_server
from tests.tiny_model import write_tiny_model, write_tiny_painter

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervisor")]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("several")
    write_tiny_model(folder / "models")
    write_tiny_painter(folder / "models")
    with real_server(folder, folder / "models", DEVICE="cpu,cpu", EAGER="true", WORKERS="2") as server:
        server.wait_until(lambda: both_answer(server))
        yield server


def both_answer(server):
    status = json.loads(server.ask("GET", "/readyz")[1])
    return status["device"].count("CPU") == 2 and status["notice"] is None


def read_to_the_end(lines):
    """Return the names of a stream's events."""
    return [line.split(b": ")[1].strip().decode() for line in lines if line.startswith(b"event: ")]


def test_runs_of_both_engines_stream_from_both_web_processes_and_one_that_is_killed_takes_its_own(server):
    assert len(server.engines) == 2
    server.wait_until(lambda: server.said.count("device      CPU") == 2)
    stays = server.start_run(model="tiny", steps=400, seed=1)
    goes = server.start_run(model="painter", steps=400, seed=1)
    for frames in (stays, goes):
        streams = [server.lines_of(frames) for _ in range(3)]
        assert all(next(stream) for stream in streams)
        for stream in streams:
            stream.close()
    staying, going = server.lines_of(stays), server.lines_of(goes)
    next(staying), next(going)
    home, _ = server.engines  # of the first model by its name, the painter
    killed_at = time.monotonic()
    home.kill()
    assert read_to_the_end(going)[-1] == "failed"
    assert time.monotonic() - killed_at < 10
    again = server.start_run(model="painter", steps=5, seed=2)
    assert read_to_the_end(server.lines_of(again))[-1] == "done", "the other engine has the model too"
    assert read_to_the_end(staying)[-1] == "done"
    server.wait_until(lambda: both_answer(server))
    assert not psutil.pid_exists(home.pid)
    assert len(server.engines) == 2
    listed = json.loads(server.ask("GET", "/api/models")[1])
    assert [model["ready"] for model in listed] == [True, True]
