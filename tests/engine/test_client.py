"""The web process's client against the real engine app, over real connections."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from app.controls.request import RunRequest
from app.engine.admission import Asker
from app.engine.client import EngineClient
from app.engine.core import Core
from app.engine.proof import TokenGuard
from app.engine.reading import read_run
from app.engine.run_table import RunTable
from app.engine.server import create_engine_app
from app.errors import FromNoiseError, InvalidRequest, NotFound, TryLater
from tests.serving import served

pytestmark = pytest.mark.slow  # engines are started, and some tests wait

UNKNOWN = "0" * 24


def play(scene, models, runs=None):
    """Run a scene with a client of a real engine app."""

    async def whole():
        core = Core(models, runs)
        async with asyncio.timeout(20), served(create_engine_app(core, "secret", "a test")) as url:
            client = EngineClient(url, "secret")
            try:
                return await scene(client, core)
            finally:
                await client.close()

    return asyncio.run(whole())


@pytest.fixture
def start(card):
    async def submit(client, learner="a", **settings):
        request = RunRequest.model_validate({"model": "tiny"} | settings)
        return await client.submit(read_run(request, card).spec, Asker(learner))

    return submit


async def collect(relay, after=-1, key="a"):
    async with contextlib.aclosing(relay.watch(after, key)) as events:
        return b"".join([content async for content in events])


async def until(condition):
    while not condition():  # noqa: ASYNC110  (the other side is a server)
        await asyncio.sleep(0.005)


def test_a_run_is_asked_for_and_watched_by_many_at_the_rows_of_one(models, start):
    async def scene(client, core):
        ids = {await start(client, learner=f"learner {n}", steps=10) for n in range(20)}
        (run_id,) = ids
        seen = await asyncio.gather(*(collect(client.relay(run_id)) for _ in range(20)))
        return seen, core.report()

    seen, report = play(scene, models)
    assert all(one.count(b"event: frame") == 11 and b"event: done" in one for one in seen)
    assert report["network_rows"] == 10
    assert report["viewers"] == 0


def test_the_engines_refusals_are_raised_again_as_what_they_were(models, start, card):
    async def scene(client, core):
        await start(client, seed=1)
        with pytest.raises(TryLater) as full:
            await start(client, seed=2)
        with pytest.raises(InvalidRequest, match="allowed: tiny") as invalid:
            await client.submit(
                replace(read_run(RunRequest(model="tiny"), card).spec, model="none"), Asker("a")
            )
        for asking in (client.find(UNKNOWN), client.withdraw(UNKNOWN, "a")):
            with pytest.raises(NotFound):
                await asking
        return full.value.retry_after_s, invalid.value.field

    assert play(scene, models, RunTable(max_live=1, claim_s=60.0)) == (5, "model")


@pytest.mark.parametrize("run_id", ["", "..", "../status", "x?y", "0" * 23, "A" * 24, "\u0660" * 24, "\x00"])
def test_what_cannot_be_the_name_of_a_run_is_not_asked_for(run_id):
    async def scene():
        client = EngineClient("http://127.0.0.1:1", "secret")
        with pytest.raises(NotFound):
            await client.find(run_id)
        with pytest.raises(NotFound):
            await client.withdraw(run_id, "a")
        with pytest.raises(NotFound):
            client.relay(run_id)
        await client.close()

    asyncio.run(scene())


def test_an_engine_that_is_away_is_a_reason_to_try_later(start):
    async def scene():
        client = EngineClient("http://127.0.0.1:1", "secret")
        asked = [
            client.status(),
            start(client),
            client.find(UNKNOWN),
            client.withdraw(UNKNOWN, "a"),
            client.once("tiny", b"", 1.0, 0, None, asker=Asker()),
        ]
        for asking in asked:
            with pytest.raises(TryLater, match="waking") as refused:
                await asking
            assert refused.value.retry_after_s > 0
        await client.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    "answer",
    [PlainTextResponse("Internal Server Error", 500), JSONResponse(["no"], 500), JSONResponse({}, 401)],
)
def test_an_answer_that_no_engine_sends_is_an_error_of_ours_and_no_other(answer):
    async def always(_):
        return answer

    async def scene():
        app = Starlette(routes=[Route("/status", always)])
        client = EngineClient("http://engine", "secret", httpx2.ASGITransport(TokenGuard(app, "secret")))
        with pytest.raises(FromNoiseError) as refused:
            await client.status()
        await client.close()
        return type(refused.value)

    assert asyncio.run(scene()) is FromNoiseError


def test_a_run_of_another_web_process_is_found_with_its_settings_and_watched(models, start):
    async def scene(client, core):
        run_id = await start(client, count=2, steps=3, label=1)
        other = EngineClient(str(client._http.base_url), "secret")
        found = await other.find(run_id)
        assert found is await other.find(run_id)
        seen = await collect(found)
        await other.close()
        return found.spec, client.relay(run_id).spec, seen.count(b"event: frame")

    found, original, frames = play(scene, models)
    assert (found, frames) == (original, 4)


def test_when_the_last_viewer_here_leaves_the_run_pauses_and_coming_back_resumes_it(models, start):
    async def scene(client, core):
        run_id = await start(client, steps=300)
        relay, run = client.relay(run_id), core.find(run_id)
        viewer = relay.watch()
        while len(relay.log.frames) < 3:
            await anext(viewer)
        await viewer.aclose()
        await until(lambda: run.viewers == 0)
        left_at = len(run.log.frames)
        await asyncio.sleep(0.2)
        assert len(run.log.frames) - left_at <= 2
        first_part = len(relay.log.frames)
        rest = await collect(relay, after=first_part - 1)
        return rest.split(b"\n")[0], relay.log.frames == run.log.frames, len(relay.log.frames)

    first_line, complete, frames = play(scene, models)
    assert first_line.startswith(b"id: ")
    assert complete
    assert frames == 301


def test_withdrawing_ends_the_viewing_and_the_run(models, start):
    async def scene(client, core):
        run_id = await start(client, learner="a", steps=1000)
        watching = asyncio.create_task(collect(client.relay(run_id), key="a"))
        await until(lambda: client.relay(run_id).log.frames)
        await client.withdraw(run_id, "a")
        seen = await watching
        run = core.find(run_id)
        await until(lambda: run.viewers == 0)
        frames = len(run.log.frames)
        await asyncio.sleep(0.1)
        return seen, frames, len(run.log.frames)

    seen, frames, later = play(scene, models)
    assert b"cancelled" in seen.rsplit(b"event: failed", 1)[1]
    assert later - frames <= 2
    assert later < 1001


def test_a_run_that_failed_is_watched_anew_when_asked_for_again(models, start):
    async def scene(client, core):
        run_id = await start(client)
        failed = client.relay(run_id)
        failed.log.append(b'event: failed\ndata: {"reason": "lost"}\n\n')
        assert await start(client) == run_id
        assert client.relay(run_id) is not failed
        return await collect(client.relay(run_id))

    assert b"event: done" in play(scene, models)


def test_unfinished_runs_that_nobody_watches_are_forgotten_after_a_while(models, start):
    async def scene(client, core):
        client._kept_s = 0.0
        first = await start(client, seed=1)
        await asyncio.sleep(0.01)
        second = await start(client, seed=2)
        with pytest.raises(NotFound):
            client.relay(first)
        client.relay(second)
        assert (await client.find(first)).run_id == first, "but the engine may still have it"

    play(scene, models)


def test_a_painting_of_another_web_process_is_found_with_all_its_settings(both_models, painting_of):
    settings = {"prompt": "a sea over hills", "negative_prompt": "night", "attention": True, "guidance": 3.0}
    spec = painting_of(steps=2, **settings)

    async def scene(client, core):
        run_id = await client.submit(spec, Asker("a"))
        other = EngineClient(str(client._http.base_url), "secret")
        found = await other.find(run_id)
        seen = await collect(found)
        await other.close()
        return found.spec, seen

    found, seen = play(scene, both_models)
    assert found == spec
    assert seen.count(b"event: frame") == seen.count(b'"attention_peaks":') == 3


@pytest.mark.parametrize(("label", "prompt"), [(None, None), (2, None)])
def test_a_model_is_called_once_through_the_client(models, label, prompt):
    async def scene(client, core):
        return await client.once("tiny", bytes(64), 0.5, 1, label, prompt, asker=Asker("a"))

    assert set(play(scene, models)) == {"noisy", "estimate", "v_hat", "rms_noisy", "rms_estimate"}


def test_a_model_is_called_once_with_a_prompt_through_the_client(both_models):
    picture = bytes(3 * 8 * 12)

    async def scene(client, core):
        answers = [
            await client.once("painter", picture, 0.5, 1, None, text, asker=Asker())
            for text in ("sea", "night")
        ]
        with pytest.raises(InvalidRequest, match="prompt, not a label") as refused:
            await client.once("painter", picture, 0.5, 1, 0, asker=Asker())
        return [answer["estimate"] for answer in answers], refused.value.field

    (one, other), field = play(scene, both_models)
    assert one != other
    assert field == "label"


def test_many_connects_and_aborts_leave_nothing_behind(models, start):
    async def scene(client, core):
        run_id = await start(client, steps=1000)
        relay = client.relay(run_id)
        for _ in range(5):
            visits = [asyncio.create_task(collect(relay)) for _ in range(40)]
            await asyncio.sleep(0.01)
            for visit in visits:
                visit.cancel()
            await asyncio.gather(*visits, return_exceptions=True)
        run = core.find(run_id)
        await until(lambda: run.viewers == 0)
        return relay.viewers, len(run.log._waiting), len(relay.log._waiting)

    assert play(scene, models) == ([], 0, 0)
