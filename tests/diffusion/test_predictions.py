"""Round trips between every pair of predictions: what one of them says, each other one says too."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from app.diffusion import predictions

torch.manual_seed(0)
X0 = torch.rand(3, 2, 4, 5, dtype=torch.float64) * 2.0 - 1.0
EPS = torch.randn(3, 2, 4, 5, dtype=torch.float64)


def column(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None, None, None]


def x0_and_eps(
    kind: str, x_t: Tensor, predicted: Tensor, signal: Tensor, noise: Tensor
) -> tuple[Tensor, Tensor]:
    """Recover both from one prediction; a velocity belongs to the straight path, where noise is t."""
    if kind == "x0":
        return predicted, predictions.eps_from_x0(x_t, predicted, signal, noise)
    if kind == "eps":
        return predictions.x0_from_eps(x_t, predicted, signal, noise), predicted
    if kind == "v":
        return (
            predictions.x0_from_v(x_t, predicted, signal, noise),
            predictions.eps_from_v(x_t, predicted, signal, noise),
        )
    return (
        predictions.x0_from_velocity(x_t, predicted, noise),
        predictions.eps_from_velocity(x_t, predicted, noise),
    )


def prediction(kind: str, x0: Tensor, eps: Tensor, signal: Tensor, noise: Tensor) -> Tensor:
    if kind == "v":
        return predictions.v_from_x0_eps(x0, eps, signal, noise)
    if kind == "velocity":
        return predictions.velocity_from_x0_eps(x0, eps)
    return {"x0": x0, "eps": eps}[kind]


def assert_round_trip(first: str, second: str, signal: Tensor, noise: Tensor) -> None:
    x_t = signal * X0 + noise * EPS
    there = prediction(first, X0, EPS, signal, noise)
    other = prediction(second, *x0_and_eps(first, x_t, there, signal, noise), signal, noise)
    x0, eps = x0_and_eps(second, x_t, other, signal, noise)
    back = prediction(first, x0, eps, signal, noise)
    torch.testing.assert_close(x0, X0, rtol=0.0, atol=1e-10)
    torch.testing.assert_close(eps, EPS, rtol=0.0, atol=1e-10)
    torch.testing.assert_close(back, there, rtol=0.0, atol=1e-10)


KINDS = ["x0", "eps", "v", "velocity"]
angles = st.floats(0.001, 0.5 * math.pi - 0.001)


@pytest.mark.slow
@pytest.mark.parametrize("first", KINDS[:3])
@pytest.mark.parametrize("second", KINDS[:3])
@given(a=angles, b=angles, c=angles)
def test_on_a_variance_preserving_path(first: str, second: str, a: float, b: float, c: float) -> None:
    angle = column(a, b, c)
    assert_round_trip(first, second, angle.cos(), angle.sin())


@pytest.mark.slow
@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
@given(t=st.floats(0.001, 0.999), u=st.floats(0.001, 0.999))
def test_on_the_straight_path(first: str, second: str, t: float, u: float) -> None:
    times = column(t, u, 0.5)
    assert_round_trip(first, second, 1.0 - times, times)


def test_v_gives_the_picture_even_where_no_signal_is_left() -> None:
    none, all_of_it = column(0.0, 0.0, 0.0), column(1.0, 1.0, 1.0)
    v = predictions.v_from_x0_eps(X0, EPS, none, all_of_it)
    torch.testing.assert_close(predictions.x0_from_v(EPS, v, none, all_of_it), X0)


def test_v_is_the_rate_of_change_along_the_variance_preserving_circle() -> None:
    angle, little = 0.7, 1e-6
    ahead, behind = (math.cos(a) * X0 + math.sin(a) * EPS for a in (angle + little, angle - little))
    v = predictions.v_from_x0_eps(X0, EPS, column(math.cos(angle)), column(math.sin(angle)))
    torch.testing.assert_close((ahead - behind) / (2.0 * little), v, rtol=0.0, atol=1e-8)
