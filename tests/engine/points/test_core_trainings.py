"""Trainings in the core with its device thread, beside runs, and through the engine's own app and client."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import httpx2
import pytest

from app.engine.admission import Asker
from app.engine.client import EngineClient
from app.engine.core import Core
from app.engine.frame_events import event
from app.engine.points import trainer
from app.engine.relay import LOST
from app.engine.run import RunStatus
from app.engine.server import create_engine_app
from app.errors import InvalidRequest, NotFound, TooMany
from tests.engine import core_scenes
from tests.engine.core_scenes import play, until, watch
from tests.engine.points.training_scenes import spec
from tests.serving import served


def test_a_training_is_watched_to_its_end_and_a_late_viewer_sees_the_same(source):
    async def scene(core):
        live = core.submit_training(spec(updates=60), "one")
        first = await watch(core, live.run_id)
        return first, await watch(core, live.run_id), await watch(core, live.run_id, after=1)

    first, later, rest = play(scene, source)
    assert first[-1] == "done"
    assert later == [name for name in first if name != "waiting"]
    assert len(rest) == len(later) - 2


def test_identical_trainings_are_one(source):
    async def scene(core):
        lives = [core.submit_training(spec(updates=50), str(learner)) for learner in range(5)]
        await watch(core, lives[0].run_id)
        return len(set(map(id, lives))), core.report()["training_updates"]

    assert play(scene, source) == (1, 50)


def test_a_training_that_nobody_watches_pauses_and_goes_on(source):
    async def scene(core):
        live = core.submit_training(spec(updates=6000), "one")
        await until(lambda: live.training and live.training.network.updates > 20)
        core.withdraw(live.run_id)
        await until(lambda: live.status is RunStatus.PAUSED)
        stood = live.training.network.updates
        await asyncio.sleep(0.1)
        assert live.training.network.updates == stood
        core.submit_training(spec(updates=6000), "another")
        await until(lambda: live.training.network.updates > stood)

    play(scene, source)


def test_runs_and_trainings_go_on_beside_each_other(source):
    async def scene(core):
        trainings = [core.submit_training(spec(updates=400, seed=seed), str(seed)) for seed in range(3)]
        await until(lambda: all(live.log.frames for live in trainings))
        run = core.submit(core_scenes.spec(steps=20), "viewer")
        assert await watch(core, run.run_id)
        assert all(live.status is RunStatus.RUNNING for live in trainings)
        for live in trainings:
            assert (await watch(core, live.run_id))[-1] == "done"

    play(scene, source)


@pytest.mark.slow
def test_trainings_add_at_most_a_tick_to_the_frames_of_a_run(source):
    """A tick is 40 ms here, the network waits so long; a slice is never longer than the calls before it."""
    source.pause_s = 0.04

    async def gaps(core, seed):
        run = core.submit(core_scenes.spec(steps=20, seed=seed), "viewer")
        at = []
        async for content in core.watch(run.run_id, -1):
            at += [time.monotonic()] * content.count(b"event: frame")
        return sorted(there - here for here, there in pairwise(at))

    async def scene(core):
        alone = await gaps(core, 1)
        for seed in range(10):
            core.submit_training(spec(updates=6000, seed=seed), str(seed))
        await until(lambda: core.report()["training_updates"] > 0)
        return alone, await gaps(core, 2)

    alone, beside = play(scene, source)
    assert beside[len(beside) // 2] <= 2.3 * alone[len(alone) // 2]


def test_a_fault_in_training_leaves_the_runs_alone(source, monkeypatch):
    def fail(training):
        raise RuntimeError("no")

    monkeypatch.setattr(trainer, "report", fail)

    async def scene(core):
        live = core.submit_training(spec(), "one")
        run = core.submit(core_scenes.spec(), "one")
        return await watch(core, live.run_id), await watch(core, run.run_id)

    training, run = play(scene, source)
    assert training[-1] == "failed"
    assert run[-1] == "done"


def by_client(source, scene):
    """Play a scene with a client of an engine that is served on a port."""

    async def whole():
        core = Core(source)
        async with asyncio.timeout(30), served(create_engine_app(core, "secret", "a test")) as url:
            client = EngineClient(url, "secret")
            try:
                return await scene(client, core)
            finally:
                await client.close()

    return asyncio.run(whole())


def test_a_web_process_relays_a_training_also_one_of_another_web_process(source):
    async def scene(client, core):
        training_id = await client.submit_training(spec(updates=40), Asker("one"))
        found = await client.find_training(training_id)
        seen = [content async for content in found.watch()]
        other = core.submit_training(spec(updates=40, seed=1), "two")
        elsewhere = await client.find_training(other.run_id)
        assert elsewhere.spec == spec(updates=40, seed=1)
        rest = [content async for content in elsewhere.watch(after=0)]
        return core_scenes.names(seen), core_scenes.names(rest)

    seen, rest = by_client(source, scene)
    assert seen[-1] == rest[-1] == "done"
    assert seen.count("progress") == rest.count("progress") + 1


def test_runs_and_trainings_are_not_taken_for_each_other(source):
    async def scene(client, core):
        training_id = await client.submit_training(spec(updates=40), Asker("one"))
        run_id = await client.submit(core_scenes.spec(), Asker("one"))
        for asking in (
            client.find(training_id),
            client.find_training(run_id),
            client.judged(training_id),
            client.find_training("t" + "0" * 23),
            client.withdraw("t" + "0" * 23, "", "training"),
        ):
            with pytest.raises(NotFound):
                await asking

    by_client(source, scene)


def test_trainings_count_as_runs_do(source):
    async def scene(client, core):
        with pytest.raises(TooMany):
            for seed in range(100):
                await client.submit_training(spec(updates=10, seed=seed % 3), Asker("one"))

    by_client(source, scene)


def test_an_engine_refuses_what_is_no_training(source):
    async def scene(client, core):
        headers = {"authorization": "Bearer secret"}
        async with httpx2.AsyncClient(base_url=client._http.base_url, headers=headers) as http:
            answer = await http.post("/trainings", json={"points": []})
        return answer.status_code, answer.json()["field"]

    assert by_client(source, scene) == (422, "points")


def test_an_engine_that_stops_in_the_middle_is_told_as_of_a_training(source):
    async def scene():
        async with asyncio.timeout(30):
            async with served(create_engine_app(Core(source), "secret", "a test")) as url:
                client = EngineClient(url, "secret")
                relay = await client.find_training(await client.submit_training(spec(updates=6000), Asker()))
                reading = asyncio.create_task(_collect(relay))
                await until(lambda: relay.log.frames)
            seen = await reading
            await client.close()
            return seen

    assert asyncio.run(scene())[-1] == event("failed", {"reason": LOST.format("training")})


async def _collect(relay):
    return [content async for content in relay.watch()]


def test_a_request_that_is_refused_names_the_field():
    with pytest.raises(InvalidRequest) as refused:
        spec(points=[[9, 9]])
    assert refused.value.field == "points"


def test_the_pace_of_the_machine_is_measured_once(source):
    async def scene(client, core):
        first = await client.training_pace()
        return first, await client.training_pace()

    first, second = by_client(source, scene)
    assert first == second
    assert 0 < first["update_s"] < first["report_s"] < 5
