"""The recorded training: what the engine makes of it today, its drawing, and where it is shown."""

from __future__ import annotations

import io

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from app.course.directives import Lab
from app.labs.options import Resources
from app.labs.train2d.options import read
from app.labs.train2d.recorded import RECORDED, SIDE
from app.labs.train2d.routes import ADDRESS, router
from app.labs.train2d.strip import strip
from docs.record_training import UPDATES, recorded


@pytest.mark.slow
def test_the_engine_trains_to_what_was_recorded() -> None:
    again = recorded()
    assert tuple(RECORDED.updates) == UPDATES
    assert again["updates"] == list(UPDATES)
    assert again["floor"] == pytest.approx(RECORDED.floor, abs=1e-3)
    assert np.mean(again["validation"], axis=1) == pytest.approx(
        np.mean(RECORDED.validation, axis=1), abs=0.02
    )
    assert again["data"] == RECORDED.data


def test_it_comes_down_to_the_floor_and_its_samples_into_the_heaps() -> None:
    means = np.mean(RECORDED.validation, axis=1)
    assert means[0] > 0.9
    assert means[-1] == pytest.approx(np.mean(RECORDED.floor), abs=0.03)
    radii = [np.abs(np.hypot(*np.array(samples).T) - 1.4) for samples in RECORDED.samples]
    assert np.median(radii[0]) > 0.3
    assert np.median(radii[-1]) < 0.15


def test_it_is_drawn_in_black_on_grey_for_print_and_without_javascript() -> None:
    app = FastAPI()
    app.include_router(router({}))
    answer = TestClient(app).get(ADDRESS)
    assert answer.headers["content-type"] == "image/png"
    greys = np.array(Image.open(io.BytesIO(answer.content)).convert("L"))
    assert greys.shape[0] == 3 * SIDE
    assert {0, 200, 255} <= set(np.unique(greys).tolist())
    lab = Lab("train2d", "lab-1", 1, "", {})
    made = strip(read(lab, Resources({}, {})))
    assert made.labels == ("0 updates", "100 updates", "600 updates", "3000 updates")
    assert (*made.size, 1) == made.draw([]).shape
