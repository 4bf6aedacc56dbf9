"""What few calls of a shipped model come to: no deterministic sampler is worse than DDIM with half as many.

The same is tested on the Ring, in `test_ring.py`, at every number of calls; a network has faults that an
exact denoiser has not, and only it draws pictures that can turn white.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import Tensor

from app.cards import Card, find_card
from app.diffusion.checkpoints import denoiser, load_network
from app.diffusion.plan import make_plan
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.sampling import sample
from app.diffusion.schedules import GRIDS, fewest_steps
from app.diffusion.seeds import PictureNoise
from app.engine.conditions import asked

pytestmark = pytest.mark.slow

MODELS = Path(__file__).parents[2] / "models"
SAMPLERS_IN_QUESTION = ("ddim", "dpm_solver_pp", "heun", "flow_euler")
PROMPTS = (
    "a red house on a snowy hill at night with stars",
    "a white boat on the sea at dusk",
    "a yellow windmill on a hill by day with clouds",
    "a blue lighthouse by the sea at night with the moon",
    "the city at night in the rain",
    "a cactus in the snow",
)
"""Several, since of one picture a thing may come or go with the number of steps."""

Pictures = Callable[[str, str, int], Tensor]
"""(sampler, grid, steps) -> pictures, each setting sampled once."""


def pictures_of(name: str, conditions: Callable[[Card], Tensor]) -> Pictures:
    file = find_card(MODELS, name)
    model = denoiser(file, load_network(file))
    condition = conditions(file.card)

    @cache
    def pictures(sampler: str, grid: str, steps: int) -> Tensor:
        plan = make_plan(sampler=sampler, steps=steps, grid=grid)
        noise = [PictureNoise(0, index) for index in range(len(condition))]
        return sample(model, plan, condition, 1.0, noise)

    return pictures


def steps_of(sampler: str, calls: int) -> int:
    """Return how many steps make an odd number of calls, the last step taking a single one."""
    return (calls - 1) // SAMPLERS[sampler].calls_per_step + 1


def further_than_ddim(pictures: Pictures, converged: Tensor, sampler: str, grid: str, calls: int) -> float:
    """Return the distance from the converged picture over that of DDIM with half the calls, rounded down."""

    def distance(sampler: str, steps: int) -> float:
        return (pictures(sampler, grid, steps) - converged).square().mean().sqrt().item()

    return distance(sampler, steps_of(sampler, calls)) / distance("ddim", calls // 2)


@pytest.fixture(scope="module")
def digits() -> Pictures:
    return pictures_of("digits", lambda _card: torch.tensor([3, 8]))


@pytest.fixture(scope="module")
def painter() -> Pictures:
    return pictures_of("painter", lambda card: torch.cat([asked(card, None, text) for text in PROMPTS]))


@pytest.mark.parametrize("grid", GRIDS)
def test_few_calls_of_digits(digits: Pictures, grid: str) -> None:
    converged = digits("dpm_solver_pp", "half_rho7", 64)
    calls = max(5, 2 * fewest_steps(grid) + 1)
    for sampler in SAMPLERS_IN_QUESTION:
        assert further_than_ddim(digits, converged, sampler, grid, calls) <= 1.0, sampler


def test_few_calls_of_digits_are_too_few_for_heun_in_sigma(digits: Pictures) -> None:
    converged = digits("dpm_solver_pp", "half_rho7", 64)
    assert further_than_ddim(digits, converged, "heun_sigma", "uniform", 5) > 1.2


@pytest.mark.soak
@pytest.mark.parametrize("grid", GRIDS)
def test_few_calls_of_the_painter(painter: Pictures, grid: str) -> None:
    converged = painter("dpm_solver_pp", "half_rho7", 200)
    for calls in range(max(5, 2 * fewest_steps(grid) + 1), 20, 4):
        for sampler in SAMPLERS_IN_QUESTION:
            assert further_than_ddim(painter, converged, sampler, grid, calls) <= 1.0, (sampler, calls)


@pytest.mark.soak
def test_on_the_painters_own_grid_heun_is_nearer_than_as_many_steps_of_ddim_and_heun_in_sigma_far_off(
    painter: Pictures,
) -> None:
    converged = painter("dpm_solver_pp", "half_rho7", 200)
    heun, ddim, in_sigma = (
        (painter(sampler, "half_rho7", 10) - converged).square().mean().sqrt().item()
        for sampler in ("heun", "ddim", "heun_sigma")
    )
    assert heun < 0.7 * ddim
    assert in_sigma > 2.0 * ddim
