import pytest
from pydantic import TypeAdapter, ValidationError

from app.cards import Card, Defaults
from app.controls.request import RunRequest
from app.controls.table import MAX_COUNT, MAX_IMAGE_STEPS, broken_rules
from app.course.experiments import Claim, Experiment, Measure, PlayerRun
from app.ranges import MAX_STEPS
from tests.cards import made_up_card

READER = TypeAdapter(Experiment)
ONCE = {"kind": "predict_once", "model": "digits", "picture": "seven.png", "noise": 0.5}
RUN = {"kind": "run", "model": "digits", "steps": 1}


PAINTING = {
    "kind": "run",
    "model": "painter",
    "prompt": "a red house",
    "negative_prompt": "fog",
    "guidance": 3,
}


@pytest.mark.parametrize(
    "experiment",
    [ONCE, RUN, RUN | {"count": 16, "label": "7", "seed": 2**53 - 1, "grid": "rho7"}],
)
def test_a_sound_experiment_is_read(experiment):
    assert READER.validate_python(experiment).model == "digits"


def test_a_run_asks_for_all_that_it_sets():
    run = READER.validate_python(PAINTING | {"grid": "rho7", "steps": 5})
    assert isinstance(run, PlayerRun)
    assert run.request() == RunRequest(
        model="painter", prompt="a red house", negative_prompt="fog", guidance=3.0, grid="rho7", steps=5
    )


def test_an_experiment_may_rest_on_several_claims():
    claims = [
        {"measure": "change_with_next_seed", "above": 20},
        {"measure": "change_when_repeated", "below": 1},
    ]
    read = READER.validate_python(RUN | {"claims": claims})
    assert [claim.measure for claim in read.claims] == ["change_with_next_seed", "change_when_repeated"]


def test_a_spread_takes_more_than_one_picture():
    claims = [{"measure": "spread_against_50_steps", "below": 0.5}]
    assert READER.validate_python(RUN | {"claims": claims, "count": 2})
    with pytest.raises(ValidationError, match="spread_against_50_steps needs a count of 2 or more"):
        READER.validate_python(RUN | {"claims": claims})


@pytest.mark.parametrize(
    ("measure", "changes"),
    [
        (Measure.SPREAD_AGAINST_50_STEPS, {"steps": 50}),
        (Measure.CHANGE_WHEN_REPEATED, {}),
        (Measure.CHANGE_WITH_NEXT_SEED, {"seed": 4}),
    ],
)
def test_each_measure_names_the_run_that_it_compares_with(measure, changes):
    settings = RUN | {"seed": 3, "count": 2}
    run = READER.validate_python(settings)
    assert isinstance(run, PlayerRun)
    assert run.compared_with(measure) == READER.validate_python(settings | changes)


def card(steps: int = 4) -> Card:
    return made_up_card(
        "digits", (1, 8, 8), Defaults(sampler="ddim", steps=steps, guidance=1.0), classes=("7",)
    )


@pytest.mark.parametrize(
    ("count", "steps", "beside"),
    [(1, 1, 2), (2, 1, 3), (MAX_COUNT, 1, MAX_COUNT - 1), (7, 400, 8), (8, 400, 7), (1, MAX_STEPS, 2)],
)
def test_a_repetition_is_shown_by_another_run_of_the_same_noise(count, steps, beside):
    run = PlayerRun(kind="run", model="digits", seed=3, count=count, steps=steps)
    other = run.shown_beside(Measure.CHANGE_WHEN_REPEATED, card())
    assert other == run.model_copy(update={"count": beside})


def test_a_repetition_in_the_steps_of_the_card_keeps_to_the_rules_too():
    run = PlayerRun(kind="run", model="digits", count=8)
    assert run.shown_beside(Measure.CHANGE_WHEN_REPEATED, card(steps=400)).count == 7
    assert run.shown_beside(Measure.CHANGE_WHEN_REPEATED, card(steps=300)).count == 9


@pytest.mark.parametrize("count", range(1, MAX_COUNT + 1))
@pytest.mark.parametrize("measure", Measure)
def test_beside_every_run_that_is_allowed_one_can_be_shown(count, measure):
    most = min(MAX_STEPS, MAX_IMAGE_STEPS // count)
    for steps in {1, most // 2, MAX_IMAGE_STEPS // (count + 1), most} & set(range(1, most + 1)):
        run = PlayerRun(kind="run", model="digits", count=count, steps=steps)
        other = run.shown_beside(measure, card())
        assert 1 <= other.count <= MAX_COUNT
        assert list(broken_rules(other.count, other.steps or 0, "uniform")) == []


def test_other_measures_are_shown_by_the_run_that_they_name():
    run = PlayerRun(kind="run", model="digits", seed=3, count=2, steps=1)
    for measure in (Measure.SPREAD_AGAINST_50_STEPS, Measure.CHANGE_WITH_NEXT_SEED):
        assert run.shown_beside(measure, card()) == run.compared_with(measure) != run


@pytest.mark.parametrize(
    "experiment",
    [
        ONCE | {"noise": 0},
        ONCE | {"noise": float("inf")},
        ONCE | {"steps": 3},
        ONCE | {"kind": "train"},
        RUN | {"seed": -1},
        RUN | {"seed": 2**53},
        RUN | {"count": 17},
        RUN | {"steps": 0},
        RUN | {"steps": 1001},
        RUN | {"guidance": -0.1},
        RUN | {"guidance": 20.1},
        RUN | {"eta": 1.1},
        RUN | {"prompt": "a" * 501},
        RUN | {"steps": "3"},
        RUN | {"attention": True},
        RUN | {"picture": "seven.png"},
    ],
)
def test_an_experiment_that_cannot_be_run_is_refused(experiment):
    with pytest.raises(ValidationError):
        READER.validate_python(experiment)


def test_a_claim_needs_a_bound():
    with pytest.raises(ValidationError, match="needs a bound"):
        Claim(measure=Measure.ERROR_LEFT)


@pytest.mark.parametrize(
    ("measured", "holds"), [(0.1, False), (0.2, False), (0.3, True), (0.5, False), (float("nan"), False)]
)
def test_a_claim_holds_strictly_between_its_bounds(measured, holds):
    assert Claim(measure=Measure.ERROR_LEFT, above=0.2, below=0.5).holds(measured) is holds
