"""The recorded training: what the engine makes of it today, its drawing, and where it is shown."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from app.course.directives import Lab
from app.labs.options import Resources
from app.labs.train2d import recorded as recorded_module
from app.labs.train2d.options import read
from app.labs.train2d.recorded import SIDE, recordings
from app.labs.train2d.routes import router
from app.labs.train2d.strip import strip
from app.web.edge.errors import install_error_handlers
from docs.record_training import recorded


def numbers(recording: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([row[1:] for row in recording], float)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["random", "loops"])
def test_the_engine_trains_to_what_was_recorded(name: str) -> None:
    again, kept = recorded()[name], recordings()[name]
    assert again["labels"] == list(kept.labels)
    assert again["head"] == list(kept.head)
    assert again["data"] == list(kept.data)
    assert [row[0] for row in again["rows"]] == [row[0] for row in kept.rows]
    assert numbers(again["rows"]).mean(axis=1) == pytest.approx(numbers(kept.rows).mean(axis=1), abs=0.02)


def test_at_random_levels_it_comes_down_to_the_floor_and_its_samples_into_the_heaps() -> None:
    kept = recordings()["random"]
    *means, floor = numbers(kept.rows).mean(axis=1)
    assert means[0] > 0.9
    assert means[-1] == pytest.approx(floor, abs=0.03)
    radii = [np.abs(np.hypot(*np.array(samples).T) - 1.4) for samples in kept.samples]
    assert np.median(radii[0]) > 0.3
    assert np.median(radii[-1]) < 0.15


def test_with_levels_in_order_the_prints_are_those_of_the_lesson() -> None:
    rising, exact, falling, exact_falling = numbers(recordings()["loops"].rows)
    assert rising[-1] > rising[0]
    assert falling[-1] < 0.6 * falling[0]
    assert exact[0] < 0.05
    assert exact[-1] > 0.9
    assert exact_falling[-1] < 0.05
    assert exact_falling[0] > 0.9
    assert recordings()["loops"].labels[1:] == [
        "levels rising: mean error 0.67",
        "levels falling: mean error 0.81",
    ]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "random"),
        ({"beside": "untold"}, "random"),
        ({"loop": "rising"}, "loops"),
        ({"beside": "falling"}, "loops"),
    ],
)
def test_it_is_drawn_in_black_on_grey_for_print_and_without_javascript(
    options: dict[str, str], name: str
) -> None:
    app = FastAPI()
    app.include_router(router({}))
    install_error_handlers(app)
    client = TestClient(app, base_url="http://localhost")
    answer = client.get(f"/labs/train2d/recorded/{name}.png")
    assert answer.headers["content-type"] == "image/png"
    greys = np.array(Image.open(io.BytesIO(answer.content)).convert("L"))
    assert greys.shape[0] == 3 * SIDE
    assert {0, 200, 255} <= set(np.unique(greys).tolist())
    assert client.get("/labs/train2d/recorded/none.png").status_code == 404
    lab = Lab("train2d", "lab-1", 1, "", options)
    made = strip(read(lab, Resources({}, {})))
    assert made.labels == tuple(recordings()[name].labels)
    assert (*made.size, 1) == made.draw([]).shape


def test_the_file_is_read_when_a_recording_is_wanted(monkeypatch):
    def refuse(path, **_):
        raise AssertionError(f"{path} was read")

    spec = importlib.util.spec_from_file_location("recorded_again", recorded_module.__file__)
    assert spec is not None and spec.loader is not None
    again = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "recorded_again", again)
    monkeypatch.setattr(Path, "read_text", refuse)
    spec.loader.exec_module(again)
    with pytest.raises(AssertionError, match=r"recorded\.json was read"):
        again.recordings()
