"""A run as image files."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.errors import TryLater
from tests.web.fake_engine import FakeEngine, app_for, panes, start


@pytest.fixture
def engine():
    return FakeEngine()


@pytest.fixture
def client(engine):
    with TestClient(app_for(engine), base_url="http://localhost") as client:
        yield client


def opened(answer):
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    return Image.open(io.BytesIO(answer.content))


def test_a_frame_is_a_png_of_its_noisy_picture(client, engine):
    run_id = start(client).json()["id"]
    spec = engine.runs[run_id].spec
    for query, step in (({}, 4), ({"frame": 0}, 0), ({"frame": 4}, 4)):
        answer = client.get(f"/api/runs/{run_id}/image.png", params=query)
        with opened(answer) as image:
            assert (image.format, image.mode, image.size) == ("PNG", "L", (224, 224))
            shown = np.asarray(image)[14::28, 14::28]
        assert np.array_equal(shown, panes(spec, (1, 8, 8), step)[0, 0, :, :, 0])


def test_several_pictures_are_one_sheet_and_colours_stay(client):
    run_id = start(client, model="colour", count=4).json()["id"]
    with opened(client.get(f"/api/runs/{run_id}/image.png")) as image:
        assert image.mode == "RGB"
        assert image.size == (12 * 18, 12 * 18)


def test_colours_survive_in_every_kind_of_file(client, engine):
    run_id = start(client, model="painter", prompt="red", count=2).json()["id"]
    spec = engine.runs[run_id].spec
    frames = np.stack([panes(spec, (3, 8, 8), step)[0] for step in range(5)])
    with opened(client.get(f"/api/runs/{run_id}/strip.png")) as image:
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image)[1:24:3, 1:24:3], frames[0, 0])
    with opened(client.get(f"/api/runs/{run_id}/animation.gif")) as image:
        assert image.n_frames == 5
        for step in range(5):
            image.seek(step)
            first = np.asarray(image.convert("RGB"))[14:224:28, 14:224:28].astype(int)
            assert np.abs(first - frames[step, 0]).mean() < 4.0  # a GIF has 256 colours a frame


def test_an_animation_has_a_picture_for_every_frame(client):
    run_id = start(client, steps=9).json()["id"]
    answer = client.get(f"/api/runs/{run_id}/animation.gif")
    with opened(answer) as image:
        assert (image.format, image.n_frames, image.size) == ("GIF", 10, (224, 224))
        assert image.info["loop"] == 0


@pytest.mark.parametrize(("steps", "shown"), [(4, 5), (30, 10)])
def test_a_strip_has_up_to_ten_frames_side_by_side_and_a_row_for_each_picture(client, steps, shown):
    run_id = start(client, steps=steps, count=3).json()["id"]
    with opened(client.get(f"/api/runs/{run_id}/strip.png")) as image:
        assert image.size == (3 * (shown * 10 - 2), 3 * (3 * 10 - 2))


@pytest.mark.parametrize("frame", ["5", "-1", "x", "1001", "NaN"])
def test_a_frame_that_the_run_does_not_have_is_refused(client, frame):
    run_id = start(client).json()["id"]
    assert client.get(f"/api/runs/{run_id}/image.png", params={"frame": frame}).status_code == 422


@pytest.mark.parametrize("path", ["image.png", "animation.gif", "strip.png"])
def test_files_of_a_run_that_failed_are_for_later(client, engine, path):
    run_id = start(client).json()["id"]
    engine.runs[run_id].fault = TryLater("the engine stopped", 2)
    refused = client.get(f"/api/runs/{run_id}/{path}")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
