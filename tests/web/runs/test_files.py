"""A run as image files."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from app import pictures
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
            assert (image.format, image.mode, image.size) == ("PNG", "L", (512, 512))
            shown = np.asarray(image)[32::64, 32::64]
        assert np.array_equal(255 - shown, panes(spec, (1, 8, 8), step)[0, 0, :, :, 0])


def test_several_pictures_are_one_sheet_and_colours_stay(client):
    run_id = start(client, model="colour", count=4).json()["id"]
    with opened(client.get(f"/api/runs/{run_id}/image.png")) as image:
        assert image.mode == "RGB"
        assert image.size == (29 * 18, 29 * 18)


def test_colours_survive_in_every_kind_of_file(client, engine):
    run_id = start(client, model="painter", prompt="red", count=2).json()["id"]
    spec = engine.runs[run_id].spec
    frames = np.stack([panes(spec, (3, 8, 8), step)[0] for step in range(5)])
    with opened(client.get(f"/api/runs/{run_id}/strip.png")) as image:
        assert image.mode == "RGB"
        assert image.size == (11 * 48, 11 * 18)
        assert np.array_equal(np.asarray(image)[5:88:11, 5:88:11], frames[0, 0])
    with opened(client.get(f"/api/runs/{run_id}/animation.gif")) as image:
        assert image.n_frames == 5
        for step in range(5):
            image.seek(step)
            first = np.asarray(image.convert("RGB"))[14:232:29, 14:232:29].astype(int)
            assert np.abs(first - frames[step, 0]).mean() < 4.0  # a GIF has 256 colours a frame


def test_an_animation_has_a_picture_for_every_frame(client):
    run_id = start(client, steps=9).json()["id"]
    answer = client.get(f"/api/runs/{run_id}/animation.gif")
    with opened(answer) as image:
        assert (image.format, image.n_frames, image.size) == ("GIF", 10, (512, 512))
        assert image.info["loop"] == 0


@pytest.mark.parametrize(("steps", "shown"), [(4, 5), (30, 10)])
def test_a_strip_has_up_to_ten_frames_side_by_side_and_a_row_for_each_picture(client, steps, shown):
    run_id = start(client, steps=steps, count=3).json()["id"]
    with opened(client.get(f"/api/runs/{run_id}/strip.png")) as image:
        scale = max(3, -(-512 // (shown * 10 - 2)))
        assert image.size == (scale * (shown * 10 - 2), scale * (3 * 10 - 2))


def test_the_guess_stands_beside_or_below_the_noisy_picture_where_it_is_asked_for(client, engine):
    run_id = start(client).json()["id"]
    (x_t, x0_hat, _), _ = (panes(engine.runs[run_id].spec, (1, 8, 8), step)[:, 0, :, :, 0] for step in (0, 4))
    for path, beside in (("animation.gif", (0, 10)), ("strip.png", (10, 0))):
        answer = client.get(f"/api/runs/{run_id}/{path}", params={"guess": "true"})
        assert "with-the-guess" in answer.headers["content-disposition"]
        with opened(answer) as image:
            scale = image.height // 8 if path == "animation.gif" else image.height // 18
            shown = 255 - np.asarray(image.convert("L"))[scale // 2 :: scale, scale // 2 :: scale]
        assert np.array_equal(shown[:8, :8], x_t)
        assert np.array_equal(shown[beside[0] :, beside[1] :][:8, :8], x0_hat)


@pytest.mark.parametrize("path", ["image.png", "animation.gif", "strip.png"])
def test_one_channel_is_dark_ink_on_white_paper_in_every_file(client, engine, path):
    run_id = start(client, count=3).json()["id"]
    first, last = (panes(engine.runs[run_id].spec, (1, 8, 8), step)[0, 0, :, :, 0] for step in (0, 4))
    with opened(client.get(f"/api/runs/{run_id}/{path}")) as image:
        scale = image.width // (48 if path == "strip.png" else 18)
        shown = np.asarray(image.convert("L"))[scale // 2 :: scale, scale // 2 :: scale]
    assert np.array_equal(255 - shown[:8, :8], last if path == "image.png" else first)
    assert (shown[8:10] == 255).all()  # between pictures there is paper


@pytest.mark.slow
def test_an_animation_of_very_many_steps_has_a_bounded_number_of_frames(client):
    run_id = start(client, steps=1000).json()["id"]
    with opened(client.get(f"/api/runs/{run_id}/animation.gif")) as image:
        assert image.n_frames == 100


@pytest.mark.parametrize(
    ("path", "name", "part"),
    [
        (
            "image.png",
            "tiny-square-seed-7-2-pictures-ddim-4-steps-guidance-2.5-frame-4-of-4.png",
            "frame 4 of 4",
        ),
        ("animation.gif", "tiny-square-seed-7-2-pictures-ddim-4-steps-guidance-2.5.gif", None),
        ("strip.png", "tiny-square-seed-7-2-pictures-ddim-4-steps-guidance-2.5-strip.png", "strip"),
    ],
)
def test_a_file_has_its_settings_in_its_name_and_in_itself(client, path, name, part):
    run_id = start(client, label="square", seed=7, count=2, guidance=2.5).json()["id"]
    answer = client.get(f"/api/runs/{run_id}/{path}")
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
    with opened(answer) as image:
        about = {
            key: value.decode() if isinstance(value, bytes) else value for key, value in image.info.items()
        }
    settings = about["comment"] if path.endswith("gif") else about["Comment"]
    wanted = ["Model: tiny", "Seed: 7", "Pictures: 2", "Steps: 4", "Guidance: 2.5", "square"]
    assert [text for text in wanted if text not in settings] == []
    assert ("Part:" in settings) == (part is not None)
    assert part is None or settings.endswith(f"Part: {part}")
    if path.endswith("png"):
        assert about["Software"] == "From Noise"
        assert about["Description"].startswith("2 pictures of the class square, from the noise of seed 7")


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


# What a file costs


PATHS = ["image.png", "animation.gif", "strip.png"]


@pytest.mark.parametrize("path", PATHS)
def test_many_at_once_are_drawn_once(engine, path, monkeypatch):
    drawn = []

    def counted(draw):
        def drawing(*given, **named):
            drawn.append(draw)
            return draw(*given, **named)

        return drawing

    for name in ("png", "gif"):
        monkeypatch.setattr(pictures, name, counted(getattr(pictures, name)))
    with TestClient(app_for(engine), base_url="http://localhost") as client:
        run_id = start(client, steps=60).json()["id"]
        client.cookies.clear()  # one learner may only wait for so many at once
        with ThreadPoolExecutor(24) as many:
            answers = list(many.map(lambda _: client.get(f"/api/runs/{run_id}/{path}"), range(24)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(drawn) == 1


@pytest.mark.parametrize("path", [*PATHS, "image.png?frame=2", "animation.gif?guess=true"])
def test_head_tells_what_would_be_sent_and_draws_nothing(client, engine, path):
    address = f"/api/runs/{start(client).json()['id']}/{path}"
    told = client.head(address)
    assert (told.status_code, told.content, engine.picked_steps) == (200, b"", [])
    assert "content-length" not in told.headers
    got = client.get(address)
    for name in ("content-type", "content-disposition", "cache-control"):
        assert told.headers[name] == got.headers[name]
    assert client.head(address).headers["content-length"] == str(len(got.content))


def test_head_of_a_run_or_frame_that_is_not_there_is_refused_as_get_is(client):
    run_id = start(client).json()["id"]
    assert client.head(f"/api/runs/{run_id}/image.png", params={"frame": 9}).status_code == 422
    assert client.head(f"/api/runs/{'0' * 24}/image.png").status_code == 404


@pytest.mark.parametrize("has_cookie", [True, False])
def test_asking_for_too_many_files_is_refused_in_words_with_a_time(engine, has_cookie):
    limits = {"files_per_minute": 2, "anonymous_files_per_minute": 2}
    with TestClient(app_for(engine, **limits), base_url="http://localhost") as client:
        run_id = start(client).json()["id"]
        if not has_cookie:
            client.cookies.clear()
        statuses = [client.get(f"/api/runs/{run_id}/{path}").status_code for path in PATHS]
        refused = client.get(f"/api/runs/{run_id}/animation.gif")
        assert (statuses, refused.status_code) == ([200, 200, 429], 429)
        assert int(refused.headers["retry-after"]) > 0
        assert "2 picture files a minute" in refused.json()["error"]["message"]
        assert client.head(f"/api/runs/{run_id}/animation.gif").status_code == 200
        assert client.get(f"/api/runs/{run_id}/frames").status_code == 200, (
            "streams have a limit of their own"
        )


@pytest.mark.slow
def test_a_long_run_is_thinned_and_the_file_says_so(client):
    run_id = start(client, steps=1000).json()["id"]
    answer = client.get(f"/api/runs/{run_id}/animation.gif", params={"guess": "true"})
    assert "with-the-guess-100-of-1001-frames.gif" in answer.headers["content-disposition"]
    with opened(answer) as image:
        assert "100 of 1001 frames" in image.info["comment"].decode()


def test_only_the_frames_that_are_shown_are_had_from_the_engine(client, engine):
    run_id = start(client, steps=300).json()["id"]
    for path, most in (("image.png", 1), ("strip.png", 10), ("animation.gif", 100)):
        engine.picked_steps.clear()
        client.get(f"/api/runs/{run_id}/{path}")
        (_, waiting), (_, shown) = engine.picked_steps
        assert (waiting, len(shown)) == ((), most)
