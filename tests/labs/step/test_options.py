"""Options of a lab step: the run, the step and the pixel, and a fault for each at the option's name."""

from __future__ import annotations

import pytest

from app.course.directives import Lab
from app.labs.options import BadOptions, MissingModel, Resources
from app.labs.step.options import StepLab, described, fixed, read, run
from tests.labs.readings.asked_cards import CARDS


def lab(**options: str) -> StepLab:
    return read(Lab("step", "lab-1", 1, "", options), Resources(CARDS, {}, (), "some-lesson"))


def test_without_options_the_middle_of_the_models_usual_run_is_on_show() -> None:
    made = lab(model="digits")
    steps = made.player.settings.steps
    assert steps and made.step == steps // 2
    assert (made.x, made.y, made.lesson) == (14, 14, "some-lesson")
    assert made.player.settings.count == 1


def test_every_option_is_read() -> None:
    made = lab(model="digits", sampler="ddpm", steps="50", seed="3", label="1", step="49", x="0", y="27")
    assert (run(made).sampler, run(made).steps, run(made).seed, run(made).label) == ("ddpm", 50, 3, "1")
    assert (made.step, made.x, made.y) == (49, 0, 27)
    assert "sampler" not in fixed(made)
    assert {"steps", "label", "guidance"} <= set(fixed(made))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"step": "50", "steps": "50"}, "step"),
        ({"step": "-1"}, "step"),
        ({"step": "1.5"}, "step"),
        ({"x": "28"}, "x"),
        ({"y": "lots"}, "y"),
        ({"count": "2"}, "count"),
        ({"attention": "true"}, "attention"),
        ({"show": "seed"}, "show"),
        ({"sampler": "fast"}, "sampler"),
        ({"steps": "0"}, "steps"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_fault_is_told_at_its_option(options: dict[str, str], named: str) -> None:
    with pytest.raises(BadOptions) as bad:
        lab(model="digits", **options)
    assert [fault.option for fault in bad.value.faults] == [named]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(BadOptions) as bad:
        lab(model="digits", x="99", y="99", colour="red")
    assert {fault.option for fault in bad.value.faults} == {"x", "y", "colour"}


def test_a_model_that_is_not_here_is_told_as_such_and_with_what_else_is_wrong() -> None:
    with pytest.raises(MissingModel):
        lab(model="nobody")
    with pytest.raises(BadOptions, match="nobody"):
        lab(model="nobody", colour="red")


def test_its_options_are_described_without_those_of_how_a_player_looks() -> None:
    assert {"model", "sampler", "steps", "step", "x", "y"} <= set(described())
    assert not {"count", "attention", "show", "readouts"} & set(described())
