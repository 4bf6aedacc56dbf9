"""One whole click: page, web app, engine app and device thread, over real connections."""

from __future__ import annotations

import asyncio
import base64
import io
import json

import httpx2
import pytest
import torch
from PIL import Image

from app.engine.client import EngineClient
from app.engine.core import Core
from app.engine.models import Models
from app.engine.server import create_engine_app
from tests.serving import served
from tests.tiny_model import MAP, write_tiny_model, write_tiny_painter
from tests.web.fake_engine import app_for


@pytest.mark.slow
def test_a_click_brings_frames_as_they_are_made_from_the_engine_to_the_page(tmp_path):
    file = write_tiny_model(tmp_path)
    models = Models(tmp_path, torch.device("cpu"), threads=1)

    async def scene():
        engine_app = create_engine_app(Core(models), "secret", "a test")
        async with asyncio.timeout(20), served(engine_app) as engine_url:
            engine = EngineClient(engine_url, "secret")
            app = app_for(engine, [file])
            async with served(app) as url, httpx2.AsyncClient(base_url=url) as page:
                started = await page.post("/api/runs", json={"model": "tiny", "steps": 200, "label": 1})
                async with page.stream("GET", started.json()["frames"]) as stream:
                    pieces = [piece async for piece in stream.aiter_raw()]
                gif = await page.get(f"/api/runs/{started.json()['id']}/animation.gif")
                left = (await engine.status())["viewers"], app.state.services.streams.open
            await engine.close()
            return pieces, gif.content, left

    pieces, gif, left = asyncio.run(scene())
    content = b"".join(pieces)
    assert content.count(b"event: frame") == 201
    assert b"event: done" in content
    assert len(pieces) > 20, "frames come as they are made"
    with Image.open(io.BytesIO(gif)) as image:
        assert getattr(image, "n_frames", 1) == 100  # an animation has no more
    assert left == (0, 0)


@pytest.mark.slow
def test_a_prompt_brings_a_map_in_every_frame_for_each_word_that_was_read(tmp_path):
    file = write_tiny_painter(tmp_path)
    models = Models(tmp_path, torch.device("cpu"), threads=1)
    asked = {
        "model": "painter",
        "prompt": "a blue castle, midnight",
        "attention": True,
        "count": 2,
        "steps": 3,
    }

    async def scene():
        engine_app = create_engine_app(Core(models), "secret", "a test")
        async with asyncio.timeout(20), served(engine_app) as engine_url:
            engine = EngineClient(engine_url, "secret")
            async with served(app_for(engine, [file])) as url, httpx2.AsyncClient(base_url=url) as page:
                started = (await page.post("/api/runs", json=asked)).json()
                streamed = await page.get(started["frames"])
                png = await page.get(f"/api/runs/{started['id']}/image.png")
            await engine.close()
            return started, streamed.text, png.content

    started, streamed, png = asyncio.run(scene())
    assert started["attention"] == started["prompt"]["words"] == ["a", "blue", "midnight"]
    frames = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith('data: {"step"')]
    assert [frame["step"] for frame in frames] == [0, 1, 2, 3]
    for frame in frames:
        assert len(base64.b64decode(frame["attention"])) == 2 * 3 * MAP[0] * MAP[1]
        assert [len(peaks) for peaks in frame["attention_peaks"]] == [3, 3]
    with Image.open(io.BytesIO(png)) as image:
        assert image.mode == "RGB"


@pytest.mark.slow
def test_a_page_that_goes_away_pauses_its_run_and_gives_its_place_back(tmp_path):
    file = write_tiny_model(tmp_path)
    models = Models(tmp_path, torch.device("cpu"), threads=1)

    async def scene():
        core = Core(models)
        async with asyncio.timeout(20), served(create_engine_app(core, "secret", "a test")) as engine_url:
            engine = EngineClient(engine_url, "secret")
            app = app_for(engine, [file])
            async with served(app) as url, httpx2.AsyncClient(base_url=url) as page:
                started = (await page.post("/api/runs", json={"model": "tiny", "steps": 1000})).json()
                async with page.stream("GET", started["frames"]) as stream:
                    async for _ in stream.aiter_raw():
                        break
                while app.state.services.streams.open or core.report()["viewers"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                frames = len(core.find(started["id"]).log.frames)
                await asyncio.sleep(0.1)
                later = len(core.find(started["id"]).log.frames)
            await engine.close()
            return frames, later

    frames, later = asyncio.run(scene())
    assert later - frames <= 2
    assert later < 1000
