from __future__ import annotations

import pytest
import torch

from app.diffusion import predictions
from app.diffusion.guidance import guide
from app.diffusion.plan import rows_needed

torch.manual_seed(0)
UNCONDITIONAL, CONDITIONAL, X_T = torch.randn(3, 2, 1, 3, 3, dtype=torch.float64)


def strength(value: float) -> torch.Tensor:
    return torch.full((2, 1, 1, 1), value, dtype=torch.float64)


def test_guidance_0_ignores_the_condition() -> None:
    assert torch.equal(guide(UNCONDITIONAL, CONDITIONAL, strength(0.0)), UNCONDITIONAL)


def test_guidance_1_is_the_plain_conditional_estimate() -> None:
    torch.testing.assert_close(guide(UNCONDITIONAL, CONDITIONAL, strength(1.0)), CONDITIONAL)


def test_guidance_above_1_goes_beyond_the_conditional_estimate() -> None:
    guided = guide(UNCONDITIONAL, CONDITIONAL, strength(3.0))
    torch.testing.assert_close(guided - CONDITIONAL, 2.0 * (CONDITIONAL - UNCONDITIONAL))


def test_each_picture_has_its_own_guidance() -> None:
    both = guide(
        UNCONDITIONAL, CONDITIONAL, torch.tensor([0.0, 2.0], dtype=torch.float64)[:, None, None, None]
    )
    assert torch.equal(both[0], UNCONDITIONAL[0])
    torch.testing.assert_close(both[1], 2.0 * CONDITIONAL[1] - UNCONDITIONAL[1])


@pytest.mark.parametrize("guidance", [0.0, 0.5, 1.0, 4.0])
def test_guiding_v_is_guiding_the_clean_picture(guidance: float) -> None:
    scales = (strength(0.6), strength(0.8))
    weight = strength(guidance)
    from_guided_v = predictions.x0_from_v(X_T, guide(UNCONDITIONAL, CONDITIONAL, weight), *scales)
    unconditional, conditional = (
        predictions.x0_from_v(X_T, v, *scales) for v in (UNCONDITIONAL, CONDITIONAL)
    )
    torch.testing.assert_close(from_guided_v, guide(unconditional, conditional, weight))


@pytest.mark.parametrize(
    ("guidance", "conditioned", "rows"),
    [(0.0, True, 1), (1.0, True, 1), (0.5, True, 2), (4.0, True, 2), (4.0, False, 1), (0.0, False, 1)],
)
def test_two_rows_are_needed_only_when_both_estimates_count(
    guidance: float, conditioned: bool, rows: int
) -> None:
    assert rows_needed(guidance, conditioned) == rows
