"""What is printed of a plate: said by its kind, and drawn from what its kind says."""

from __future__ import annotations

import io
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from app.course.directives import Lab
from app.labs import strip as strips
from app.labs.options import MissingModel, Resources
from app.labs.registry import LABS, ReadLab, read_lab
from app.labs.shown import view_module
from app.labs.strip import paper_of, strip_of

NOTHING = Resources({}, {})


def noise_lab() -> ReadLab:
    return read_lab(Lab("noise", "lab-1", 1, "", {}), NOTHING)


def test_every_kind_of_lab_says_what_is_printed_of_it() -> None:
    assert [name for name, package in LABS.items() if not find_spec(f"{package}.strip")] == []


def test_a_plate_without_its_model_has_no_strip_and_keeps_its_address() -> None:
    missing = replace(noise_lab(), settings=None, missing=MissingModel("absent", ()))
    assert paper_of("colours", missing, "https://noise.example.org") == strips.PlateOnPaper(
        "https://noise.example.org/lessons/colours#lab-1", "", None
    )


def test_a_kind_that_says_nothing_has_no_strip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "LABS", {"noise": "app.learners"})  # which has no module of that name
    assert strip_of(noise_lab()) is None


def test_a_plate_names_its_address_and_that_of_its_pictures() -> None:
    paper = paper_of("colours", noise_lab())
    assert (paper.page, paper.picture) == ("/lessons/colours#lab-1", "/lessons/colours/plates/lab-1.png")


def test_a_noise_lab_prints_its_picture_at_five_times_on_each_schedule() -> None:
    strip = strip_of(noise_lab())
    assert strip is not None
    assert strip.labels == ("t = 0", "t = 0.25", "t = 0.5", "t = 0.75", "t = 1")
    assert strip.rows == ("cosine", "linear", "flow")
    assert view_module("noise").TITLE not in strip.alt
    pixels = strip.draw(())
    assert pixels.shape[:2] == strip.size
    with Image.open(io.BytesIO(strip.file(()))) as image:
        assert image.size == (strip.size[1] * strip.scale, strip.size[0] * strip.scale)
        assert image.width >= 1200
        half = strip.scale // 2
        assert np.array_equal(np.asarray(image)[half :: strip.scale, half :: strip.scale], pixels)
