"""The check of a run that is submitted: all that reading makes passes, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.controls.request import RunRequest
from app.controls.table import CONTROLS, NEUTRAL_GUIDANCE
from app.diffusion.plan import rows_needed
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import GRIDS, fewest_steps
from app.engine.reading import read_run
from app.engine.run import RunSpec, check_spec, read_spec
from app.errors import InvalidRequest
from app.prompts import Vocabulary
from tests.engine.specs import CARD, PAINTER, painting, spec

MOST_NEEDED = max(map(fewest_steps, GRIDS))  # with fewer, some grids refuse: see the cases below
PROMPTS = st.one_of(
    st.none(), st.text(max_size=20), st.lists(st.sampled_from(["sea", "night", "dragon", "a"])).map(" ".join)
)
USUAL = {
    "seed": st.integers(0, 2**53 - 1),
    "count": st.integers(1, 4),
    "sampler": st.sampled_from([None, *SAMPLERS]),
    "steps": st.one_of(st.none(), st.integers(MOST_NEEDED, 800)),
    "guidance": st.one_of(st.none(), st.floats(0, 20), st.sampled_from([0.0, -0.0, 1.0, 1.0 + 1e-9])),
    "eta": st.one_of(st.none(), st.floats(0, 1), st.just(-0.0)),
    "grid": st.sampled_from([None, *GRIDS]),
}
CLASSES = st.fixed_dictionaries(USUAL | {"label": st.sampled_from([None, 0, "square", 2])})
PAINTINGS = st.fixed_dictionaries(
    USUAL | {"prompt": PROMPTS, "negative_prompt": PROMPTS, "attention": st.booleans()}
)


def written(run):
    return json.dumps(asdict(run)).encode()


@given(asked=CLASSES)
@settings(max_examples=150, deadline=None)
def test_every_run_of_a_model_of_classes_passes_and_keeps_its_id(asked):
    run = read_run(RunRequest(model="tiny", **asked), CARD).spec
    check_spec(run, CARD)
    assert read_spec(written(run)) == run
    assert read_spec(written(run)).run_id("weights") == run.run_id("weights")


@pytest.mark.slow
@given(asked=PAINTINGS)
@settings(max_examples=150, deadline=None)
def test_every_run_of_a_model_of_prompts_passes_and_keeps_its_id(asked):
    run = read_run(RunRequest(model="painter", **asked), PAINTER).spec
    check_spec(run, PAINTER)
    assert read_spec(written(run)) == run
    assert read_spec(written(run)).run_id("weights") == run.run_id("weights")


GUIDED = {"prompt": "sea", "negative_prompt": "night", "guidance": 3.0}


@pytest.mark.parametrize(
    ("run", "card", "changes"),
    [
        (spec(label=1), CARD, {"label": 3}),
        (spec(label=1, guidance=2.0), CARD, {"guidance": 0.0}),
        (spec(), CARD, {"guidance": 2.0}),
        (spec(label=1), CARD, {"prompt": "sea"}),
        (spec(label=1), CARD, {"negative_prompt": "sea"}),
        (spec(label=1), CARD, {"attention": True}),
        (spec(sampler="heun"), CARD, {"eta": 0.5}),
        (spec(sampler="ddim"), CARD, {"eta": -0.0}),
        (spec(sampler="ddim"), CARD, {"sampler": "none"}),
        (spec(), CARD, {"grid": "none"}),
        (spec(label=1, guidance=2.0), CARD, {"guidance": 2.00000001}),
        (spec(count=16, steps=200), CARD, {"steps": 201}),
        (spec(grid="rho7", steps=fewest_steps("rho7")), CARD, {"steps": fewest_steps("rho7") - 1}),
        (painting(prompt="sea"), PAINTER, {"label": 0}),
        (painting(prompt="sea"), PAINTER, {"prompt": "ocean"}),
        (painting(prompt="sea"), PAINTER, {"prompt": "sea  night"}),
        (painting(prompt="sea"), PAINTER, {"prompt": " sea"}),
        (painting(prompt="sea"), PAINTER, {"prompt": "sea " * 24 + "sea"}),
        (painting(prompt="sea"), PAINTER, {"prompt": "\ud800"}),
        (painting(**GUIDED), PAINTER, {"negative_prompt": "midnight"}),
        (painting(**GUIDED | {"guidance": 1.0}), PAINTER, {"negative_prompt": "night"}),
        (painting(**GUIDED), PAINTER, {"guidance": 0.0}),
        (painting(), PAINTER, {"guidance": 3.0}),
        (painting(), PAINTER, {"attention": True}),
        (painting(prompt="sea", count=4, attention=True), PAINTER, {"count": 5}),
    ],
)
def test_what_reading_never_makes_is_refused_by_the_name_of_its_field(run, card, changes):
    check_spec(run, card)
    with pytest.raises(InvalidRequest) as refused:
        check_spec(replace(run, **changes), card)
    assert refused.value.field in changes or refused.value.field == "guidance"
    assert str(refused.value)


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.slow
@given(name=st.sampled_from([field.name for field in fields(RunSpec)]), value=JSON_VALUES)
@settings(max_examples=300, deadline=None)
def test_a_field_with_anything_in_it_is_a_run_or_a_refusal_and_never_a_crash(name, value):
    for run, card in ((spec(label=1), CARD), (painting(**GUIDED), PAINTER)):
        body = json.dumps(asdict(run) | {name: value}).encode("utf-8", "surrogatepass")
        try:
            read = read_spec(body)
            check_spec(read, card)
        except InvalidRequest as error:
            assert str(error)
        else:
            padded = read.prompt.split(" ") if read.prompt else []
            assert len(padded) <= 24
            assert read.label is None or read.label < len(card.classes)


def test_a_submitted_prompt_is_not_parsed_again(monkeypatch):
    run = painting(**GUIDED)
    monkeypatch.setattr(Vocabulary, "read", lambda self, text: pytest.fail("a prompt was parsed"))
    check_spec(read_spec(written(run)), PAINTER)


def test_a_specification_has_every_setting_and_no_other():
    assert {field.name for field in fields(RunSpec)} == {"model", *CONTROLS}


def test_guidance_is_neutral_where_one_row_is_enough():
    assert [rows_needed(guidance, conditioned=True) for guidance in NEUTRAL_GUIDANCE] == [1, 1]
    assert rows_needed(1.000001, conditioned=True) == 2
