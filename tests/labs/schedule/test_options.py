"""A schedule lab's options: the defaults, each option, and a fault for each at the option's name."""

from __future__ import annotations

import pytest

from app.course.directives import Lab
from app.labs.noise.picture_options import CREDIT
from app.labs.options import BadOptions, Resources
from app.labs.schedule.options import OPTIONS, ScheduleLab, read


def schedule(**options: str) -> ScheduleLab:
    return read(Lab("schedule", "lab-1", 1, "", options), Resources({}, {}))


def test_without_options_ten_even_steps_stand_on_cosine() -> None:
    lab = schedule()
    assert (lab.schedule, lab.quantity, lab.steps, lab.grid) == ("cosine", "snr", 10, "uniform")
    assert (lab.seed, lab.credit) == (0, CREDIT)


def test_every_option_is_read() -> None:
    lab = schedule(schedule="flow", show="alpha_bar", steps="50", grid="rho7", seed="7")
    assert (lab.schedule, lab.quantity, lab.steps, lab.grid) == ("flow", "alpha_bar", 50, "rho7")
    assert lab.seed == 7


@pytest.mark.parametrize(
    ("option", "text", "what"),
    [
        ("schedule", "sigmoid", "unknown schedule 'sigmoid'; allowed: cosine"),
        ("show", "sigma", "unknown show 'sigma'; allowed: snr, alpha_bar"),
        ("grid", "even", "unknown grid 'even'; allowed: uniform"),
        ("steps", "0", "from 1 to 50, got '0'"),
        ("steps", "51", "from 1 to 50, got '51'"),
        ("steps", "ten", "from 1 to 50, got 'ten'"),
        ("steps", "\u0661", "from 1 to 50"),
        ("seed", "-1", "seed must be a whole number"),
        ("picture", "gone.png", "there is no picture 'gone.png'"),
        ("alt", "a seven", "there is no option 'picture'"),
    ],
)
def test_a_fault_is_told_at_its_option(option: str, text: str, what: str) -> None:
    with pytest.raises(BadOptions) as caught:
        schedule(**{option: text})
    faults = [fault.what for fault in caught.value.faults if fault.option == option]
    assert any(what in fault for fault in faults)


def test_a_grid_has_its_fewest_steps() -> None:
    with pytest.raises(BadOptions) as caught:
        schedule(grid="rho7", steps="6")
    assert [fault.what for fault in caught.value.faults] == ["the grid rho7 takes 7 steps or more"]
    assert schedule(grid="rho7", steps="7").steps == 7


def test_all_faults_are_told_together_and_an_unknown_option_is_one() -> None:
    with pytest.raises(BadOptions) as caught:
        schedule(steps="0", colour="red", grid="even")
    assert len(caught.value.faults) == 3
    assert "colour" not in OPTIONS
