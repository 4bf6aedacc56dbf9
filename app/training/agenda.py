"""What an evaluation samples: its options, the headline setting, and the list of jobs.

The classes asked for are those of the real training pictures that set the floor, so the two sets differ
in nothing but in who drew them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from jaxtyping import Int
from torch import Tensor

from app.cards import Card
from app.errors import InvalidRequest
from app.training.judge import JudgeRecipe
from app.training.samples import Samples, Setting

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
QUICK_CURVE = tuple((sampler, steps) for sampler in ("dpm_solver_pp", "ddim") for steps in (FEW, MANY))
SHORT_CURVE = (("dpm_solver_pp", FEW), ("dpm_solver_pp", MANY), ("ddpm", FEW), ("ddpm", MANY))


@dataclass(frozen=True)
class Options:
    """What to measure, and how much of it.

    Args:
        sampler: of the headline setting; the card's default unless given.
        steps: likewise; unless given, the card's default or as many as `MAX_CALLS` allows.
        guidance: likewise.
        eta: likewise; only DDIM has it.
        count: pictures at the headline setting.
        curve_count: pictures at each point of the curve.
        class_count: pictures at the card's defaults that the second classifier sees.
        curve: the points: sampler and steps, at the headline's guidance and without eta.
        seed: of all pictures.
        batch: pictures that are sampled together.
        judge: how the judge is made.
        second_required: share of the test pictures that the second classifier must get right.
        device: where to compute.
    """

    sampler: str | None = None
    steps: int | None = None
    guidance: float | None = None
    eta: float | None = None
    count: int = 10_000
    curve_count: int = 2_000
    class_count: int = 1_000
    curve: tuple[tuple[str, int], ...] = CURVE
    seed: int = 0
    batch: int = 250
    judge: JudgeRecipe = field(default_factory=JudgeRecipe)
    second_required: float = 0.97
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def quick(self) -> Options:
        """Return the same with a tenth of the pictures and a shorter curve: a look, nothing to publish."""
        return replace(self, count=1_000, curve_count=500, class_count=500, curve=QUICK_CURVE)


@dataclass(frozen=True)
class Job:
    """Pictures to be made and what is measured on them; jobs of one setting share their pictures."""

    samples: Samples
    measurements: tuple[str, ...]


def default_setting(card: Card) -> Setting:
    """Return the setting of a run that leaves everything open."""
    return Setting(card.defaults.sampler, card.defaults.steps, card.defaults.guidance, card.defaults.eta)


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
    card: Card, options: Options, real_labels: Int[Tensor, " batch"], folder: Path
) -> tuple[Job, Job, tuple[Job, ...]]:
    """List what is to be sampled: the headline, the check of classes, and the points of the curve.

    Args:
        card: of the model.
        options: what to measure.
        real_labels: classes of the real pictures that set the floor.
        folder: where pictures are kept.
    """

    def samples(setting: Setting, label: Tensor, order: str) -> Samples:
        place = folder / f"{setting}-{order}-seed{options.seed}"
        return Samples(setting, label, options.seed, place, options.batch)

    setting = headline(card, options)
    in_turn = torch.arange(options.class_count) % len(card.classes)
    points = [replace(setting, sampler=sampler, steps=steps, eta=0.0) for sampler, steps in options.curve]
    return (
        Job(samples(setting, real_labels[: options.count], "as-real"), ("likeness", "originality")),
        Job(samples(default_setting(card), in_turn, "in-turn"), ("second_opinion",)),
        tuple(
            Job(samples(point, real_labels[: options.curve_count], "as-real"), ("likeness",))
            for point in points
        ),
    )
