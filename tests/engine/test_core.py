"""The core with its real device thread and the tiny model; each test is one scene on an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from dataclasses import replace

import pytest
import torch

from app.engine.attention_maps import map_bytes
from app.engine.core import Core
from app.engine.device_loop import MAX_JOBS
from app.engine.run import RunRequest, RunStatus
from app.engine.run_table import RunTable
from app.engine.runtime.eager import EagerRuntime
from app.errors import InvalidRequest, NotFound, TryLater


class Source:
    """A tiny model, whose network can be slowed down, held up or made to fail."""

    device = torch.device("cpu")

    def __init__(self, tiny, pause_s=0.0, max_rows=64):
        self.network = tiny.denoiser.network
        self.pause_s = pause_s
        self.fault = None
        self.is_missing = False
        self.may_go = threading.Event()
        self.may_go.set()
        self.batches = []
        denoiser = replace(tiny.denoiser, network=self)
        self.model = replace(tiny, denoiser=denoiser, max_rows=max_rows)

    def get(self, name):
        if self.is_missing:
            raise TryLater("the weights are missing", 60)
        if name != self.model.card.name:
            raise InvalidRequest(f"unknown model {name!r}", "model")
        return self.model

    def report(self):
        return []

    def __call__(self, x_t, t, condition):
        self.may_go.wait(10)
        time.sleep(self.pause_s)
        self.batches.append(len(x_t))
        if self.fault:
            raise self.fault
        return self.network(x_t, t, condition)


class SideBySide:
    """Several models, whose networks can be held up and note by name who is called."""

    device = torch.device("cpu")

    def __init__(self, models, names):
        self.may_go = threading.Event()
        self.calls = []
        self.models = {name: self.noted(models.get(name)) for name in names}

    def noted(self, model):
        def network(x_t, t, condition):
            self.may_go.wait(10)
            self.calls.append(model.card.name)
            return model.denoiser.network(x_t, t, condition)

        return replace(model, denoiser=replace(model.denoiser, network=network))

    def get(self, name):
        return self.models[name]

    def report(self):
        return []


class NotedEager(EagerRuntime):
    """A plain network that notes each of its calls in the same list as its source does."""

    def __init__(self, network, calls):
        super().__init__(network)
        self.calls = calls

    def __call__(self, x_t, t, condition):
        self.calls.append("attention")
        return super().__call__(x_t, t, condition)


@pytest.fixture
def source(tiny):
    return Source(tiny)


@pytest.fixture
def paints(painter):
    """A model of prompts, whose plain network notes when it is called for attention."""
    source = Source(painter)
    source.model = replace(source.model, eager=NotedEager(painter.eager.network, source.batches))
    return source


def request(**settings):
    return RunRequest.model_validate({"model": "tiny"} | settings)


def painting(**settings):
    return request(**{"model": "painter"} | settings)


def play(scene, source, runs=None, give_up=lambda: None):
    """Run a scene with a core that is started and stopped around it."""

    async def whole():
        core = Core(source, runs, give_up)
        core.start()
        try:
            async with asyncio.timeout(20):
                return await scene(core)
        finally:
            source.may_go.set()
            await asyncio.to_thread(core.stop)

    return asyncio.run(whole())


async def watch(core, run_id, after=-1):
    """Read a run to its end: the names of its events, in order."""
    async with contextlib.aclosing(core.watch(run_id, after)) as events:
        return names([content async for content in events])


def names(contents):
    lines = b"".join(contents).split(b"\n")
    return [line.removeprefix(b"event: ").decode() for line in lines if line.startswith(b"event: ")]


async def until(condition):
    while not condition():  # noqa: ASYNC110  (the other side is a thread)
        await asyncio.sleep(0.005)


FRAMES = ["frame"] * 5


def test_a_run_is_stepped_to_its_end(source):
    async def scene(core):
        run = core.submit(request(), "a")
        async with contextlib.aclosing(core.watch(run.run_id, -1)) as events:
            contents = [content async for content in events]
        return contents, run.status

    contents, status = play(scene, source)
    assert [name for name in names(contents) if name != "waiting"] == [*FRAMES, "done"]
    assert status is RunStatus.DONE
    done = json.loads(contents[-1].split(b"data: ")[1])
    assert (done["steps"], done["calls"]) == (4, 4)
    assert 0 < done["seconds"] < 10


def test_one_who_waits_is_told_how_many_are_ahead(source):
    async def scene(core):
        source.may_go.clear()
        core.submit(request(seed=1), "a")
        run = core.submit(request(seed=2), "b")
        async with contextlib.aclosing(core.watch(run.run_id, -1)) as events:
            return await anext(events)

    told = play(scene, source)
    assert names([told]) == ["waiting"]
    assert json.loads(told.split(b"data: ")[1]) == {"ahead": 1}


def test_sixty_four_viewers_of_one_run_cost_the_rows_of_one(source):
    async def scene(core):
        runs = [core.submit(request(steps=20), f"learner {n}") for n in range(64)]
        assert len({run.run_id for run in runs}) == 1
        seen = await asyncio.gather(*(watch(core, run.run_id) for run in runs))
        return seen, core.report()

    seen, report = play(scene, source)
    assert all(one[-22:] == ["frame"] * 21 + ["done"] for one in seen)
    assert report["network_rows"] / 20 <= 1.05
    assert sum(source.batches) == report["network_rows"]
    assert (report["runs"], report["viewers"]) == ({"done": 1}, 0)


def test_a_finished_run_is_read_again_without_a_call(source):
    async def scene(core):
        run = core.submit(request(), "a")
        await watch(core, run.run_id)
        calls = len(source.batches)
        assert core.submit(request(), "b") is run
        assert await watch(core, run.run_id, after=2) == ["frame", "frame", "done"]
        return len(source.batches) - calls

    assert play(scene, source) == 0


def test_runs_of_several_share_calls(source):
    async def scene(core):
        source.may_go.clear()
        runs = [core.submit(request(seed=n), f"learner {n}") for n in range(6)]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in runs]
        source.may_go.set()
        await asyncio.gather(*watching)

    play(scene, source)
    assert sum(source.batches) == 6 * 4
    assert len(source.batches) <= 4 + 4


def test_different_prompts_share_calls(paints):
    async def scene(core):
        paints.may_go.clear()
        first = core.submit(painting(guidance=1.0), "learner")
        await until(lambda: first.status is RunStatus.RUNNING)
        prompts = ["sea", "the sea", "night", "blue sea", "hills", "red hills", "forest", "a forest"]
        runs = [core.submit(painting(prompt=prompt, guidance=3.0), prompt) for prompt in prompts]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in (first, *runs)]
        paints.may_go.set()
        return await asyncio.gather(*watching)

    seen = play(scene, paints)
    assert all(one[-1] == "done" for one in seen)
    assert paints.batches == [1, 17, 17, 17, 16]


def test_models_of_classes_and_of_prompts_are_stepped_side_by_side(both_models):
    source = SideBySide(both_models, ("tiny", "painter"))

    async def scene(core):
        asked = [request(label=1, steps=8), painting(prompt="sea", steps=8)]
        runs = [core.submit(one, f"learner {number}") for number, one in enumerate(asked)]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in runs]
        source.may_go.set()
        return await asyncio.gather(*watching)

    seen = play(scene, source)
    assert [names_of[-10:] for names_of in seen] == [["frame"] * 9 + ["done"]] * 2
    assert (source.calls.count("tiny"), source.calls.count("painter")) == (8, 8)
    for made in range(1, 17):  # the first call may be over before the other run is admitted
        so_far = source.calls[:made]
        assert abs(so_far.count("tiny") - so_far.count("painter")) <= 2, source.calls


def test_a_run_whose_attention_is_shown_leaves_the_others_as_they_are_and_out_of_their_calls(paints):
    shown = painting(prompt="sea", seed=1, count=4, attention=True, steps=8)

    async def scene(core, *requests):
        paints.may_go.clear()
        runs = [core.submit(wanted, f"learner {number}") for number, wanted in enumerate(requests)]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in runs]
        paints.may_go.set()
        await asyncio.gather(*watching)
        return [run.log.frames for run in runs], core.report()["network_calls"]

    usual = painting(prompt="night", steps=8)
    (alone,), _ = play(lambda core: scene(core, usual), paints)
    assert paints.batches == [2] * 8
    paints.batches.clear()
    (beside, watched), calls = play(lambda core: scene(core, usual, shown), paints)
    assert beside == alone
    assert [rows for rows in paints.batches if rows != "attention"] == [2] * 8
    assert calls == len(paints.batches) == 16
    assert len(watched) == 9
    assert all(b'"attention":' in content for content in watched)
    assert not any(b'"attention":' in content for content in beside)


def test_between_two_calls_of_the_shared_batch_is_at_most_one_for_attention(paints):
    async def scene(core):
        paints.may_go.clear()
        usual = core.submit(painting(prompt="night", steps=12, guidance=1.0), "a")
        await until(lambda: usual.status is RunStatus.RUNNING)
        shown = [core.submit(painting(prompt="sea", seed=n, attention=True), f"b{n}") for n in range(5)]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in (usual, *shown)]
        paints.may_go.set()
        return await asyncio.gather(*watching)

    assert all(seen[-1] == "done" for seen in play(scene, paints))
    assert paints.batches == [1, *[1, "attention"] * 11, *["attention"] * (5 * 4 - 11)]


def test_a_fault_of_a_run_whose_attention_is_shown_ends_only_that_run(paints, capsys):
    async def scene(core):
        usual = core.submit(painting(prompt="night", steps=50), "a")
        paints.model = replace(paints.model, eager=None)
        failed = core.submit(painting(prompt="sea", attention=True), "b")
        return await asyncio.gather(watch(core, usual.run_id), watch(core, failed.run_id))

    usual, failed = play(scene, paints)
    assert (usual[-1], failed[-1]) == ("done", "failed")
    capsys.readouterr()


def test_the_maps_of_attention_are_counted_among_the_frames_that_are_kept(paints):
    async def scene(core):
        return [core.submit(painting(prompt="the sea", attention=shown), "a") for shown in (True, False)]

    shown, usual = play(scene, paints)
    assert shown.run_id != usual.run_id
    maps = map_bytes(shown.spec, paints.model.card.shape)
    assert maps > 2 * 24
    assert shown.frames_bytes - usual.frames_bytes == 5 * maps


def test_a_full_engine_refuses_new_runs_but_not_those_it_has(source):
    async def scene(core):
        source.may_go.clear()
        runs = [core.submit(request(seed=seed), "a") for seed in range(3)]
        with pytest.raises(TryLater) as refused:
            core.submit(request(seed=3), "b")
        assert core.submit(request(seed=2), "b") is runs[2]
        return refused.value.retry_after_s

    assert play(scene, source, RunTable(max_live=3)) > 0


def test_a_request_that_cannot_be_is_refused_and_starts_nothing(source):
    async def scene(core):
        for wrong in (request(sampler="none"), request(label="none"), RunRequest(model="none")):
            with pytest.raises(InvalidRequest):
                core.submit(wrong, "a")
        with pytest.raises(NotFound):
            core.watch("none", -1)
        with pytest.raises(NotFound):
            core.withdraw("none")
        return core.report()["runs"]

    assert play(scene, source) == {}


def test_when_the_last_viewer_leaves_the_run_pauses_within_two_steps_and_goes_on_for_the_next(source):
    source.pause_s = 0.01

    async def scene(core):
        run = core.submit(request(steps=200), "a")
        both = [core.watch(run.run_id, -1) for _ in range(2)]
        for events in both:
            await anext(events)
        await both[0].aclose()
        await until(lambda: len(run.log.frames) > 5)
        await both[1].aclose()
        left_at = len(run.log.frames)
        await asyncio.sleep(0.2)
        stopped_at = len(run.log.frames)
        assert stopped_at - left_at <= 2
        await asyncio.sleep(0.1)
        assert len(run.log.frames) == stopped_at
        async with contextlib.aclosing(core.watch(run.run_id, stopped_at - 1)) as events:
            content = await anext(events)
        return stopped_at, content

    stopped_at, content = play(scene, source)
    assert content.startswith(b"id: %d\n" % stopped_at)


def test_a_paused_run_that_nobody_comes_back_to_goes(source):
    source.pause_s = 0.005

    async def scene(core):
        run = core.submit(request(steps=500), "a")
        await until(lambda: run.log.frames)
        core.withdraw(run.run_id)
        await asyncio.sleep(0.1)
        core.submit(request(seed=1), "a")  # something to do, or the thread looks once a second
        await until(lambda: core.report()["runs"].get("paused", 0) == 0)
        with pytest.raises(NotFound):
            core.find(run.run_id)

    play(scene, source, RunTable(paused_s=0.05))


def test_a_claim_without_a_viewer_ends(source):
    source.pause_s = 0.01

    async def scene(core):
        run = core.submit(request(steps=500), "a")
        await until(lambda: run.status is RunStatus.PAUSED)
        frames = len(run.log.frames)
        await asyncio.sleep(0.1)
        return frames, len(run.log.frames)

    frames, later = play(scene, source, RunTable(claim_s=0.5))
    assert 0 < frames == later < 60


def test_a_fault_ends_the_runs_of_that_call_and_the_engine_goes_on(source, capsys):
    async def scene(core):
        source.fault = RuntimeError("secret of the device")
        failed = core.submit(request(), "a")
        async with contextlib.aclosing(core.watch(failed.run_id, -1)) as events:
            contents = [content async for content in events]
        assert names(contents)[-1] == "failed"
        assert b"secret" not in contents[-1]
        assert failed.status is RunStatus.FAILED
        source.fault = None
        again = core.submit(request(), "a")
        assert again is not failed
        assert (await watch(core, again.run_id))[-1] == "done"
        assert (await watch(core, core.submit(request(seed=1), "a").run_id))[-1] == "done"
        return core.report()["runs"]

    assert play(scene, source) == {"done": 2}
    assert "secret of the device" in capsys.readouterr().out


def test_a_model_that_goes_missing_fails_its_runs_with_the_reason(source):
    async def scene(core):
        source.may_go.clear()
        run = core.submit(request(), "a")
        await until(lambda: run.status is RunStatus.RUNNING)
        source.is_missing = True
        source.may_go.set()
        async with contextlib.aclosing(core.watch(run.run_id, -1)) as events:
            return [content async for content in events][-1]

    assert b"the weights are missing" in play(scene, source)


def test_a_device_that_fails_again_and_again_is_given_up(source, capsys):
    given_up = threading.Event()

    async def scene(core):
        source.fault = RuntimeError("lost")
        for seed in range(2):
            await watch(core, core.submit(request(seed=seed), "a").run_id)
        source.fault = None
        await watch(core, core.submit(request(seed=2), "a").run_id)
        source.fault = RuntimeError("lost")
        for seed in range(3, 6):
            assert not given_up.is_set()
            await watch(core, core.submit(request(seed=seed), "a").run_id)
        await until(given_up.is_set)

    play(scene, source, give_up=given_up.set)
    capsys.readouterr()


def test_the_device_thread_survives_its_own_bookkeeping(source, capsys):
    class Stumbling(RunTable):
        stumbles = 2

        def wanted(self, now):
            if self.stumbles:
                self.stumbles -= 1
                raise KeyError("bookkeeping")
            return super().wanted(now)

    async def scene(core):
        return await watch(core, core.submit(request(), "a").run_id)

    assert play(scene, source, Stumbling())[-1] == "done"
    assert "bookkeeping" in capsys.readouterr().out


def test_jobs_run_on_the_device_thread_and_bring_back_results_and_errors(source):
    async def scene(core):
        result = await asyncio.wrap_future(core.call(lambda: threading.current_thread().name))
        for error in (InvalidRequest("wrong"), SystemExit(3)):
            with pytest.raises(type(error)):
                core.call(lambda error=error: raise_(error)).result(5)
        return result, await watch(core, core.submit(request(), "a").run_id)

    result, seen = play(scene, source)
    assert result == "device"
    assert seen[-1] == "done"


def raise_(error):
    raise error


def test_a_job_that_nobody_waits_for_any_more_is_not_run_and_harms_nothing(source):
    async def scene(core):
        source.may_go.clear()
        run = core.submit(request(), "a")
        await until(lambda: run.status is RunStatus.RUNNING)
        done = []
        core.call(lambda: done.append("first")).cancel()
        last = core.call(lambda: done.append("second"))
        source.may_go.set()
        await asyncio.wrap_future(last)
        return done, await watch(core, run.run_id)

    done, seen = play(scene, source)
    assert done == ["second"]
    assert seen[-1] == "done"


def test_jobs_are_bounded_and_do_not_hold_the_frames_up(source):
    source.pause_s = 0.005

    async def scene(core):
        run = core.submit(request(steps=100), "a")
        await until(lambda: run.log.frames)
        source.may_go.clear()
        await asyncio.sleep(0.05)
        jobs = [core.call(lambda: len(run.log.frames)) for _ in range(MAX_JOBS)]
        with pytest.raises(TryLater):
            core.call(lambda: None)
        source.may_go.set()
        return [await asyncio.wrap_future(job) for job in jobs]

    frames = play(scene, source)
    assert frames[-1] - frames[0] >= MAX_JOBS - 2, "one job between two calls"


def test_stopping_gives_up_the_jobs_that_have_not_begun(source):
    async def scene(core):
        source.may_go.clear()
        run = core.submit(request(), "a")
        await until(lambda: run.status is RunStatus.RUNNING)
        return core.call(lambda: None)

    job = play(scene, source)
    assert job.done()


def test_many_threads_worth_of_asking_watching_and_leaving_leave_nothing_behind(source):
    """The event loop adds, watches and withdraws while the device thread steps, ends and forgets."""

    async def visit(core, number):
        run = core.submit(request(seed=number % 40, steps=1 + number % 7), f"learner {number % 9}")
        await asyncio.sleep(0.001 * (number % 5))
        with contextlib.suppress(NotFound):
            async with contextlib.aclosing(core.watch(run.run_id, -1)) as events:
                async for _ in events:
                    if number % 3 == 0:
                        break
            if number % 11 == 0:
                core.withdraw(run.run_id)
        core.report()

    async def scene(core):
        for start in range(0, 300, 50):
            await asyncio.gather(*(visit(core, number) for number in range(start, start + 50)))
        core.submit(request(seed=999), "a")
        await until(lambda: set(core.report()["runs"]) == {"done"})
        return core.report()

    report = play(scene, source, RunTable(paused_s=0.01, claim_s=0.3, cache_bytes=200_000))
    assert report["viewers"] == 0
    assert 0 < report["runs"]["done"] < 281


def test_a_run_that_waits_joins_at_the_next_call_and_nobody_waits_for_a_full_batch(source):
    source.pause_s = 0.02

    async def scene(core):
        first = core.submit(request(steps=50), "a")
        await until(lambda: len(first.log.frames) >= 3)
        second = core.submit(request(seed=1, steps=50), "b")
        before = len(first.log.frames)
        await until(lambda: second.log.frames)
        return len(first.log.frames) - before

    assert play(scene, source) <= 3
