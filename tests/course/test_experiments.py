import pytest
from pydantic import TypeAdapter, ValidationError

from app.course.experiments import Claim, Experiment, Measure

READER = TypeAdapter(Experiment)
ONCE = {"kind": "predict_once", "model": "digits", "picture": "seven.png", "noise": 0.5}
RUN = {"kind": "run", "model": "digits", "steps": 1}


@pytest.mark.parametrize("experiment", [ONCE, RUN, RUN | {"count": 16, "label": "7", "seed": 2**53 - 1}])
def test_a_sound_experiment_is_read(experiment):
    assert READER.validate_python(experiment).model == "digits"


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
