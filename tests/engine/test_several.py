"""Two engines behind one web process, or two: which gets a run, which has it, and what counts for both."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import torch

from app.engine.admission import Admission, Asker, RunLimits
from app.engine.core import Core
from app.engine.models import Models
from app.engine.placing import OneOfSeveral, Place, chosen
from app.engine.points.spec import TrainingSpec
from app.engine.reports import joined
from app.engine.run import RunStatus
from app.engine.server import create_engine_app
from app.engine.several import SeveralEngines
from app.errors import InvalidRequest, NotFound, PoolSpent, TooMany, TryLater
from tests.engine.core_scenes import Source, names
from tests.serving import served
from tests.tiny_model import CLASSES, write_judge, write_tiny_model, write_tiny_painter

pytestmark = pytest.mark.slow  # engines are started

ME = Asker("me", "here")
PAINTER, TINY = 0, 1
"""The homes of the models, by their names."""


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("both")
    write_judge(write_tiny_model(folder), {"class": CLASSES})
    write_tiny_painter(folder)
    return Models(folder, torch.device("cpu"), threads=1)


class Stage:
    """Two engines, each of which can be stopped, and their clients."""

    def __init__(self, cores, urls, stops, cards):
        self.cores = cores
        self._urls = urls
        self._stops = stops
        self._cards = cards
        self.clients = []
        self.engines = self.another()

    def another(self):
        """Return what another web process has."""
        client = SeveralEngines(self._urls, "secret", self._cards)
        self.clients.append(client)
        return client

    async def stop(self, place):
        await self._stops[place].aclose()

    def runs(self):
        """Count the runs that each engine has."""
        return [sum(core.report()["runs"].values()) for core in self.cores]


@contextlib.asynccontextmanager
async def staged(sources, cards, **limits: int) -> AsyncIterator[Stage]:
    cores = [Core(source, admission=Admission(RunLimits(**limits))) for source in sources]
    async with contextlib.AsyncExitStack() as whole:
        stops = [await whole.enter_async_context(contextlib.AsyncExitStack()) for _ in cores]
        urls = [
            await stop.enter_async_context(served(create_engine_app(core, "secret", f"device {place}")))
            for place, (core, stop) in enumerate(zip(cores, stops, strict=True))
        ]
        stage = Stage(cores, urls, stops, cards)
        try:
            yield stage
        finally:
            for source in sources:
                getattr(source, "may_go", asyncio.Event()).set()
            for client in stage.clients:
                await client.close()


def play(scene, sources, cards, **limits):
    async def whole():
        async with asyncio.timeout(30), staged(sources, cards, **limits) as stage:
            return await scene(stage)

    return asyncio.run(whole())


@pytest.fixture
def pair(both):
    """Play a scene with two engines that have both models."""
    cards = [both.get(name).card for name in ("tiny", "painter")]
    return lambda scene, **limits: play(scene, [both, both], cards, **limits)


@pytest.fixture
def narrow(tiny):
    """Play a scene with two engines of one model, whose calls have few rows and whose runs last."""

    def with_rows(scene, rows=4, pause_s=0.01, **limits):
        sources = [Source(tiny, pause_s, rows) for _ in range(2)]
        return play(scene, sources, [tiny.card], **limits)

    return with_rows


async def collect(relay, after=-1):
    async with contextlib.aclosing(relay.watch(after, "me")) as events:
        return [content async for content in events]


def ends(contents):
    return names(contents)[-1]


def test_each_model_has_a_home_and_runs_of_both_stream_and_resume(pair, spec_of, painting_of):
    async def scene(stage):
        specs = [spec_of(seed=seed, steps=6) for seed in range(3)]
        specs += [painting_of(seed=seed, steps=6, prompt="night") for seed in range(2)]
        ids = [await stage.engines.submit(spec, ME) for spec in specs]
        whole = [await collect(await stage.engines.find(run_id)) for run_id in ids]
        rest = [await collect(await stage.engines.find(run_id), after=4) for run_id in ids]
        return stage.runs(), whole, rest

    runs, whole, rest = pair(scene)
    assert (runs[PAINTER], runs[TINY]) == (2, 3)
    assert all(names(contents).count("frame") == 7 and ends(contents) == "done" for contents in whole)
    for contents, first in zip(rest, whole, strict=True):
        assert names(contents) == ["frame", "frame", "done"]
        assert b"".join(first).endswith(b"".join(contents))


def test_the_same_run_is_one_for_all_web_processes(pair, spec_of):
    async def scene(stage):
        other = stage.another()
        first = await stage.engines.submit(spec_of(), ME)
        ids = [await engines.submit(spec_of(), Asker(f"{n}")) for n in range(3) for engines in stage.clients]
        frames = [await collect(await engines.find(first)) for engines in (stage.engines, other)]
        return {first, *ids}, stage.runs(), frames

    ids, runs, frames = pair(scene)
    assert len(ids) == 1
    assert sum(runs) == 1
    assert frames[0][-7:] == frames[1][-7:]


def test_what_does_not_fit_into_a_call_of_its_home_goes_to_the_other_and_is_joined_there(narrow, spec_of):
    async def scene(stage):
        watching, ids = [], []
        for seed in range(4):
            ids.append(await stage.engines.submit(spec_of(seed=seed, count=2, steps=200, label=None), ME))
            watching.append(asyncio.create_task(collect(await stage.engines.find(ids[-1]))))
        spread = stage.runs()
        again = [
            await stage.another().submit(spec_of(seed=seed, count=2, steps=200, label=None), ME)
            for seed in (3, 2, 0)
        ]
        after = stage.runs()
        for task in watching:
            task.cancel()
        return ids, spread, again, after

    ids, spread, again, after = narrow(scene)
    assert spread == after == [2, 2], "a call of four rows takes two runs of two"
    assert again == [ids[3], ids[2], ids[0]]


def test_one_web_process_places_the_same_new_run_once_however_many_ask_at_once(narrow, spec_of):
    async def scene(stage):
        specs = [spec_of(seed=seed, count=2, steps=50, label=None) for seed in range(6)]
        ids = await asyncio.gather(
            *(stage.engines.submit(spec, Asker(f"{n}")) for n in range(10) for spec in specs)
        )
        return len(set(ids)), sum(stage.runs())

    assert narrow(scene) == (6, 6)


def test_another_web_process_finds_judges_and_withdraws_a_run_where_it_is(pair, spec_of, painting_of):
    async def scene(stage):
        other = stage.another()
        tiny = await stage.engines.submit(spec_of(steps=3, count=2), ME)
        painted = await stage.engines.submit(painting_of(steps=3, prompt="night", attention=True), ME)
        maps = await collect(await other.find(painted))
        await collect(await other.find(tiny))
        judged = await other.judged(tiny)
        picked = await other.picked(tiny, [0, 3])
        long = await stage.engines.submit(spec_of(steps=900), ME)
        watching = asyncio.create_task(collect(await other.find(long)))
        await asyncio.sleep(0.1)
        await other.withdraw(long, "me")
        await watching
        status = await other.status_of(long)
        for name in ("f" * 24, "not a name"):
            with pytest.raises(NotFound):
                await other.find(name)
        return maps, judged.aspects, len(picked), status

    maps, aspects, picked, status = pair(scene)
    assert all(b'"attention"' in content for content in maps if content.startswith(b"id: "))
    assert (aspects, picked) == ({"class": CLASSES}, 2)
    assert status in (RunStatus.RUNNING, RunStatus.PAUSED)


def test_an_engine_that_goes_leaves_the_viewers_of_the_other_alone(pair, spec_of, painting_of):
    async def scene(stage):
        left = await stage.engines.submit(painting_of(steps=300, prompt="night"), ME)
        stays = await stage.engines.submit(spec_of(steps=300), ME)
        watching = [
            asyncio.create_task(collect(await stage.engines.find(run_id))) for run_id in (left, stays)
        ]
        await asyncio.sleep(0.2)
        await stage.stop(PAINTER)
        broken = await watching[0]
        told = ends(await collect(await stage.engines.find(left)))
        with pytest.raises(TryLater, match="waking up"):
            await stage.engines.find("f" * 24)
        again = await stage.engines.submit(painting_of(steps=5, prompt="night"), ME)
        frames = await collect(await stage.engines.find(again))
        status = await stage.engines.status()
        whole = await watching[1]
        await stage.stop(TINY)
        for asked in (stage.engines.status(), stage.engines.submit(spec_of(), ME)):
            with pytest.raises(TryLater, match="waking up"):
                await asked
        return ends(broken), told, ends(frames), ends(whole), names(whole).count("frame"), status

    broken, told, again, whole, frames, status = pair(scene)
    assert (broken, told, again, whole, frames) == ("failed", "failed", "done", "done", 301)
    assert status["notice"] == "1 of 2 engines does not answer"
    assert status["device"] == "device 1"


def test_what_a_learner_may_start_is_counted_once_for_both(pair, spec_of, painting_of):
    async def scene(stage):
        other = stage.another()
        for seed in range(2):
            await stage.engines.submit(spec_of(seed=seed), ME)
            await other.submit(painting_of(seed=seed, prompt="night"), ME)
        for engines in (stage.engines, other, other):
            with pytest.raises(TooMany, match="at most 4 runs a minute"):
                await engines.submit(painting_of(seed=9), ME)
        await stage.engines.submit(spec_of(seed=9), Asker("you", "here"))
        for engines in (other, stage.engines):
            await engines.submit(spec_of(seed=20), Asker())
        for engines in (other, stage.engines):
            with pytest.raises(PoolSpent):
                await engines.submit(painting_of(seed=20), Asker())

    pair(scene, runs=4, anonymous_runs=2)


def test_a_change_of_a_run_of_either_counts_among_the_changes(pair, spec_of, painting_of):
    async def scene(stage):
        other = stage.another()
        ids = [await stage.engines.submit(spec_of(), ME)]
        ids.append(await stage.engines.submit(painting_of(prompt="night"), ME))
        for seed, replaced in enumerate(ids * 3, start=1):
            await other.submit(spec_of(seed=seed), ME, replaced)
        await other.submit(spec_of(seed=50), Asker("you"), "no name of a run")
        with pytest.raises(TooMany):
            await other.submit(spec_of(seed=99), ME, "f" * 24)

    pair(scene, runs=2)


def test_while_the_engine_that_counts_is_away_the_next_one_does(pair, spec_of):
    async def scene(stage):
        await stage.stop(PAINTER)
        for seed in range(2):
            await stage.engines.submit(spec_of(seed=seed), ME)
        with pytest.raises(TooMany):
            await stage.engines.submit(spec_of(seed=9), ME)

    pair(scene, runs=2)


def test_a_single_call_is_made_by_any_that_answers_and_counts(pair):
    async def scene(stage):
        picture = bytes(8 * 8)
        found = [await stage.engines.once("tiny", picture, 1.0, 0, None, asker=ME)]
        await stage.stop(TINY)
        found.append(await stage.engines.once("tiny", picture, 1.0, 0, None, asker=ME))
        with pytest.raises(TooMany):
            await stage.engines.once("tiny", picture, 1.0, 0, None, asker=ME)
        with pytest.raises(InvalidRequest):
            await stage.engines.once("none", picture, 1.0, 0, None, asker=Asker("you"))
        return found

    first, second = pair(scene, runs=2)
    assert first == second
    assert len(base64.b64decode(first["estimate"])) == 8 * 8


def test_trainings_are_spread_joined_and_found(pair):
    async def scene(stage):
        other = stage.another()
        specs = [TrainingSpec(preset="ring", updates=200, seed=seed) for seed in range(8)]
        ids = [await stage.engines.submit_training(spec, Asker(f"{spec.seed}")) for spec in specs]
        again = [await other.submit_training(spec, Asker(f"{spec.seed}")) for spec in specs]
        spread = [sum(core.report()["trainings"].values()) for core in stage.cores]
        seen = ends(await collect(await other.find_training(ids[0])))
        await other.withdraw(ids[1], "me", "training")
        pace = await other.training_pace()
        return ids, again, spread, seen, pace

    ids, again, spread, seen, pace = pair(scene)
    assert ids == again
    assert sum(spread) == 8
    assert min(spread) > 0
    assert seen == "done"
    assert pace["update_s"] > 0


def test_what_a_request_or_the_weights_are_at_fault_for_is_said_as_by_one_engine(narrow, tiny, spec_of):
    async def scene(stage):
        for source in (core.models for core in stage.cores):
            source.is_missing = True
        with pytest.raises(TryLater, match="the weights are missing"):
            await stage.engines.submit(spec_of(), ME)

    narrow(scene)


ENGINES = [OneOfSeveral("http://127.0.0.1:9", "secret") for _ in range(3)]


@pytest.mark.parametrize(
    ("places", "rows", "place"),
    [
        ([(0, 8), (0, 8), (0, 8)], 1, 0),
        ([(7, 8), (0, 8), (0, 8)], 1, 0),
        ([(8, 8), (0, 8), (0, 8)], 1, 1),
        ([(5, 8), (6, 8), (2, 8)], 4, 2),
        ([(9, 8), (9, 8), (9, 8)], 1, 0),
        ([(0, None), (5, 8), (0, 8)], 1, 1),
        ([(0, None), (9, 8), (3, 8)], 9, 2),
        ([(0, None), (0, None), (0, None)], 1, 0),
        ([(0, 8, 90.0), (0, 8, 1_000.0), (7, 8, 900.0)], 2, 1),
        ([(0, 8, 10.0), (9, 8, 1_000.0), (7, 8, 900.0)], 2, 2),
        ([(0, 8, 300.0), (0, 8, 1_000.0), (0, 8, 900.0)], 2, 0),
        ([(3, 8, 1_000.0), (0, None), (0, 8, 50.0)], 9, 0),
    ],
    ids=[
        *("idle", "fits", "full", "wide", "all full", "no such model", "nor room", "none has it"),
        *("slow", "slow and full", "not much slower", "slow and no such model"),
    ],
)
def test_a_home_is_left_for_the_engine_with_the_fewest_rows_once_its_calls_are_full(places, rows, place):
    said = {engine: Place(False, *facts) for engine, facts in zip(ENGINES, places, strict=True)}
    assert chosen(said, rows) is ENGINES[place]


def report(**given):
    plain: dict[str, Any] = {
        "device": "CPU",
        "notice": None,
        "models": [],
        "runs": {},
        "capacity": 256,
        "viewers": 0,
    }
    plain |= {"network_calls": 0, "network_rows": 0, "trainings": {}, "training_updates": 0, "silent_s": 0.0}
    return plain | given


def test_reports_are_joined_into_one():
    ready, faulty = {"name": "tiny", "ready": True}, {"name": "tiny", "ready": False}
    first = report(device="A", models=[faulty], runs={"done": 1}, viewers=2, silent_s=9.0, notice="why")
    second = report(device="B", models=[ready], runs={"done": 2, "waiting": 1}, viewers=3, notice="why")
    whole = joined([first, None, second])
    assert whole["device"] == "A; B"
    assert whole["notice"] == "1 of 3 engines does not answer; why"
    assert whole["models"] == [ready]
    assert (whole["runs"], whole["viewers"], whole["capacity"]) == ({"done": 3, "waiting": 1}, 5, 512)
    assert whole["silent_s"] == 0.0, "one that hangs does not take the other out"
    assert joined([report()]) == report(), "one report stays as it is"
