"""Requests for a run: what their fields may be, and what is left of them once normalised for a card."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from app.controls.request import RunRequest
from app.controls.table import MAX_IMAGE_STEPS, MAX_PROMPT_LENGTH
from app.errors import InvalidRequest
from tests.engine.specs import spec


def from_json(text):
    """Parse a field as both edges do: with Python's JSON and with pydantic's own."""
    body = f'{{"model": "tiny", {text}}}'
    with pytest.raises(ValidationError) as by_pydantic:
        RunRequest.model_validate_json(body)
    with pytest.raises(ValidationError) as by_python:
        RunRequest.model_validate(json.loads(body))
    return by_pydantic.value, by_python.value


@pytest.mark.parametrize(
    ("field", "smallest", "largest"),
    [
        ("seed", 0, 2**53 - 1),
        ("count", 1, 16),
        ("steps", 1, 1000),
        ("guidance", 0.0, 20.0),
        ("eta", 0.0, 1.0),
    ],
)
def test_the_bounds_of_a_number_are_allowed_and_what_lies_beyond_is_refused(field, smallest, largest):
    for value in (smallest, largest):
        assert getattr(RunRequest.model_validate({"model": "tiny", field: value}), field) == value
    step = 1 if isinstance(smallest, int) else 1e-9
    for value in (smallest - step, largest + step):
        with pytest.raises(ValidationError) as refused:
            RunRequest.model_validate({"model": "tiny", field: value})
        assert [error["loc"] for error in refused.value.errors()] == [(field,)]


@pytest.mark.parametrize("field", ["seed", "label", "count", "steps", "guidance", "eta"])
@pytest.mark.parametrize(
    "value", ["true", "NaN", "Infinity", "-Infinity", "1e400", '"\\ud800"', "1" + "0" * 400, "[]", "{}"]
)
def test_what_is_no_number_that_json_has_is_refused_by_both_edges(field, value):
    for refused in from_json(f'"{field}": {value}'):
        locations = [error["loc"] for error in refused.errors(include_url=False)]
        assert locations in ([(field,)], [()]), "one fault, that names the field or the JSON"


@pytest.mark.parametrize("field", ["seed", "count", "steps"])
@pytest.mark.parametrize("value", ["5.0", '"5"', "1e1"])
def test_whole_numbers_are_not_converted_from_anything(field, value):
    from_json(f'"{field}": {value}')


@pytest.mark.parametrize("field", ["model", "prompt", "negative_prompt", "sampler", "grid", "label"])
@pytest.mark.parametrize("value", ['"\\ud800"', "true", "[]", '"' + "a" * (MAX_PROMPT_LENGTH + 1) + '"'])
def test_texts_are_texts_of_bounded_length(field, value):
    with pytest.raises(ValidationError):
        RunRequest.model_validate(json.loads(f'{{"model": "tiny", "{field}": {value}}}'))


@pytest.mark.parametrize("text", ['"speed": 1', '"__class__": 1', '"Seed": 1'])
def test_unknown_fields_are_refused(text):
    from_json(text)


def test_a_run_without_a_model_is_refused():
    with pytest.raises(ValidationError):
        RunRequest.model_validate({})


def test_what_is_left_open_comes_from_the_card():
    open_run = spec(label="square", sampler="ddim")
    assert (open_run.steps, open_run.guidance, open_run.eta, open_run.grid) == (40, 2.5, 0.5, "rho7")
    assert (open_run.seed, open_run.count) == (0, 1)
    assert spec().sampler == "heun"


@pytest.mark.parametrize(("label", "index"), [("round", 0), ("third", 2), (0, 0), (2, 2), (None, None)])
def test_a_label_is_the_name_of_a_class_or_its_index(label, index):
    assert spec(label=label).label == index


@pytest.mark.parametrize("label", ["Round", "", "3", 3, 2**53 - 1])
def test_an_unknown_label_is_refused_with_the_ones_that_are_allowed(label):
    with pytest.raises(InvalidRequest, match="round, square, third") as refused:
        spec(label=label)
    assert refused.value.field == "label"


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_model_of_classes_takes_no_prompt(field):
    with pytest.raises(InvalidRequest, match="label") as refused:
        spec(**{field: ""})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "value"), [("sampler", "euler"), ("sampler", ""), ("grid", "log"), ("grid", "")]
)
def test_an_unknown_sampler_or_grid_is_refused_with_the_ones_that_are_allowed(field, value):
    with pytest.raises(InvalidRequest, match="allowed") as refused:
        spec(**{field: value})
    assert refused.value.field == field


def test_pictures_times_steps_is_capped():
    assert spec(count=16, steps=MAX_IMAGE_STEPS // 16).count == 16
    with pytest.raises(InvalidRequest, match="fewer") as refused:
        spec(count=16, steps=MAX_IMAGE_STEPS // 16 + 1)
    assert refused.value.field == "steps"


def test_a_run_of_fewer_steps_than_its_grid_takes_is_refused_in_words():
    assert spec(grid="rho7", steps=7).steps == 7
    with pytest.raises(InvalidRequest, match=r"at least 7 steps, got 2.*grids uniform, half_rho7") as refused:
        spec(grid="rho7", steps=2)
    assert refused.value.field == "steps"
    with pytest.raises(InvalidRequest, match="at least 5 steps, got 4"):
        spec(grid="log_snr", steps=4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"sampler": "heun", "eta": 0.0}, {"sampler": "heun", "eta": 1.0}),
        ({"guidance": 1.0}, {"guidance": 7.0}),  # without a label guidance does nothing
        ({"label": 1, "guidance": 0.0}, {"guidance": 0.0}),  # and at 0 the label does nothing
        ({"label": "square"}, {"label": 1}),
        ({"guidance": 3, "label": 1}, {"guidance": 3.0, "label": 1}),
        ({"steps": 40}, {}),
        ({"label": 1, "guidance": 0.0}, {"label": 1, "guidance": -0.0}),
        ({"label": 1, "guidance": 0.0}, {"label": 1, "guidance": 1e-50}),
        ({"label": 1, "guidance": 1.0}, {"label": 1, "guidance": 1.0 + 1e-9}),
        ({"label": 1, "guidance": 2.0}, {"label": 1, "guidance": 2.0000004}),
        ({"sampler": "ddim", "eta": 0.0}, {"sampler": "ddim", "eta": -0.0}),
    ],
)
def test_requests_for_the_same_pictures_are_the_same_run(one, other):
    assert spec(**one) == spec(**other)
    assert spec(**one).run_id("a") == spec(**other).run_id("a")


def test_requests_for_other_pictures_are_other_runs():
    different: list[dict[str, Any]] = [
        {},
        {"seed": 1},
        {"count": 2},
        {"steps": 41},
        {"sampler": "ddim"},
        {"sampler": "ddim", "eta": 0.25},
        {"grid": "log_snr"},
        {"label": 0},
        {"label": 1},
        {"label": 1, "guidance": 1.0},
    ]
    ids = [spec(**settings).run_id("weights") for settings in different]
    assert len(set(ids)) == len(different)
    assert spec().run_id("weights") != spec().run_id("other weights")


def test_a_model_of_classes_shows_no_attention():
    with pytest.raises(InvalidRequest, match="tiny takes a label, so it has no words to show") as refused:
        spec(attention=True)
    assert refused.value.field == "attention"
    assert spec(attention=False) == spec()
