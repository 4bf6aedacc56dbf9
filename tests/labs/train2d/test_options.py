"""Options of a train2d lab: the defaults, each option, and a fault for each at the option's name."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from app.course.directives import Lab
from app.engine.points.spec import LOOPS, PRESETS, SCHEDULE_NAMES, TARGETS
from app.labs.options import BadOptions, Resources
from app.labs.train2d.options import BESIDE, NO, OPTIONS, OWN, YES, Train2d, read
from app.labs.train2d.view import CHOICES, POINTS, view


def lab(**options: str) -> Train2d:
    return read(Lab("train2d", "lab-1", 1, "", options), Resources({}, {}))


def test_without_options_the_ring_is_learnt_with_the_servers_own_defaults() -> None:
    assert asdict(lab()) == {
        "points": "ring",
        "target": "x0",
        "schedule": "flow",
        "level_told": "yes",
        "loop": "random",
        "updates": 3000,
        "beside": "none",
        "seed": 0,
    }


def test_every_option_is_read() -> None:
    given = {
        "points": "own",
        "target": "v",
        "schedule": "cosine",
        "level_told": "no",
        "loop": "cycled",
        "updates": "10",
        "beside": "eps",
        "seed": "7",
    }
    assert asdict(lab(**given)) == given | {"updates": 10, "seed": 7}
    assert set(given) == set(OPTIONS)


@pytest.mark.parametrize(
    ("option", "text", "what"),
    [
        ("points", "moons", "unknown points 'moons'; allowed: ring, two_moons, letters, own"),
        ("target", "score", "unknown target 'score'; allowed: x0, eps, v"),
        ("schedule", "sigmoid", "allowed: flow, cosine, linear"),
        ("level_told", "true", "unknown level_told 'true'; allowed: yes, no"),
        ("loop", "up", "allowed: random, cycled, rising, falling"),
        ("updates", "9", "updates must be a whole number from 10 to 6000, got '9'"),
        ("updates", "6001", "from 10 to 6000, got '6001'"),
        ("updates", "1e3", "from 10 to 6000"),
        ("updates", "\u0661\u0660", "from 10 to 6000"),
        ("seed", "-1", "seed must be a whole number from 0"),
        ("beside", "blind", "unknown beside 'blind'; allowed: none, rising"),
        ("beside", "random", "beside random is the same training: its loop is random already"),
        ("speed", "2", "unknown option 'speed' of the lab 'train2d'; it takes points, target"),
    ],
)
def test_a_fault_is_told_at_its_option(option: str, text: str, what: str) -> None:
    with pytest.raises(BadOptions) as caught:
        lab(**{option: text})
    (fault,) = caught.value.faults
    assert fault.option == option
    assert what in fault.what


def test_all_faults_are_told_together() -> None:
    with pytest.raises(BadOptions) as caught:
        lab(points="x", updates="y", seed="z")
    assert [fault.option for fault in caught.value.faults] == ["points", "updates", "seed"]


def test_the_menus_have_every_value_that_the_server_takes_and_no_other() -> None:
    assert tuple(POINTS) == (*PRESETS, OWN)
    allowed = {"target": TARGETS, "schedule": SCHEDULE_NAMES, "level_told": (YES, NO), "loop": LOOPS}
    assert {name: tuple(values) for name, (_, values) in CHOICES.items()} == allowed
    assert all(value in allowed[name] for name, value in BESIDE.values())


def test_the_lessons_own_number_of_updates_is_among_the_choices() -> None:
    def updates(**options: str) -> list[int]:
        made = Lab("train2d", "lab-1", 1, "", options)
        return list(view(made, read(made, Resources({}, {})), Resources({}, {})).updates)

    assert updates() == [10, 100, 500, 1500, 3000, 6000]
    assert updates(updates="250") == [10, 100, 250, 500, 1500, 3000, 6000]
