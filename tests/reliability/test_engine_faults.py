"""R6: the engine is killed, and its device fails in the middle of runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time

import pytest
import torch

from tests.engine.core_scenes import Source, names, play, spec, watch
from tests.real_server import RealServer

VIEWERS = 30
KILLED = {"steps": 1000, "count": 3, "sampler": "heun"}


def started(server: RealServer, **settings: object) -> str:
    """Start a run as a page does, which asks again while it is told to; return the address of its frames."""
    answers: list[tuple[int, bytes]] = []

    def is_taken() -> bool:
        answers.append(server.ask("POST", "/api/runs", {"model": "tiny"} | settings))
        return answers[-1][0] != 503

    server.wait_until(is_taken)
    assert answers[-1][0] == 201, answers[-1]
    return str(json.loads(answers[-1][1])["frames"])


class Watching(threading.Thread):
    """Somebody who watches a long run until it ends, and when that was."""

    def __init__(self, server: RealServer, seed: int) -> None:
        super().__init__(daemon=True)
        self.ended_at = 0.0
        self.last = b""
        self._lines = server.lines_of(started(server, **KILLED, seed=seed))
        self.start()

    def run(self) -> None:
        for line in self._lines:
            if line.startswith(b"event: "):
                self.last = line.strip()
        self.ended_at = time.monotonic()


class Reading(threading.Thread):
    """Somebody who opens the lesson again and again, and every answer that was not the page."""

    def __init__(self, server: RealServer) -> None:
        super().__init__(daemon=True)
        self.opened = 0
        self.failed = 0
        self.halt = threading.Event()
        self._server = server
        self.start()

    def run(self) -> None:
        while not self.halt.wait(0.05):
            self.opened += 1
            self.failed += not self._server.answers("/lessons/colours")


@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.soak)])
def test_viewers_of_a_killed_engine_hear_of_it_and_start_again(server, figures, kills):
    """Thirty viewers of runs of their own, the engine killed with `kill -9`, and the same seeds asked for
    again as soon as `/readyz` says that it is back; meanwhile the lesson is opened every 50 ms.
    """
    told, back, failed, again = [], [], 0, 0
    reading = Reading(server)
    for _ in range(kills):
        viewers = [Watching(server, seed) for seed in range(VIEWERS)]
        time.sleep(0.5)
        old = server.engine
        old.kill()
        killed_at = time.monotonic()
        for viewer in viewers:
            viewer.join(timeout=30)
        told.append(max(viewer.ended_at for viewer in viewers) - killed_at)
        failed += sum(viewer.last == b"event: failed" for viewer in viewers)
        server.wait_until(lambda: server.answers("/readyz"))
        back.append(time.monotonic() - killed_at)
        for seed in range(VIEWERS):
            again += b"event: done\n" in server.lines_of(started(server, seed=seed, steps=20))
    reading.halt.set()
    reading.join()
    assert reading.opened > kills
    assert failed == VIEWERS * kills, "each had been running"
    figures.note("R6", f"engine killed {kills} times: viewers told", max(told), "≤", 1, " s", lenient=20)
    figures.note("R6", "engine back", max(back), "≤", 10, " s", lenient=60)
    figures.note("R6", f"of {reading.opened} lessons opened meanwhile, not answered", reading.failed, "≤", 0)
    figures.note("R6", "runs that could be started again", again, "≥", VIEWERS * kills)
    figures.must_hold()


FAULTS = {
    "no host memory": lambda: MemoryError("Unable to allocate 4 GiB"),
    "a fault of the device": lambda: RuntimeError("CUDA error: an illegal memory access was encountered"),
}


class FailingOnce(Source):
    """A model that raises at one call."""

    def __init__(self, tiny, at_call, fault):
        super().__init__(tiny, pause_s=0.001)
        self._at_call = at_call
        self._fault = fault
        self.failed_at = 0.0

    def __call__(self, x_t, t, condition):
        self.fault = self._fault if len(self.batches) + 1 == self._at_call else None
        if self.fault:
            self.failed_at = time.monotonic()
        return super().__call__(x_t, t, condition)


@pytest.mark.parametrize("last", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_where_memory_does_not_last_at_any_step_viewers_are_told_and_their_runs_go_on(
    tiny, figures, capsys, last
):
    """A network whose device runs out of memory once, at each call of a run of so many steps in turn; six
    runs share the batch. Viewers are told by the stream, and nobody starts anything again.
    """
    told, finished = [], 0
    for at_call in range(1, last + 1):
        memory = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        source = FailingOnce(tiny, at_call, memory)

        async def scene(core, source=source):
            source.may_go.clear()
            runs = [core.submit(spec(steps=last, seed=seed), f"learner {seed}") for seed in range(6)]
            watching = [asyncio.create_task(moments_of(core, run.run_id)) for run in runs]
            await asyncio.sleep(0.05)
            source.may_go.set()
            return await asyncio.gather(*watching)

        seen = play(scene, source)
        told.append(max(moments["note"] for moments in seen) - source.failed_at)
        finished += all("done" in moments for moments in seen)
    capsys.readouterr()
    figures.note(
        "R6", f"out of memory at each of {last} steps: viewers told", max(told), "≤", 1, " s", lenient=20
    )
    figures.note("R6", "out of memory: all runs go on to their end", finished, "≥", last)
    figures.must_hold()


async def moments_of(core, run_id):
    """Return when each kind of event came last."""
    moments: dict[str, float] = {}
    async with contextlib.aclosing(core.watch(run_id, -1)) as events:
        async for content in events:
            moments |= dict.fromkeys(names([content]), time.monotonic())
    return moments


@pytest.mark.parametrize("last", [3, pytest.param(20, marks=pytest.mark.soak)])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_device_at_any_step_is_told_and_passes(tiny, figures, capsys, fault, last):
    """A network that raises once, at each call of a run of so many steps in turn; six runs share the batch.
    Viewers are told by the stream, and each starts the same run again.
    """
    told, again = [], 0
    for at_call in range(1, last + 1):
        source = FailingOnce(tiny, at_call, FAULTS[fault]())

        async def scene(core, source=source):
            runs = [core.submit(spec(steps=last, seed=seed), f"learner {seed}") for seed in range(6)]
            seen = await asyncio.gather(*(until_the_end(core, run.run_id) for run in runs))
            hit = [ended_at for ended_at, name in seen if name == "failed"]
            finished = [
                (await watch(core, core.submit(spec(steps=last, seed=seed), f"learner {seed}").run_id))[-1]
                for seed in range(6)
            ]
            return max(hit) - source.failed_at, finished

        late_s, finished = play(scene, source)
        told.append(late_s)
        again += finished == ["done"] * 6
    capsys.readouterr()  # the log has a trace of each
    figures.note("R6", f"{fault} at each of {last} steps: viewers told", max(told), "≤", 1, " s", lenient=20)
    figures.note("R6", f"{fault}: all runs finish when started again", again, "≥", last)
    figures.must_hold()


async def until_the_end(core, run_id):
    async with contextlib.aclosing(core.watch(run_id, -1)) as events:
        last = [content async for content in events][-1]
    return time.monotonic(), names([last])[-1]
