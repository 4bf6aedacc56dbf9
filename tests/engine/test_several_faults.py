"""Several engines of which one hangs, is full, is late or has started anew: what its web process does."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from unittest.mock import AsyncMock

import pytest

from app.engine import placing
from app.engine.admission import Asker
from app.engine.points.spec import TrainingSpec
from app.engine.points.trainer import Pace, TrainingTable
from app.engine.reports import HUNG_S
from app.engine.run_table import RunTable
from app.engine.several import SeveralEngines
from app.errors import TooMany, TryLater
from app.web.edge import health
from tests.engine.core_scenes import Source, until
from tests.engine.several_scenes import ME, collect, ends, play, staged

pytestmark = pytest.mark.slow  # engines are started


@pytest.fixture
def sources(tiny):
    """Return what two engines run: one model, whose calls have four rows."""
    return [Source(tiny, 0.01, 4) for _ in range(2)]


@pytest.fixture
def beside_hung(tiny, monkeypatch):
    """Play a scene with an engine and, before or after it, what takes connections and never answers."""
    monkeypatch.setattr(placing, "ANSWER_OF_EACH_S", 0.2)

    def scene_with(scene, *, is_first):
        async def whole():
            async with asyncio.timeout(30), staged([Source(tiny)], [tiny.card]) as stage:
                with socket.create_server(("127.0.0.1", 0)) as hung:
                    urls = [*stage.urls, f"http://127.0.0.1:{hung.getsockname()[1]}"]
                    engines = SeveralEngines(urls[::-1] if is_first else urls, "secret", [tiny.card])
                    stage.clients.append(engines)
                    hung.setblocking(False)
                    return await scene(engines, hung)

        return asyncio.run(whole())

    return scene_with


def asked(hung):
    """Count the requests that came since the last look."""
    with contextlib.suppress(BlockingIOError):
        for count in range(100):  # noqa: B007
            hung.accept()[0].close()
    return count


def test_a_probe_of_readiness_outlasts_an_engine_of_several_that_hangs():
    assert placing.ANSWER_OF_EACH_S < health.ENGINE_PATIENCE_S


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
def test_an_engine_that_hangs_is_passed_over_for_a_while(beside_hung, monkeypatch, spec_of, is_first):
    async def scene(engines, hung):
        status = await engines.status()
        came = [asked(hung)]
        run_id = await engines.submit(spec_of(steps=3), ME)
        told = ends(await collect(await engines.find(run_id)))
        await engines.submit(spec_of(seed=1), ME, run_id)
        await engines.once("tiny", bytes(64), 1.0, 0, None, asker=ME)
        again = await engines.status()
        came.append(asked(hung))
        for client in engines._clients:
            client._silent_until = 0.0
        await engines.status()
        came.append(asked(hung))
        return status, told, again, came

    status, told, again, came = beside_hung(scene, is_first=is_first)
    assert status["notice"] == again["notice"] == "1 of 2 engines does not answer"
    assert told == "done"
    assert came == [1, 0, 1]


def test_where_all_have_hung_all_are_asked_again(beside_hung):
    async def scene(engines, hung):
        await engines.status()
        for client in engines._clients:
            client._silent_until = float("inf")
        return (await engines.status())["device"], asked(hung)

    assert beside_hung(scene, is_first=True) == ("device 0", 2)


def test_an_engine_that_is_away_is_asked_each_time(sources, tiny):
    async def scene(stage):
        await stage.stop(0)
        await stage.engines.status()
        return [client.is_silent for client in stage.engines._clients]

    assert play(scene, sources, [tiny.card]) == [False, False]


QUICK, EVEN, TARDY = Pace(0.001, 0.02), Pace(0.002, 0.01), Pace(0.1, 0.3)
BUSY = TryLater("too many jobs wait", 2)


@pytest.mark.parametrize(
    ("paces", "told"),
    [
        ((QUICK, TARDY), (0.1, 0.3)),
        ((TARDY, QUICK), (0.1, 0.3)),
        ((QUICK, EVEN), (0.002, 0.02)),
        ((BUSY, EVEN), (0.002, 0.01)),
        ((EVEN, BUSY), (0.002, 0.01)),
        ((BUSY, BUSY), None),
    ],
    ids=["last", "first", "each in one", "first busy", "last busy", "all busy"],
)
def test_trainings_are_said_to_be_as_fast_as_at_the_slowest_engine(sources, tiny, monkeypatch, paces, told):
    async def scene(stage):
        for core, pace in zip(stage.cores, paces, strict=True):
            answers = {"side_effect": pace} if pace is BUSY else {"return_value": pace}
            monkeypatch.setattr(core, "training_pace", AsyncMock(**answers))
        try:
            return tuple((await stage.engines.training_pace()).values())
        except TryLater:
            return None

    assert play(scene, sources, [tiny.card]) == told


FULL = {"max_live": {"max_live": 1}, "live_bytes": {"live_bytes": 20_000}}
MANY = [Asker(f"{place}", f"10.0.0.{place}") for place in range(3)]


@pytest.mark.parametrize("bounds", FULL.values(), ids=FULL)
def test_a_run_that_its_home_has_no_room_for_goes_to_another(sources, tiny, spec_of, bounds):
    async def scene(stage):
        specs = [spec_of(seed=seed, steps=200) for seed in range(3)]
        ids = [await stage.engines.submit(spec, who) for spec, who in zip(specs, MANY[:2], strict=False)]
        with pytest.raises(TryLater, match="1 runs are under way, as many as this server"):
            await stage.engines.submit(specs[2], MANY[2])
        assert await stage.another().submit(specs[1], MANY[1]) == ids[1]
        return stage.runs()

    tables = [RunTable(**bounds) for _ in sources]
    assert play(scene, sources, [tiny.card], tables=tables) == [1, 1]


def test_a_training_that_one_has_no_room_for_goes_to_another(sources, tiny):
    async def scene(stage):
        for seed in range(6):
            await stage.engines.submit_training(TrainingSpec(preset="ring", updates=200, seed=seed), ME)
        return [sum(core.report()["trainings"].values()) for core in stage.cores]

    tables = [TrainingTable(max_live=0), TrainingTable()]
    assert play(scene, sources, [tiny.card], trainings=tables) == [0, 6]


@pytest.mark.parametrize("has_model", [True, False], ids=["able", "without the model"])
def test_what_every_able_engine_refuses_is_refused_as_the_first_one_said(sources, tiny, spec_of, has_model):
    async def scene(stage):
        stage.cores[1].models.is_missing = not has_model
        await stage.engines.submit(spec_of(steps=200), MANY[0])
        if has_model:
            await stage.engines.submit(spec_of(steps=200, seed=1), MANY[1])
        with pytest.raises(TryLater, match="1 runs are under way") as refused:
            await stage.engines.submit(spec_of(steps=200, seed=2), MANY[2])
        return refused.value.retry_after_s

    tables = [RunTable(max_live=1) for _ in sources]
    assert play(scene, sources, [tiny.card], tables=tables) < 60


def test_an_engine_whose_device_hangs_gets_nothing_new_and_is_named(sources, tiny, spec_of):
    async def scene(stage):
        sources[0].may_go.clear()
        hung = await stage.engines.submit(spec_of(steps=3), ME)
        pulse = stage.cores[0]._device.pulse
        await until(lambda: pulse.late_s > HUNG_S)
        for seed in range(1, 4):
            await stage.engines.submit(spec_of(steps=3, seed=seed), ME)
            await stage.engines.submit_training(TrainingSpec(preset="ring", updates=200, seed=seed), ME)
        again = await stage.another().submit(spec_of(steps=3), ME)
        trainings = [sum(core.report()["trainings"].values()) for core in stage.cores]
        status = await stage.engines.status()
        return stage.runs(), trainings, again == hung, status

    runs, trainings, is_joined, status = play(scene, sources, [tiny.card])
    assert (runs, trainings, is_joined) == ([1, 3], [0, 3], True)
    assert status["notice"].startswith("the device of engine 1 of 2 (device 0) has hung for ")
    assert status["silent_s"] == 0.0


def test_what_a_learner_has_asked_for_too_often_is_asked_of_no_other_engine(sources, tiny, spec_of):
    async def scene(stage):
        asked = []

        async def ask(client):
            asked.append(client)
            raise TooMany("at most one a minute", 9)

        run_id = spec_of().run_id(tiny.card.sha256)
        with pytest.raises(TooMany):
            clients = stage.engines._clients
            await stage.engines._start(run_id, "tiny", clients, lambda places: next(iter(places)), ask)
        return len(asked)

    assert play(scene, sources, [tiny.card]) == 1


async def moved(stage, spec):
    """Have a run on the second engine that was on the first, which then began anew; return its id."""
    first = stage.engines._clients[0]
    run_id = await first.submit(spec, ME)
    stage.cores[0]._runs._live.clear()
    stage.cores[0]._runs._ended.clear()
    assert run_id == await stage.another()._clients[1].submit(spec, ME)
    return run_id


@pytest.mark.parametrize("is_asked_here", [True, False], ids=["asked for here", "by another web process"])
def test_a_run_is_found_at_the_engine_that_has_it_now(sources, tiny, spec_of, is_asked_here):
    async def scene(stage):
        run_id = await moved(stage, spec_of(steps=20))
        if is_asked_here:
            assert await stage.engines.submit(spec_of(steps=20), ME) == run_id
        return ends(await collect(await stage.engines.find(run_id))), await stage.engines.status_of(run_id)

    assert play(scene, sources, [tiny.card]) == ("done", "done")


def test_a_run_that_was_done_elsewhere_before_is_described_by_the_engine_that_has_it(sources, tiny, spec_of):
    async def scene(stage):
        spec = spec_of(steps=3)
        run_id = await stage.engines._clients[0].submit(spec, ME)
        await collect(await stage.engines.find(run_id))
        await moved(stage, spec)
        await stage.engines.submit(spec, ME)
        stage.engines._placed.clear()
        return await stage.engines.status_of(run_id)

    assert play(scene, sources, [tiny.card]) in ("running", "done", "waiting")


def test_viewers_of_the_engine_before_stay_and_others_get_the_run_from_the_present_one(
    sources, tiny, spec_of
):
    async def scene(stage):
        sources[0].may_go.clear()
        spec = spec_of(steps=5)
        first = stage.engines._clients[0]
        run_id = await first.submit(spec, ME)
        watching = asyncio.create_task(collect(first.relay(run_id)))
        await until(lambda: first.relay(run_id).viewers)
        stage.cores[0]._runs._live.clear()  # those who read it go on
        await stage.another()._clients[1].submit(spec, ME)
        await stage.engines.submit(spec, ME)
        again = ends(await collect(await stage.engines.find(run_id)))
        is_held = first.held(run_id)
        watching.cancel()
        return again, is_held

    assert play(scene, sources, [tiny.card]) == ("done", True)
