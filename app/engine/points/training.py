"""One training under way: its examples, its network, what judges it, and when it has something to show."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from app.diffusion.seeds import picture_generator
from app.engine.points.datasets import mixture_of
from app.engine.points.exact import ExactDenoiser
from app.engine.points.examples import Examples, ExampleStream, noisy
from app.engine.points.levels import Scales, level_times, target_of
from app.engine.points.network import Network, learning_rate
from app.engine.points.spec import FEWEST_UPDATES, LEVELS, TrainingSpec

ASIDE = 0
"""The seed of the points that a training is judged on: the same ones for every training on this data."""

JUDGED, JUDGED_OF_MANY = 512, 128
"""Points at each level on which a training is judged, with the same noise every time; the second where the
data have more than `MANY` centres, each of which the exact denoiser weighs."""

MANY = 200

SHOWN = 128
"""Points that are sampled for each report, from the same noise every time."""

PRINTS = 10
"""Of so many updates, the first ones, the loss is kept one by one."""

FIRST_REPORTS = (0, 10, 30, 60, 100)
REPORTS = 15
FEWEST_BETWEEN = 25
"""Updates from one report to the next, at least."""


@dataclass(frozen=True)
class Aside:
    """What is kept aside: a training is judged by it, and samples from it.

    Attributes:
        examples: one row of examples a level.
        floor: error of the exact denoiser at each level, on the scale of the training's target.
        blind_floor: that of the best one on average where the level is not told.
        data: points as they are learnt from.
        start_noise: where samples begin.
    """

    examples: Examples
    floor: Float[Tensor, " levels"]
    blind_floor: Float[Tensor, " levels"]
    data: Float[Tensor, "shown 2"]
    start_noise: Float[Tensor, "shown 2"]


@dataclass
class Tally:
    """Losses since the last report."""

    errors: list[Float[Tensor, "update row"]] = field(default_factory=list)
    levels: list[Int[Tensor, "update row"]] = field(default_factory=list)

    def by_level(self) -> list[float | None]:
        """Return the mean loss at each level, None where there was no example, and begin anew."""
        errors, levels = (torch.cat(parts).flatten() for parts in (self.errors, self.levels))
        sums = torch.zeros(LEVELS).scatter_add_(0, levels, errors)
        counts = torch.zeros(LEVELS).scatter_add_(0, levels, torch.ones_like(errors))
        self.errors, self.levels = [], []
        return [
            total / count if count else None
            for total, count in zip(sums.tolist(), counts.tolist(), strict=True)
        ]


@dataclass(frozen=True)
class Print:
    """What a loop prints after an update: the loss before it, and that of the exact denoiser in its place."""

    t: float | None
    loss: float
    exact: float


class Training:
    """A training between its first update and its last.

    Args:
        spec: what is trained.
    """

    def __init__(self, spec: TrainingSpec) -> None:
        self.spec = spec
        mixture = mixture_of(spec)
        centres = torch.tensor(mixture.centres, dtype=torch.float32)
        self.exact = ExactDenoiser(centres, mixture.std)
        self.network = Network.new(picture_generator(spec.seed, 0))
        self.stream = ExampleStream(spec, centres, mixture.std, picture_generator(spec.seed, 1))
        self.aside = kept_aside(replace(spec, loop="random", updates=FEWEST_UPDATES, seed=ASIDE))
        self.tally = Tally()
        self.prints: list[Print] = []
        self.reports = 0
        self._due = report_updates(spec.updates)

    @property
    def is_finished(self) -> bool:
        """All updates are made."""
        return self.network.updates >= self.spec.updates

    @property
    def is_due(self) -> bool:
        """A report should be made before the next update."""
        return self.reports < len(self._due) and self.network.updates >= self._due[self.reports]

    @property
    def until_due(self) -> int:
        """Updates that may be made before the next report."""
        return self._due[self.reports] - self.network.updates

    def rates(self, updates: int) -> list[float]:
        """Return the learning rates of the next updates."""
        now = self.network.updates
        return [learning_rate(update, self.spec.updates) for update in range(now, now + updates)]

    def note(self, examples: Examples, errors: Float[Tensor, "update row"]) -> None:
        """Take note of the losses of the updates that were just made."""
        self.tally.errors.append(errors)
        self.tally.levels.append(examples.levels)
        first = self.network.updates - len(errors)
        for place in range(min(len(errors), max(0, PRINTS - first))):
            is_one_level = self.spec.loop != "random"
            t = examples.t[place, 0].item() if is_one_level else None
            exact = self.exact_errors(examples.between(place, place + 1)).mean().item()
            self.prints.append(Print(t, errors[place].mean().item(), exact))

    def exact_errors(self, examples: Examples) -> Float[Tensor, "update row"]:
        """Return the errors of the exact denoiser on the scale of the training's target."""
        return _exact_errors(self.spec, self.exact, examples)


@functools.lru_cache(maxsize=16)
def kept_aside(spec: TrainingSpec) -> Aside:
    """Draw what trainings on the same data, with the same schedule and target, have in common.

    Args:
        spec: of one of them, with `loop`, `updates` and `seed` the same for all.
    """
    mixture = mixture_of(spec)
    centres = torch.tensor(mixture.centres, dtype=torch.float32)
    exact = ExactDenoiser(centres, mixture.std)
    stream = ExampleStream(spec, centres, mixture.std, picture_generator(spec.seed, 2))
    shape = (LEVELS, JUDGED if len(centres) <= MANY else JUDGED_OF_MANY)
    times = level_times()[:, None].expand(shape)
    examples = noisy(spec, stream.points(shape), stream.noise(shape), times)
    blind = exact.blind(examples.x_t.flatten(0, 1), spec).view_as(examples.targets)
    blind_floor = (blind - examples.targets).square().mean(dim=(1, 2))
    floor = _exact_errors(spec, exact, examples).mean(dim=1)
    return Aside(examples, floor, blind_floor, stream.points((SHOWN,)), stream.noise((SHOWN,)))


def _exact_errors(
    spec: TrainingSpec, exact: ExactDenoiser, examples: Examples
) -> Float[Tensor, "update row"]:
    x_t, t, targets = (part.flatten(0, 1) for part in (examples.x_t, examples.t, examples.targets))
    scales = Scales.of(spec.schedule, t)
    x0_hat = exact.estimate(x_t, scales)
    given = target_of(spec, x0_hat, (x_t - scales.signal * x0_hat) / scales.noise, scales)
    return (given - targets).square().mean(dim=1).view_as(examples.t)


def report_updates(updates: int) -> tuple[int, ...]:
    """Return after how many updates reports are made: often at first, then evenly, and at the end."""
    every = max(FEWEST_BETWEEN, math.ceil(updates / REPORTS))
    evenly = range(every, updates, every)
    return tuple(sorted({*(at for at in FIRST_REPORTS if at < updates), *evenly, updates}))
