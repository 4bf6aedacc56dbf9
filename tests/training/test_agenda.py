from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from app.cards import Card, Defaults
from app.errors import InvalidRequest
from app.training.agenda import FEW, MANY, Agenda, DrawingCounts, Options, agenda, headline
from app.training.aspects import Asked
from app.training.landscapes.prompts import SHEET, held_out_prompts, seen_prompts, side_open_prompts
from app.training.landscapes.words import VOCABULARY
from app.training.samples import Setting
from tests.cards import made_up_card


def card(sampler: str = "ddim", steps: int = 50, guidance: float = 1.0) -> Card:
    defaults = Defaults(sampler=sampler, steps=steps, guidance=guidance)
    return made_up_card("digits", (1, 28, 28), defaults, classes=tuple("0123456789"))


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


def test_the_headline_has_the_grid_of_the_card_or_another_and_its_pictures_a_place_of_their_own() -> None:
    usual, other = headline(card(), Options()), headline(card(), Options(grid="rho7"))
    assert (usual.grid, other.grid) == ("uniform", "rho7")
    assert (str(usual), str(other)) == ("ddim-20-guidance1", "ddim-20-guidance1-rho7")
    with pytest.raises(
        InvalidRequest, match="unknown grid 'square'; allowed: uniform, log_snr, rho7, half_rho7"
    ):
        headline(card(), Options(grid="square"))


def test_a_headline_of_too_many_calls_is_refused_with_the_number() -> None:
    with pytest.raises(InvalidRequest, match="makes 24 network calls a picture") as caught:
        headline(card(), Options(steps=12, guidance=2.0))
    assert caught.value.field == "steps"


def plan(card: Card, options: Options, folder: Path, label: Tensor | None = None) -> Agenda:
    """Make the agenda of a model of classes."""
    label = torch.zeros(10_000, dtype=torch.int64) if label is None else label
    return agenda(card, options, Asked(label, label[:, None]), {}, folder)


def test_the_defaults_are_judged_in_full_even_where_the_headline_is_shorter(tmp_path: Path) -> None:
    classes = plan(card(steps=50, guidance=2.0), Options(), tmp_path).defaults["classes"]
    assert classes.samples.setting == Setting("ddim", 50, 2.0)
    assert torch.bincount(classes.samples.condition).tolist() == [100] * 10


def test_classes_asked_for_are_those_of_the_real_pictures(tmp_path: Path) -> None:
    real = torch.randint(10, (10_000,))
    jobs = plan(card(), Options(), tmp_path, real)
    assert torch.equal(jobs.headline.samples.condition, real)
    assert all(torch.equal(job.samples.condition, real[:2_000]) for job in jobs.curve)
    assert torch.equal(jobs.curve[0].asked.shown[:, 0], real[:2_000])


def test_pictures_are_shared_by_equal_settings_only(tmp_path: Path) -> None:
    options = Options(sampler="ddim", steps=20)
    jobs = plan(card(), options, tmp_path)
    same = [job for job in jobs.curve if job.samples.folder == jobs.headline.samples.folder]
    assert [job.samples.setting for job in same] == [Setting("ddim", 20, 1.0)]
    assert len({job.samples.folder for job in jobs.jobs}) == len(jobs.jobs) - 1
    other_seed = plan(card(), replace(options, seed=1), tmp_path)
    assert other_seed.headline.samples.folder != jobs.headline.samples.folder


def test_full_and_quick_curves_hold_few_and_many_steps() -> None:
    for options in (Options(), Options().quick()):
        assert {FEW, MANY} <= {steps for _, steps in options.curve}
    assert len({sampler for sampler, steps in Options().curve if steps == MANY}) >= 2


def test_points_of_fewer_steps_than_the_headlines_grid_takes_are_left_out_of_the_curve(
    tmp_path: Path,
) -> None:
    steps = {
        grid: [job.samples.setting.steps for job in plan(card(), Options(grid=grid), tmp_path).curve]
        for grid in ("uniform", "rho7")
    }
    assert min(steps["uniform"]) == 5
    assert steps["rho7"] == [number for number in steps["uniform"] if number >= 7]


def test_a_quick_look_has_few_pictures_and_the_same_judge() -> None:
    quick = Options().quick()
    assert quick.count == 400
    assert quick.judge == Options().judge and quick.drawn.lessons == Options().drawn.lessons


def test_a_prompted_model_is_put_prompts_at_its_default_settings_and_no_classes(tmp_path: Path) -> None:
    words = {name: tuple(entries) for name, entries in VOCABULARY.kinds.items()}
    prompted = card(steps=50, guidance=2.0).model_copy(
        update={"name": "painter", "classes": (), "words": words}
    )
    prompts = {"seen": seen_prompts(3), "held_out": held_out_prompts(1), "side_open": side_open_prompts(2)}
    options = Options(count=2, curve_count=1, drawn=DrawingCounts(each_shown=4))
    jobs = agenda(prompted, options, prompts["seen"].asked, prompts, tmp_path)
    assert list(jobs.defaults) == ["seen", "held_out", "side_open", "sheet"]
    assert {job.samples.setting for job in jobs.defaults.values()} == {Setting("ddim", 50, 2.0)}
    assert torch.equal(jobs.defaults["held_out"].samples.condition, prompts["held_out"].asked.condition)
    sheet = jobs.defaults["sheet"].samples.condition
    assert len(sheet) == 4 * len(SHEET)
    assert torch.equal(sheet[4], sheet[7]) and not torch.equal(sheet[3], sheet[4])
    assert torch.equal(jobs.headline.samples.condition, prompts["seen"].asked.condition[:2])
