"""What an evaluation samples: its options, the headline setting, and the list of jobs.

What is asked for is what the real pictures show that set the floor, so the two sets differ in nothing but
in who drew them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from app.cards import Card
from app.diffusion.schedules import fewest_steps
from app.errors import InvalidRequest
from app.training.aspects import UNSAID, Asked
from app.training.judge import JudgeRecipe
from app.training.landscapes.prompts import SHEET, Prompts, rows_of
from app.training.samples import Samples, Setting
from app.training.targets import TARGETS

MAX_CALLS = 20
"""Network calls a picture that the headline setting may make."""

FEW, MANY = 10, 100
"""The numbers of steps whose Fréchet distances are compared."""

CURVE = (
    *(("dpm_solver_pp", steps) for steps in (FEW, MANY, 5, 20)),
    *(("ddim", steps) for steps in (FEW, MANY, 5, 20)),
    *(("ddpm", steps) for steps in (FEW, MANY, 20)),
    *(("flow_euler", steps) for steps in (FEW, 20)),
    *(("heun", steps) for steps in (5, FEW)),
)
QUICK_CURVE = (("dpm_solver_pp", FEW), ("ddim", FEW), ("dpm_solver_pp", MANY))
SHORT_CURVE = (("dpm_solver_pp", FEW), ("dpm_solver_pp", MANY), ("ddpm", FEW), ("ddpm", MANY))


@dataclass(frozen=True)
class DrawingCounts:
    """How much is drawn for a model that learns from drawings, and how often it is put to the test.

    Args:
        lessons: drawings that the judge learns from.
        exam: drawings that tell whether it is fit to judge.
        train: drawings of training, among which nearest neighbours are looked for.
        seen: prompts for scenes that training may show.
        each_pair: prompts for each held-out pair.
        side_open: prompts that leave the side of the thing open.
        each_shown: pictures of each prompt on the sheet.
    """

    lessons: int = 16_000
    exam: int = 4_000
    train: int = 20_000
    seen: int = 600
    each_pair: int = 30
    side_open: int = 300
    each_shown: int = 6


@dataclass(frozen=True)
class Options:
    """What to measure, and how much of it.

    Args:
        sampler: of the headline setting; the card's default unless given.
        steps: likewise; unless given, the card's default or as many as `MAX_CALLS` allows.
        guidance: likewise.
        eta: likewise; only DDIM has it.
        grid: likewise.
        count: pictures at the headline setting.
        curve_count: pictures at each point of the curve.
        class_count: pictures at the card's defaults that the second classifier sees.
        curve: the points: sampler and steps, at the headline's guidance and grid and without eta; a point
            of fewer steps than that grid takes is left out.
        seed: of all pictures.
        batch: pictures that are sampled together.
        judge: how the judge is made.
        second_required: share of the test pictures that the second classifier must get right.
        drawn: for models that learn from drawings.
        device: where to compute.
    """

    sampler: str | None = None
    steps: int | None = None
    guidance: float | None = None
    eta: float | None = None
    grid: str | None = None
    count: int = 10_000
    curve_count: int = 2_000
    class_count: int = 1_000
    curve: tuple[tuple[str, int], ...] = CURVE
    seed: int = 0
    batch: int = 250
    judge: JudgeRecipe = field(default_factory=JudgeRecipe)
    second_required: float = 0.97
    drawn: DrawingCounts = field(default_factory=DrawingCounts)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def quick(self) -> Options:
        """Return the same with few pictures and a short curve: a look, nothing to publish."""
        return replace(
            self,
            count=400,
            curve_count=50,
            class_count=200,
            curve=QUICK_CURVE,
            drawn=replace(self.drawn, train=4_000, seen=48, each_pair=4, side_open=48, each_shown=3),
        )


@dataclass(frozen=True)
class Job:
    """Pictures to be made and what is measured on them; jobs of one setting share their pictures.

    Args:
        samples: the pictures.
        asked: what they are asked to show.
        measurements: names of what is measured.
        prompts: the prompts they are made for, where obedience is measured.
    """

    samples: Samples
    asked: Asked
    measurements: tuple[str, ...]
    prompts: Prompts | None = None


@dataclass(frozen=True)
class Agenda:
    """All jobs of an evaluation.

    Args:
        headline: at the one setting at which the full number of pictures is measured.
        curve: the points of the curve.
        defaults: at the card's default settings, by name: what users get.
    """

    headline: Job
    curve: tuple[Job, ...]
    defaults: Mapping[str, Job]

    @property
    def jobs(self) -> list[Job]:
        """Every job, in the order in which they are done."""
        return [self.headline, *self.defaults.values(), *self.curve]


def default_setting(card: Card) -> Setting:
    """Return the setting of a run that leaves everything open."""
    return Setting(**card.defaults.model_dump())


def headline(card: Card, options: Options) -> Setting:
    """Choose the one setting at which the full number of pictures is measured.

    Raises:
        InvalidRequest: the setting asked for makes more than `MAX_CALLS` network calls a picture.
    """
    default = default_setting(card)
    setting = replace(
        default,
        sampler=options.sampler or default.sampler,
        steps=default.steps if options.steps is None else options.steps,
        guidance=default.guidance if options.guidance is None else options.guidance,
        eta=default.eta if options.eta is None else options.eta,
        grid=options.grid or default.grid,
    )
    while options.steps is None and setting.calls > MAX_CALLS and setting.steps > 1:
        setting = replace(setting, steps=setting.steps - 1)
    if setting.calls > MAX_CALLS:
        raise InvalidRequest(
            f"{setting} makes {setting.calls} network calls a picture; the headline setting may make "
            f"{MAX_CALLS}: take fewer steps (guidance other than 0 and 1 doubles the calls)",
            "steps",
        )
    return setting


def agenda(
    card: Card, options: Options, asked: Asked, prompts: Mapping[str, Prompts], folder: Path
) -> Agenda:
    """List what is to be sampled: the headline, the points of the curve, and what users get.

    Args:
        card: of the model.
        options: what to measure.
        asked: what the real pictures show that set the floor.
        prompts: sets of prompts that a prompted model is to obey.
        folder: where pictures are kept.
    """

    def job(setting: Setting, wanted: Asked, order: str, what: tuple[str, ...]) -> Job:
        if order != "as-real":  # of which fewer are the first ones of more
            order = f"{order}-{len(wanted)}"
        place = folder / f"{setting}-{order}-seed{options.seed}"
        return Job(Samples(setting, wanted.condition, options.seed, place, options.batch), wanted, what)

    top, default = headline(card, options), default_setting(card)
    points = [
        replace(top, sampler=sampler, steps=steps, eta=0.0)
        for sampler, steps in options.curve
        if steps >= fewest_steps(top.grid)
    ]
    few = asked.first(options.curve_count)
    defaults: dict[str, Job] = {}
    if "second_opinion" in {target.key for target in TARGETS.get(card.name, ())}:
        in_turn = _in_turn(len(card.classes), options.class_count)
        defaults = {"classes": job(default, in_turn, "in-turn", ("second_opinion",))}
    elif card.vocabulary is not None:
        defaults = {
            name: replace(job(default, wanted.asked, name, ("obedience",)), prompts=wanted)
            for name, wanted in prompts.items()
        }
        defaults["sheet"] = job(default, _shown(options.drawn.each_shown), "sheet", ("sheet",))
    return Agenda(
        job(top, asked.first(options.count), "as-real", ("likeness", "originality")),
        tuple(job(point, few, "as-real", ("likeness",)) for point in points),
        defaults,
    )


def _in_turn(classes: int, count: int) -> Asked:
    """Ask for all classes in turn."""
    label = torch.arange(count) % classes
    return Asked(label, label[:, None])


def _shown(each: int) -> Asked:
    """Ask for the prompts of the sheet, each some times in a row; nobody judges what comes."""
    rows = rows_of(SHEET).repeat_interleave(each, dim=0)
    return Asked(rows, torch.full((len(rows), 1), UNSAID))
