"""A device that runs out of memory or is lost in the middle of runs."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import torch

from app.engine.faults import DEVICE_FAILED, FAILED, JOB_LOST, JOB_TOO_WIDE, SHORT_OF_MEMORY, TOO_WIDE, Fault
from app.engine.run import RunStatus
from app.errors import FromNoiseError, InvalidRequest, TryLater
from tests.engine.core_scenes import Source, names, play, spec, until
from tests.engine.runtime.step_scenes import Remembering, step_runtime

OUT_OF_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
LOST = RuntimeError("CUDA error: an illegal memory access was encountered")


class Small(Source):
    """A device whose memory lasts for so many rows and no more."""

    def __init__(self, tiny, fits):
        super().__init__(tiny, pause_s=0.001)
        self.fits = fits

    def __call__(self, x_t, t, condition):
        if len(x_t) > self.fits:
            raise OUT_OF_MEMORY
        return super().__call__(x_t, t, condition)


async def contents_of(core, run_id):
    async with contextlib.aclosing(core.watch(run_id, -1)) as events:
        return [content async for content in events]


async def all_of(core, runs):
    return await asyncio.gather(*(contents_of(core, run.run_id) for run in runs))


def submitted(core, many, **settings):
    return [core.submit(spec(seed=seed, **settings), f"learner {seed}") for seed in range(many)]


def frames_of(contents):
    lines = b"".join(contents).split(b"\n\n")
    return [line.split(b'"x_t"')[1] for line in lines if line.startswith(b"id: ")]


@pytest.mark.slow
def test_where_memory_does_not_last_runs_go_on_in_smaller_calls_and_viewers_are_told(tiny, capsys):
    def scene_of(source):
        async def scene(core):
            source.may_go.clear()
            runs = submitted(core, 6, steps=6, guidance=1.0, sampler="ddpm")
            reading = asyncio.create_task(all_of(core, runs))
            await asyncio.sleep(0.05)
            source.may_go.set()
            return await reading

        return play(scene, source)

    small = Small(tiny, fits=2)
    seen = scene_of(small)
    assert all(names(contents)[-1] == "done" for contents in seen)
    assert max(small.batches) == 2
    told = b"".join(b"".join(contents) for contents in seen)
    assert SHORT_OF_MEMORY.encode() in told
    roomy = scene_of(Source(tiny, pause_s=0.001))
    assert [frames_of(contents) for contents in seen] == [frames_of(contents) for contents in roomy], (
        "a step that is made again takes the same noise"
    )
    assert "a step failed" in capsys.readouterr().out


def test_a_run_that_does_not_fit_even_alone_fails_with_the_reason_and_narrower_ones_go_on(tiny, capsys):
    async def scene(core):
        (wide,) = submitted(core, 1, count=4, guidance=1.0)
        last = (await contents_of(core, wide.run_id))[-1]
        narrow = core.submit(spec(seed=9, guidance=1.0), "other")
        return last, names(await contents_of(core, narrow.run_id))[-1]

    last, after = play(scene, Small(tiny, fits=2))
    assert TOO_WIDE.encode() in last
    assert after == "done"
    capsys.readouterr()


def test_memory_that_does_not_last_for_a_single_row_gives_the_device_up_in_the_end(tiny, capsys):
    given_up: list[Fault] = []

    async def scene(core):
        for seed in range(3):
            run = core.submit(spec(seed=seed, guidance=1.0), "a")
            assert names(await contents_of(core, run.run_id))[-1] == "failed"
        await until(lambda: given_up)

    play(scene, Small(tiny, fits=0), give_up=given_up.append)
    assert given_up == [Fault.MEMORY]
    capsys.readouterr()


def test_a_lost_device_fails_every_run_says_so_and_is_given_up_at_once(tiny, capsys):
    source = Source(tiny, pause_s=0.01, max_rows=1)
    given_up: list[Fault] = []

    async def scene(core):
        runs = submitted(core, 3, steps=50, guidance=1.0)
        reading = asyncio.create_task(all_of(core, runs))
        await until(lambda: any(run.status is RunStatus.RUNNING for run in runs))
        source.fault = LOST
        seen = await reading
        assert not given_up, "viewers hear of it before the process ends"
        await until(lambda: given_up)
        return seen

    seen = play(scene, source, give_up=given_up.append)
    assert given_up == [Fault.DEVICE]
    assert all(DEVICE_FAILED.encode() in contents[-1] for contents in seen)
    assert "illegal memory access" in capsys.readouterr().out


@pytest.mark.parametrize(
    "message",
    [
        "CUDA error: an illegal memory access was encountered",
        "CUDA error: unspecified launch failure",
        "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
        "CUDA driver error: unknown error",
    ],
)
def test_a_device_that_is_lost_in_a_job_fails_every_run_and_is_given_up(tiny, capsys, message):
    source = Source(tiny, pause_s=0.01)
    given_up: list[Fault] = []

    def lose():
        raise RuntimeError(message)

    async def scene(core):
        runs = submitted(core, 2, steps=500, guidance=1.0)
        reading = asyncio.create_task(all_of(core, runs))
        await until(lambda: any(run.status is RunStatus.RUNNING for run in runs))
        with pytest.raises(TryLater, match=JOB_LOST):
            await asyncio.wrap_future(core.call(lose))
        seen = await reading
        await until(lambda: given_up)
        return seen

    seen = play(scene, source, give_up=given_up.append)
    assert all(DEVICE_FAILED.encode() in contents[-1] for contents in seen)
    assert given_up == [Fault.DEVICE]
    assert message in capsys.readouterr().out


@pytest.mark.parametrize(
    "fault",
    [
        OUT_OF_MEMORY,
        RuntimeError("CUDA error: out of memory"),
        ValueError("CUDA error: a client's word"),
        InvalidRequest("noise must be above 0"),
    ],
    ids=["memory", "pinned memory", "value", "request"],
)
def test_any_other_fault_of_a_job_is_told_to_whoever_waits_and_runs_go_on(tiny, fault):
    given_up: list[Fault] = []

    def fail():
        raise fault

    async def scene(core):
        (run,) = submitted(core, 1, steps=6)
        with pytest.raises((RuntimeError, ValueError, FromNoiseError)) as told:
            await asyncio.wrap_future(core.call(fail))
        return told.value, names(await contents_of(core, run.run_id))[-1]

    told, last = play(scene, Source(tiny), give_up=given_up.append)
    assert (last, given_up) == ("done", [])
    is_memory = "out of memory" in str(fault)
    assert (isinstance(told, TryLater) and str(told) == JOB_TOO_WIDE) if is_memory else told is fault


class Stepping(Source):
    """A device that makes whole steps."""

    def __init__(self, tiny, machine):
        super().__init__(tiny)
        steps = step_runtime(tiny, machine)
        self.model = type(tiny)(**{**vars(self.model), "steps": steps})


def test_runs_on_a_device_that_makes_whole_steps_get_all_their_frames(tiny):
    async def scene(core):
        runs = submitted(core, 5, steps=4, sampler="heun", count=2, label=1)
        return await all_of(core, runs), core.report()

    seen, report = play(scene, Stepping(tiny, Remembering()))
    told = [[name for name in names(contents) if name != "waiting"] for contents in seen]
    assert told == [["frame"] * 5 + ["done"]] * 5
    assert report["network_rows"] == 5 * 2 * 2 * 7
    plain, _ = play(scene, Source(tiny))
    for one, other in zip(seen, plain, strict=True):
        assert len(frames_of(one)) == len(frames_of(other)) == 5


class Unreadable(Remembering):
    """A machine whose pixels cannot be read at the third step."""

    def __init__(self, fault):
        super().__init__()
        self.fetched = 0
        self.fault = fault

    def fetch(self, pixels):
        self.fetched += 1
        fetch = super().fetch(pixels)

        def fail():
            raise self.fault

        return fail if self.fetched == 3 else fetch


@pytest.mark.parametrize(
    ("fault", "said"), [(LOST, DEVICE_FAILED), (ValueError("odd"), FAILED), (OUT_OF_MEMORY, FAILED)]
)
def test_what_goes_wrong_while_pixels_are_on_their_way_fails_their_runs(tiny, capsys, fault, said):
    async def scene(core):
        runs = submitted(core, 2, steps=6)
        return await all_of(core, runs)

    contents, _ = play(scene, Stepping(tiny, Unreadable(fault)))
    assert names(contents)[-1] == "failed"
    assert said.encode() in contents[-1]
    capsys.readouterr()


def test_a_run_that_nobody_watches_pauses_on_such_a_device_and_goes_on_to_its_last_frame(tiny):
    async def scene(core):
        (run,) = submitted(core, 1, steps=200)
        async with contextlib.aclosing(core.watch(run.run_id, -1)) as events:
            await anext(events)
        core.withdraw(run.run_id)
        await until(lambda: run.status is RunStatus.PAUSED)
        await asyncio.sleep(0.05)
        paused_at = len(run.log.frames)
        contents = await contents_of(core, run.run_id)
        return paused_at, len(run.log.frames), names(contents)[-1]

    paused_at, frames, last = play(scene, Stepping(tiny, Remembering()))
    assert paused_at < 200
    assert (frames, last) == (201, "done")
