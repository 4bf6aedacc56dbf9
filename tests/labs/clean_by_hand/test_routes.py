"""The model's one call over HTTP: for labs of the course alone, made once, told where there is none."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from app.course.directives import Lab
from app.engine.admission import Asker
from app.errors import TryLater
from app.labs.clean_by_hand import routes
from app.labs.clean_by_hand.noisy import noisy_pixels
from app.labs.clean_by_hand.options import CleanByHand
from app.labs.clean_by_hand.routes import router
from app.labs.options import Resources
from app.labs.registry import ReadLab, read_lab
from app.labs.strip import GAP
from app.pictures import Pixels, png
from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from tests.labs.clean_by_hand.cleaned_cards import CARDS
from tests.web.services import serve_with

HERE = {"lesson": "sevens", "lab": "lab-2"}
ESTIMATE = np.arange(784, dtype=np.uint8)


class OnceEngine:
    """Calls a model once, and notes what it was given."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.askers: list[Asker] = []
        self.fault: Exception | None = None

    async def once(self, *given: Any, asker: Asker) -> dict[str, Any]:
        self.calls.append(given)
        self.askers.append(asker)
        if self.fault:
            raise self.fault
        pixels = base64.b64encode(ESTIMATE.tobytes()).decode()
        return {"noisy": pixels, "estimate": pixels, "rms_noisy": 1.0, "rms_estimate": 0.2}


@pytest.fixture
def engine() -> OnceEngine:
    return OnceEngine()


@pytest.fixture
def lab() -> ReadLab:
    given = {"noise": "0.5", "seed": "9"}
    return read_lab(Lab("clean-by-hand", "lab-2", 2, "", given), Resources(CARDS, {}, (), "sevens"))


@pytest.fixture
def client(engine: OnceEngine, lab: ReadLab) -> TestClient:
    noise = read_lab(Lab("noise", "lab-1", 1, "", {}), Resources(CARDS, {}))
    app = FastAPI()
    app.include_router(router({"sevens": {"lab-1": noise, "lab-2": lab}}))
    install_error_handlers(app)
    install_guards(app, Settings())
    serve_with(app, engine=engine, cards=tuple(CARDS.values()))
    return TestClient(app, base_url="http://localhost")


def test_the_model_is_called_on_the_lab_s_own_picture_and_the_answer_is_kept(
    client: TestClient, engine: OnceEngine, lab: ReadLab
) -> None:
    first, again = (client.post("/api/clean", json=HERE) for _ in range(2))
    assert first.status_code == 200
    assert first.json() == again.json()
    assert first.json()["rms_estimate"] == 0.2
    assert isinstance(lab.settings, CleanByHand)
    assert engine.calls == [("digits", lab.settings.clean.tobytes(), 0.5, 9, None)]
    assert engine.askers[0].address == "testclient"


def test_on_the_lab_s_own_page_it_is_the_picture_that_comes_with_it(
    client: TestClient, engine: OnceEngine
) -> None:
    assert client.post("/api/clean", json={"lesson": "", "lab": "lab-1"}).status_code == 200
    assert client.get("/labs/clean-by-hand/-/lab-1/answer.png").status_code == 200
    assert [call[2:] for call in engine.calls] == [(1.0, 0, None)]


@pytest.mark.parametrize(
    "which", [("sevens", "lab-1"), ("sevens", "lab-9"), ("gone", "lab-2"), ("sevens", "")]
)
def test_nothing_but_such_a_lab_of_the_course_can_be_asked_for(
    client: TestClient, engine: OnceEngine, which: tuple[str, str]
) -> None:
    answer = client.post("/api/clean", json=dict(zip(("lesson", "lab"), which, strict=True)))
    assert answer.status_code == 404
    assert "to be cleaned by hand at this place of the course" in answer.json()["error"]["message"]
    assert engine.calls == []


@pytest.mark.parametrize("more", [{"picture": "AAAA"}, {"seed": 3}, {"lesson": None}, {"lab": 7}])
def test_pictures_and_settings_are_refused(
    client: TestClient, engine: OnceEngine, more: dict[str, Any]
) -> None:
    assert client.post("/api/clean", json=HERE | more).status_code == 422
    assert engine.calls == []


def test_an_engine_that_is_away_is_told_and_asked_again_next_time(
    client: TestClient, engine: OnceEngine
) -> None:
    engine.fault = TryLater("the model is waking up", 2)
    refused = client.post("/api/clean", json=HERE)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert refused.json()["error"]["message"] == "the model is waking up"
    engine.fault = None
    assert client.post("/api/clean", json=HERE).status_code == 200


def test_without_javascript_the_answer_is_a_picture(client: TestClient, lab: ReadLab) -> None:
    answer = client.get("/labs/clean-by-hand/sevens/lab-2/answer.png")
    assert answer.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as image:
        dots = np.asarray(image)[4::8, 4::8]
    assert isinstance(lab.settings, CleanByHand)
    stages = [255 - dots[:, place * (28 + GAP) :][:, :28] for place in range(3)]
    np.testing.assert_array_equal(stages[0], noisy_pixels(lab.settings)[:, :, 0])
    np.testing.assert_array_equal(stages[1], ESTIMATE.reshape(28, 28))
    np.testing.assert_array_equal(stages[2], lab.settings.clean[:, :, 0])
    for name in ("noisy", "answer"):
        assert client.get(f"/labs/clean-by-hand/gone/lab-2/{name}.png").status_code == 404


def test_the_noisy_picture_is_there_without_the_model(
    client: TestClient, engine: OnceEngine, lab: ReadLab
) -> None:
    answer = client.get("/labs/clean-by-hand/sevens/lab-2/noisy.png")
    with Image.open(io.BytesIO(answer.content)) as image:
        dots = np.asarray(image)[4::8, 4::8]
    assert isinstance(lab.settings, CleanByHand)
    np.testing.assert_array_equal(255 - dots, noisy_pixels(lab.settings)[:, :, 0])
    assert engine.calls == []


def test_its_pictures_are_drawn_once_and_count_among_the_picture_files(
    engine: OnceEngine, lab: ReadLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []

    def draw(pixels: Pixels, scale: int) -> bytes:
        drawn.append(pixels)
        return png(pixels, scale)

    monkeypatch.setattr(routes, "png", draw)
    app = FastAPI()
    app.include_router(router({"sevens": {"lab-2": lab}}))
    install_error_handlers(app)
    serve_with(app, {"anonymous_files_per_minute": 4}, engine=engine, cards=tuple(CARDS.values()))
    client = TestClient(app, base_url="http://localhost")
    room = "/labs/clean-by-hand/sevens/lab-2"
    statuses = [client.get(f"{room}/{name}.png").status_code for name in ("noisy", "answer") * 3]
    assert (statuses, len(drawn)) == ([200, 200, 200, 200, 429, 429], 2)
