"""The strips of plates over HTTP: drawn once from a run, and replaced by a picture where there is none."""

from __future__ import annotations

import io

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from app.course.directives import Lab
from app.errors import TryLater
from app.labs.options import Resources
from app.labs.registry import read_lab
from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from app.web.handout.plates import plate_route, strips_of_course
from tests.web.fake_engine import CARDS, FakeEngine, panes
from tests.web.services import serve_with

ROOM = "/lessons/colours/plates"
PLATES = {
    "lab-1": Lab("player", "lab-1", 1, "", {"model": "tiny", "label": "square", "seed": "7", "steps": "8"}),
    "lab-2": Lab("noise", "lab-2", 2, "", {}),
    "lab-3": Lab("player", "lab-3", 3, "", {"model": "painter", "prompt": "a red house"}),
}


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


def client_of(engine: FakeEngine, **limits: int) -> TestClient:
    resources = Resources({file.card.name: file for file in CARDS}, {})
    labs = {lab_id: read_lab(lab, resources) for lab_id, lab in PLATES.items()}
    app = FastAPI()
    app.router.routes.append(plate_route(strips_of_course({"colours": labs})))
    install_error_handlers(app)
    install_guards(app, Settings())
    serve_with(app, limits, engine=engine, cards=CARDS)
    engine.limit(Settings.model_validate(limits))
    return TestClient(app, base_url="http://localhost")


def test_a_strip_is_drawn_from_the_frames_of_its_plate_s_own_run(engine: FakeEngine) -> None:
    answer = client_of(engine).get(f"{ROOM}/lab-1.png")
    (spec, _), *others = engine.asked
    assert (spec.label, spec.seed, spec.steps, others) == (1, 7, 8, [])
    with Image.open(io.BytesIO(answer.content)) as image:
        scale = image.height // 8
        shown = np.asarray(image)[scale // 2 :: scale, scale // 2 :: scale]
    for place, step in enumerate((0, 2, 4, 6, 8)):
        stage = shown[:, 12 * place : 12 * place + 8]
        assert np.array_equal(255 - stage, panes(spec, (1, 8, 8), step)[0, 0, :, :, 0])


def test_a_strip_is_drawn_once_for_all_and_not_sent_again(engine: FakeEngine) -> None:
    client = client_of(engine, anonymous_runs_per_minute=1)
    first = client.get(f"{ROOM}/lab-1.png")
    again = client.get(f"{ROOM}/lab-1.png", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code, len(engine.asked)) == (200, 304, 1)
    assert first.headers["content-type"] == "image/png"
    assert "set-cookie" not in first.headers


def test_a_strip_that_needs_no_model_asks_for_no_run(engine: FakeEngine) -> None:
    engine.fault = TryLater("the model is waking up", 2)
    assert client_of(engine).get(f"{ROOM}/lab-2.png").headers["content-type"] == "image/png"


def test_without_the_engine_a_picture_says_so_and_the_next_time_it_is_there(engine: FakeEngine) -> None:
    client = client_of(engine)
    engine.fault = TryLater("the <model> is waking up", 7)
    answer = client.get(f"{ROOM}/lab-1.png")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/svg+xml", "no-store")
    assert "the &lt;model&gt; is waking up" in answer.text
    assert "style=" not in answer.text
    engine.fault = None
    assert client.get(f"{ROOM}/lab-1.png").headers["content-type"] == "image/png"


def test_the_run_behind_a_strip_counts_as_any_other(engine: FakeEngine) -> None:
    client = client_of(engine, anonymous_runs_per_minute=1)
    statuses = [client.get(f"{ROOM}/{name}.png").status_code for name in ("lab-1", "lab-3")]
    assert (statuses, len(engine.asked)) == ([200, 503], 1)


@pytest.mark.parametrize("path", [f"{ROOM}/lab-4.png", f"{ROOM}/lab-1", "/lessons/shapes/plates/lab-1.png"])
def test_where_there_is_no_plate_there_is_nothing(engine: FakeEngine, path: str) -> None:
    assert client_of(engine).get(path).status_code == 404
    assert engine.asked == []


def test_head_draws_nothing_and_starts_no_run(engine: FakeEngine) -> None:
    client = client_of(engine)
    told = client.head(f"{ROOM}/lab-1.png")
    assert (told.status_code, told.headers["content-type"], engine.asked) == (200, "image/png", [])
    plain = {"accept-encoding": "identity"}
    drawn = client.get(f"{ROOM}/lab-1.png", headers=plain).content
    told = client.head(f"{ROOM}/lab-1.png", headers=plain)
    assert told.headers["content-length"] == str(len(drawn))


def test_strips_that_are_still_to_be_drawn_count_among_the_picture_files(engine: FakeEngine) -> None:
    client = client_of(engine, anonymous_files_per_minute=1)
    assert [client.get(f"{ROOM}/lab-1.png").status_code for _ in range(3)] == [200, 200, 200]
    refused = client.get(f"{ROOM}/lab-2.png")
    assert (refused.status_code, refused.headers["content-type"]) == (429, "image/svg+xml")
    assert int(refused.headers["retry-after"]) > 0
