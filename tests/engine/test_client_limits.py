"""The engine counts for all web processes together, and each remembers what it was refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.controls.request import RunRequest
from app.engine.admission import CHANGES_PER_RUN, Admission, Asker, RunLimits
from app.engine.client import EngineClient
from app.engine.core import Core
from app.engine.reading import read_run
from app.engine.run import RunSpec
from app.engine.server import create_engine_app
from app.errors import PoolSpent, TooMany, TryLater
from tests.serving import served

pytestmark = pytest.mark.slow  # an engine is started


def play(scene: Any, models: Any, **limits: int) -> Any:
    """Run a scene with two clients, as of two web processes, of one engine."""

    async def whole() -> Any:
        core = Core(models, admission=Admission(RunLimits(**limits)))
        async with asyncio.timeout(20), served(create_engine_app(core, "secret", "a test")) as url:
            clients = EngineClient(url, "secret"), EngineClient(url, "secret")
            try:
                return await scene(*clients)
            finally:
                for client in clients:
                    await client.close()

    return asyncio.run(whole())


@pytest.fixture
def spec(card: Any) -> RunSpec:
    return read_run(RunRequest(model="tiny"), card).spec


def test_the_runs_of_a_learner_are_counted_over_all_web_processes(models: Any, spec: RunSpec) -> None:
    async def scene(one: EngineClient, other: EngineClient) -> int:
        me = Asker("me", "here")
        for client in (one, other, one):
            await client.submit(spec, me)
        for client in (other, one, one):
            with pytest.raises(TooMany, match="at most 3 runs a minute") as refused:
                await client.submit(spec, me)
        await other.submit(spec, Asker("you", "here"))
        return refused.value.retry_after_s

    assert 1 <= play(scene, models, runs=3) <= 60


def test_what_was_refused_for_a_while_is_refused_without_the_engine(
    models: Any, spec: RunSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(one: EngineClient, other: EngineClient) -> None:
        for asker in (Asker(), Asker("me", "here")):
            await one.submit(spec, asker)
            for client in (one, other):
                with pytest.raises((TooMany, PoolSpent)):
                    await client.submit(spec, asker)
        with monkeypatch.context() as patch:
            patch.setattr(EngineClient, "_ask", None)
            for asker in (Asker(), Asker("me", "here")):
                with pytest.raises((TooMany, PoolSpent)):
                    await one.submit(spec, asker)

    play(scene, models, runs=1, anonymous_runs=1)


def test_a_model_called_once_counts_as_a_run(models: Any, spec: RunSpec) -> None:
    async def scene(one: EngineClient, other: EngineClient) -> None:
        me = Asker("me", "here")
        await one.once("tiny", bytes(64), 0.5, 1, None, asker=me)
        with pytest.raises(TooMany):
            await other.once("tiny", bytes(64), 0.5, 1, None, asker=me)

    play(scene, models, runs=1)


def test_a_change_of_a_run_that_the_engine_knows_is_no_run(models: Any, spec: RunSpec) -> None:
    async def scene(one: EngineClient, other: EngineClient) -> None:
        me = Asker("me", "here")
        run_id = await one.submit(spec, me)
        for client in (one, other) * CHANGES_PER_RUN:
            await client.submit(spec, me, replaces=run_id)
        with pytest.raises(TooMany, match="changes a minute"):
            await one.submit(spec, me, replaces=run_id)
        await other.submit(spec, me)

    play(scene, models, runs=2)


def test_newcomers_of_one_address_beyond_its_budget_share_the_pool(models: Any, spec: RunSpec) -> None:
    async def scene(one: EngineClient, other: EngineClient) -> list[bool]:
        answers = await asyncio.gather(
            *(client.submit(spec, Asker(f"{n}", "here")) for n, client in enumerate((one, other) * 10)),
            return_exceptions=True,
        )
        return [isinstance(answer, TryLater) for answer in answers]

    assert sum(play(scene, models, newcomers=7, anonymous_runs=5)) == 20 - 7 - 5
