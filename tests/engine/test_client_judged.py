"""Asking the engine over a connection where a run stands, and what the judge makes of it."""

from __future__ import annotations

import asyncio

import httpx2
import numpy as np
import pytest
import torch

from app.engine.admission import Asker
from app.engine.client import EngineClient
from app.engine.core import Core
from app.engine.models import Models
from app.engine.run import RunStatus
from app.engine.server import create_engine_app
from app.errors import Conflict, InvalidRequest, NotFound, TryLater
from tests.engine.core_scenes import CARDS, spec, until, watch
from tests.tiny_model import CLASSES, write_judge, write_tiny_model

UNKNOWN = "0" * 24


@pytest.fixture(scope="module")
def models_with_judge(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judged")
    write_judge(write_tiny_model(folder), {"class": CLASSES})
    return Models(folder, torch.device("cpu"), threads=1)


def play(scene, models):
    """Run a scene with a client that calls the engine app without a network in between."""

    async def whole():
        core = Core(models)
        core.start()
        app = create_engine_app(core, "secret", "a test")
        client = EngineClient("http://engine", "secret", httpx2.ASGITransport(app))
        try:
            async with asyncio.timeout(20):
                return await scene(client, core)
        finally:
            await client.close()
            await asyncio.to_thread(core.stop)

    return asyncio.run(whole())


def test_a_finished_run_is_judged_and_the_answer_is_the_engines(models_with_judge):
    async def scene(client, core):
        run_id = await client.submit(spec(steps=3, count=2), Asker("a"))
        await watch(core, run_id)
        assert await client.status_of(run_id) is RunStatus.DONE
        return await client.judged(run_id), await core.judged(run_id)

    received, sent = play(scene, models_with_judge)
    assert received.aspects == sent.aspects == {"class": CLASSES}
    np.testing.assert_array_equal(received.probabilities["class"], sent.probabilities["class"])


def test_the_reasons_not_to_judge_are_raised_again_as_what_they_were(models_with_judge):
    async def scene(client, core):
        run_id = await client.submit(spec(steps=1000), Asker("a"))
        with pytest.raises(Conflict, match="judged once it has"):
            await client.judged(run_id)
        await client.withdraw(run_id, "a")
        await until(lambda: core.find(run_id).status is RunStatus.PAUSED)
        assert await client.status_of(run_id) is RunStatus.PAUSED
        with pytest.raises(Conflict, match="paused"):
            await client.judged(run_id)
        for asking in (client.judged(UNKNOWN), client.status_of(UNKNOWN), client.judged("../status")):
            with pytest.raises(NotFound):
                await asking

    play(scene, models_with_judge)


def test_a_model_without_a_judge_is_an_invalid_request(models):
    assert CARDS["tiny"].judge is None

    async def scene(client, core):
        run_id = await client.submit(spec(), Asker("a"))
        with pytest.raises(InvalidRequest, match="no judge") as refused:
            await client.judged(run_id)
        return refused.value.field

    assert play(scene, models) == "model"


def test_an_engine_that_is_away_is_a_reason_to_try_later():
    async def scene():
        client = EngineClient("http://127.0.0.1:1", "secret")
        for asking in (client.judged(UNKNOWN), client.status_of(UNKNOWN)):
            with pytest.raises(TryLater, match="waking"):
                await asking
        await client.close()

    asyncio.run(scene())
