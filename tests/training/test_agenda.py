from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from app.cards import Card, Defaults
from app.errors import InvalidRequest
from app.training.agenda import FEW, MANY, Options, agenda, headline
from app.training.samples import Setting


def card(sampler: str = "ddim", steps: int = 50, guidance: float = 1.0) -> Card:
    return Card(
        name="digits",
        title="Digits",
        shape=(1, 28, 28),
        classes=tuple("0123456789"),
        schedule="cosine",
        prediction="v",
        t_max=0.999,
        clip=True,
        licence="MIT",
        data="bars",
        data_licence="none",
        sha256="0" * 64,
        network={},
        defaults=Defaults(sampler=sampler, steps=steps, guidance=guidance),
    )


@pytest.mark.parametrize(
    ("defaults", "expected"),
    [
        (("ddim", 20, 1.0), Setting("ddim", 20, 1.0)),
        (("ddim", 50, 1.0), Setting("ddim", 20, 1.0)),
        (("ddim", 50, 2.0), Setting("ddim", 10, 2.0)),
        (("heun", 50, 1.0), Setting("heun", 10, 1.0)),
        (("dpm_solver_pp", 8, 1.0), Setting("dpm_solver_pp", 8, 1.0)),
    ],
)
def test_the_headline_is_the_default_with_no_more_calls_than_allowed(
    defaults: tuple[str, int, float], expected: Setting
) -> None:
    assert headline(card(*defaults), Options()) == expected


def test_the_headline_can_be_chosen_guidance_zero_included() -> None:
    chosen = headline(card(), Options(sampler="dpm_solver_pp", steps=15, guidance=0.0))
    assert chosen == Setting("dpm_solver_pp", 15, 0.0)


def test_a_headline_of_too_many_calls_is_refused_with_the_number() -> None:
    with pytest.raises(InvalidRequest, match="makes 24 network calls a picture") as caught:
        headline(card(), Options(steps=12, guidance=2.0))
    assert caught.value.field == "steps"


def test_the_defaults_are_judged_in_full_even_where_the_headline_is_shorter(tmp_path: Path) -> None:
    _, classes, _ = agenda(card(steps=50, guidance=2.0), Options(), torch.zeros(10_000), tmp_path)
    assert classes.samples.setting == Setting("ddim", 50, 2.0)
    assert torch.bincount(classes.samples.label).tolist() == [100] * 10


def test_classes_asked_for_are_those_of_the_real_pictures(tmp_path: Path) -> None:
    real = torch.randint(10, (10_000,))
    top, _, curve = agenda(card(), Options(), real, tmp_path)
    assert torch.equal(top.samples.label, real)
    assert all(torch.equal(job.samples.label, real[:2_000]) for job in curve)


def test_pictures_are_shared_by_equal_settings_only(tmp_path: Path) -> None:
    options = Options(sampler="ddim", steps=20)
    top, classes, curve = agenda(card(), options, torch.zeros(10_000), tmp_path)
    same = [job for job in curve if job.samples.folder == top.samples.folder]
    assert [job.samples.setting for job in same] == [Setting("ddim", 20, 1.0)]
    assert len({job.samples.folder for job in (*curve, classes)}) == len(curve) + 1
    other_seed, *_ = agenda(card(), replace(options, seed=1), torch.zeros(10_000), tmp_path)
    assert other_seed.samples.folder != top.samples.folder


def test_full_and_quick_curves_hold_few_and_many_steps_of_two_samplers() -> None:
    for options in (Options(), Options().quick()):
        for steps in (FEW, MANY):
            assert len([1 for _, number in options.curve if number == steps]) >= 2
    assert Options().quick().count == 1_000
