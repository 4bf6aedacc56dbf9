"""The model's answer at a level over HTTP: for labs of the course alone, made once for each level."""

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
from app.labs.options import Resources
from app.labs.readings.options import ReadingsLab
from app.labs.readings.quantities import read_from_v, sheet, true_quantities
from app.labs.readings.routes import router
from app.labs.registry import ReadLab, read_lab
from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from tests.labs.readings.asked_cards import CARDS
from tests.web.services import serve_with

HERE = {"lesson": "sevens", "lab": "lab-2", "level": 1}
V_HAT = np.linspace(-1, 1, 784, dtype="<f4").reshape(28, 28, 1)


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
        return {"v_hat": base64.b64encode(V_HAT.tobytes()).decode(), "rms_noisy": 1.0}


@pytest.fixture
def engine() -> OnceEngine:
    return OnceEngine()


@pytest.fixture
def lab() -> ReadLab:
    given = {"levels": "0.2 0.5 1", "seed": "9"}
    return read_lab(Lab("readings", "lab-2", 2, "", given), Resources(CARDS, {}, (), "sevens"))


@pytest.fixture
def client(engine: OnceEngine, lab: ReadLab) -> TestClient:
    noise = read_lab(Lab("noise", "lab-1", 1, "", {}), Resources(CARDS, {}))
    app = FastAPI()
    app.include_router(router({"sevens": {"lab-1": noise, "lab-2": lab}}))
    install_error_handlers(app)
    install_guards(app, Settings())
    serve_with(app, engine=engine, cards=tuple(CARDS.values()))
    return TestClient(app, base_url="http://localhost")


def settings_of(lab: ReadLab) -> ReadingsLab:
    assert isinstance(lab.settings, ReadingsLab)
    return lab.settings


def picture(content: bytes) -> Any:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image)[3::6, 3::6]


def test_the_model_is_called_once_a_level_on_the_lab_s_own_picture(
    client: TestClient, engine: OnceEngine, lab: ReadLab
) -> None:
    first, again, other = (client.post("/api/readings", json=HERE | {"level": level}) for level in (1, 1, 0))
    assert first.status_code == again.status_code == other.status_code == 200
    assert first.json() == again.json() == {"v_hat": base64.b64encode(V_HAT.tobytes()).decode()}
    clean = settings_of(lab).clean.tobytes()
    sigmas = [pytest.approx(1.0), pytest.approx(np.tan(0.1 * np.pi))]
    assert engine.calls == [("digits", clean, sigma, 9, None) for sigma in sigmas]
    assert engine.askers[0].address == "testclient"


def test_on_the_lab_s_own_page_it_is_the_picture_that_comes_with_it(
    client: TestClient, engine: OnceEngine
) -> None:
    assert client.post("/api/readings", json={"lesson": "", "lab": "lab-1", "level": 2}).status_code == 200
    assert client.get("/labs/readings/-/lab-1/2/answer.png").status_code == 200
    assert [call[2:] for call in engine.calls] == [(pytest.approx(1.0), 0, None)]


@pytest.mark.parametrize(
    "which", [("sevens", "lab-1"), ("sevens", "lab-9"), ("gone", "lab-2"), ("sevens", "")]
)
def test_nothing_but_such_a_lab_of_the_course_can_be_asked_for(
    client: TestClient, engine: OnceEngine, which: tuple[str, str]
) -> None:
    answer = client.post(
        "/api/readings", json=dict(zip(("lesson", "lab"), which, strict=True)) | {"level": 0}
    )
    assert answer.status_code == 404
    assert "that reads an answer three ways at this place of the course" in answer.json()["error"]["message"]
    assert engine.calls == []


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"level": 3}, "level must be from 0 to 2, got 3"),
        ({"level": -1}, "level must be from 0 to 2, got -1"),
        ({"level": 10**30}, "level must be"),
        ({"level": 2}, "at t = 1 nothing of the picture is left; the model was trained up to 0.999"),
        ({"level": True}, "level"),
        ({"level": "1"}, "level"),
        ({"picture": "AAAA"}, "picture"),
        ({"noise": 3}, "noise"),
        ({"lesson": None}, "lesson"),
    ],
)
def test_other_levels_pictures_and_settings_are_refused(
    client: TestClient, engine: OnceEngine, more: dict[str, Any], what: str
) -> None:
    answer = client.post("/api/readings", json=HERE | more)
    assert answer.status_code == 422
    assert what in answer.json()["error"]["message"]
    assert engine.calls == []


def test_an_engine_that_is_away_is_told_and_asked_again_next_time(
    client: TestClient, engine: OnceEngine
) -> None:
    engine.fault = TryLater("the model is waking up", 2)
    refused = client.post("/api/readings", json=HERE)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert refused.json()["error"]["message"] == "the model is waking up"
    engine.fault = None
    assert client.post("/api/readings", json=HERE).status_code == 200


def test_without_javascript_the_readings_are_a_picture_above_the_truth(
    client: TestClient, lab: ReadLab
) -> None:
    answer = client.get("/labs/readings/sevens/lab-2/1/answer.png")
    assert answer.headers["content-type"] == "image/png"
    made = settings_of(lab)
    true = true_quantities(made, made.levels[1])
    expected = sheet([read_from_v(V_HAT, true.x_t, made.levels[1]), true])
    np.testing.assert_array_equal(picture(answer.content), expected[:, :, 0])
    for path in ("gone/lab-2/1/answer.png", "sevens/lab-1/1/answer.png", "gone/lab-2/still.png"):
        assert client.get(f"/labs/readings/{path}").status_code == 404
    for level in (2, 3, -1, "x"):
        assert client.get(f"/labs/readings/sevens/lab-2/{level}/answer.png").status_code == 422


def test_the_still_has_a_row_for_every_level_and_needs_no_model(
    client: TestClient, engine: OnceEngine, lab: ReadLab
) -> None:
    answer = client.get("/labs/readings/sevens/lab-2/still.png")
    made = settings_of(lab)
    expected = sheet([true_quantities(made, at) for at in made.levels])
    np.testing.assert_array_equal(picture(answer.content), expected[:, :, 0])
    assert engine.calls == []
