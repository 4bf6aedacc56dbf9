"""How the supervisor takes an engine that hangs: small programs that answer as one would, and a real one."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time

import psutil
import pytest

from app.controls.request import RunRequest
from app.engine.admission import Asker
from app.engine.client import EngineClient
from app.engine.frame_log import SILENT
from app.engine.reading import read_run
from app.engine.supervisor import Supervisor
from app.errors import TryLater
from tests.engine.supervised import status, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervisor")]

PROGRAM = """
import json, os, sys, time
from pathlib import Path
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from app.engine.proof import TokenGuard
path, began = sys.argv[1], time.monotonic()

def report(seconds):
    return {REPORT}

async def pulse(request):
    return JSONResponse(report(time.monotonic() - began))

app = TokenGuard(Starlette(routes=[Route("/pulse", pulse)]), os.environ["ENGINE_TOKEN"])
uvicorn.run(app, uds=path, log_level="critical")
"""
ALIVE = '{"beats": int(seconds * 50), "limit_s": 0.4}'
STUCK = '{"beats": 7, "limit_s": 0.4}'
SLOW = '{"beats": int(seconds / 0.4), "limit_s": 1.0}'
DEAF = "time.sleep(600)"
NO_ENGINE = '["something else"]'


@contextlib.contextmanager
def supervised(tmp_path, report, starts_s=0):
    """Supervise a program that reports what the expression says, with intervals cut short."""
    supervisor = Supervisor(tmp_path, tmp_path, probe_s=0.05, probe_timeout_s=0.2)
    program = f"import time; time.sleep({starts_s})" + PROGRAM.replace("{REPORT}", report)
    supervisor._command = [sys.executable, "-c", program, str(supervisor.socket)]
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()


@pytest.mark.parametrize(("report", "starts_s"), [(ALIVE, 0), (SLOW, 0), (ALIVE, 60)])
def test_one_that_is_alive_or_slow_or_still_starts_is_left_alone(tmp_path, report, starts_s):
    with supervised(tmp_path, report, starts_s) as supervisor:
        first = supervisor.pid
        time.sleep(1.5)
        assert supervisor.pid == first


@pytest.mark.parametrize("report", [DEAF, pytest.param(NO_ENGINE, marks=pytest.mark.soak)])
def test_one_that_listens_and_never_answers_is_restarted(tmp_path, report):
    with supervised(tmp_path, report) as supervisor:
        first = supervisor.pid
        wait_for(lambda: supervisor.pid != first, 10)


def test_a_stuck_device_is_restarted_more_and_more_slowly(tmp_path, capsys):
    with supervised(tmp_path, STUCK) as supervisor:
        for _ in range(2):
            before = supervisor.pid
            wait_for(lambda before=before: supervisor.pid != before, 20)
    told = capsys.readouterr().out
    assert told.count("the engine hangs") >= 2
    assert "the device thread has been in one call for" in told
    assert told.index("pause_s=0.2") < told.index("pause_s=0.4")


def test_stopping_does_not_wait_for_one_that_hangs(tmp_path):
    with supervised(tmp_path, ALIVE) as supervisor:
        process = psutil.Process(supervisor.pid)
        wait_for(lambda: supervisor._ask()[0])
        process.suspend()
        began = time.monotonic()
        supervisor.stop()
        assert time.monotonic() - began < 2
        assert not process.is_running()


def test_a_real_one_that_is_stopped_comes_back_and_viewers_are_told(models_folder, tmp_path, card):
    supervisor = Supervisor(models_folder, tmp_path, eager=True)
    supervisor.start()
    try:
        wait_for(lambda: status(supervisor))
        asyncio.run(watch_while_it_is_stopped(supervisor, card))
    finally:
        supervisor.stop()


async def watch_while_it_is_stopped(supervisor, card):
    client = EngineClient(supervisor.url, supervisor.token)
    engine = psutil.Process(supervisor.pid)
    spec = read_run(RunRequest(model="tiny", steps=1000, count=3), card).spec
    relay = client.relay(await client.submit(spec, Asker("a")))
    viewer = relay.watch()
    while not relay.log.frames:
        await anext(viewer)
    engine.suspend()
    await asyncio.sleep(0.9)
    engine.resume()
    await asyncio.sleep(1.5)
    assert supervisor.pid == engine.pid, "it was stopped for less than a second"
    engine.suspend()
    seen = [content async for content in viewer]
    assert SILENT in seen
    assert seen[-1].startswith(b"event: failed")
    await asyncio.to_thread(wait_for, lambda: supervisor.pid != engine.pid and status(supervisor))
    again = client.relay(await client.submit(spec, Asker("a")))
    assert b"event: frame" in await anext(again.watch())
    await client.close()


BROKEN = """
import asyncio, sys, time
import app.engine.device_loop as device_loop
from app.engine.__main__ import main
from app.engine.server import EngineRoutes

tick, calls = device_loop.tick, 0

def stuck(*given):
    global calls
    calls += 1
    if calls == 20:
        time.sleep(600)
    return tick(*given)

async def blocked(self, request):
    time.sleep(600)

if "{WHAT}" == "device":
    device_loop.tick = stuck
else:
    EngineRoutes.status = blocked
main()
"""


@pytest.mark.soak
@pytest.mark.parametrize("what", ["device", "loop"])
def test_a_real_one_whose_device_or_event_loop_is_stuck_is_restarted_within_ten_seconds(
    models_folder, tmp_path, card, what
):
    supervisor = Supervisor(models_folder, tmp_path, eager=True)
    module = supervisor._command.index("-m")
    supervisor._command[module : module + 2] = ["-c", BROKEN.replace("{WHAT}", what)]
    supervisor.start()
    try:
        wait_for(lambda: supervisor._ask()[0])
        asyncio.run(watch_while_it_is_stuck(supervisor, card, what))
    finally:
        supervisor.stop()


async def watch_while_it_is_stuck(supervisor, card, what):
    client = EngineClient(supervisor.url, supervisor.token)
    engine = supervisor.pid
    spec = read_run(RunRequest(model="tiny", steps=1000, count=3), card).spec
    relay = client.relay(await client.submit(spec, Asker("a")))
    stuck_at, seen = time.monotonic(), []
    if what == "loop":
        asking = asyncio.create_task(client.status())
    async for content in relay.watch():
        seen.append(content)
        if content.startswith(b"id: ") and what == "device":
            stuck_at = time.monotonic()
        if content == SILENT:
            assert time.monotonic() - stuck_at < 2
    assert SILENT in seen
    assert seen[-1].startswith(b"event: failed")
    await asyncio.to_thread(wait_for, lambda: supervisor.pid != engine and supervisor._ask()[0])
    assert time.monotonic() - stuck_at < 10
    if what == "loop":
        with pytest.raises(TryLater):
            await asking
    await client.close()
