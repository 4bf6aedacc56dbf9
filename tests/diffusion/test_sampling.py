"""The plain loop with the exact denoiser of Gaussian data in the place of a trained network."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from app.diffusion.denoiser import Denoiser
from app.diffusion.plan import make_plan
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise

SHAPE = (1, 16, 16)
STD = 0.25
MEANS = torch.tensor([-0.4, 0.3, 0.0])  # two classes, and the mean of both for no class


def exact_v(x_t: Tensor, t: Tensor, label: Tensor) -> Tensor:
    """Give v of E[x0 | x_t, label] for pictures of independent N(MEANS[label], STD^2) pixels."""
    angle = (0.5 * math.pi * t)[:, None, None, None]
    signal, noise = angle.cos(), angle.sin()
    mean = MEANS[label][:, None, None, None]
    gain = signal * STD**2 / ((signal * STD) ** 2 + noise**2)
    x0_hat = mean + gain * (x_t - signal * mean)
    return (signal * x_t - x0_hat) / noise


def exact_denoiser(clip: bool = False) -> Denoiser:
    return Denoiser(exact_v, SHAPE, null=2, clip=clip)


def noise(count: int, seed: int = 7) -> list[PictureNoise]:
    return [PictureNoise(seed, index) for index in range(count)]


STEPS = {
    "ddim": 100,
    "ddpm": 200,
    "ddpm_large": 200,
    "dpm_solver_pp": 40,
    "heun": 40,
    "heun_sigma": 40,
    "flow_euler": 100,
}


@pytest.mark.slow
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_pictures_have_the_moments_of_the_data_of_their_class(sampler: str) -> None:
    plan = make_plan(sampler=sampler, steps=STEPS[sampler], grid="log_snr")
    label = torch.tensor([0, 1, 2]).repeat(16)
    pictures = sample(exact_denoiser(), plan, label, 1.0, noise(48))
    for k, mean in enumerate(MEANS.tolist()):
        pixels = pictures[label == k]
        # 4096 pixels a class: the mean of a class is known to 0.004, its deviation to 0.003.
        assert pixels.mean().item() == pytest.approx(mean, abs=0.015)
        assert pixels.std().item() == pytest.approx(STD, abs=0.015)


@pytest.mark.slow
def test_full_ddim_noise_gives_the_moments_too() -> None:
    plan = make_plan(sampler="ddim", steps=200, eta=1.0, grid="log_snr")
    pictures = sample(exact_denoiser(), plan, torch.ones(16, dtype=torch.long), 1.0, noise(16))
    assert pictures.mean().item() == pytest.approx(0.3, abs=0.015)
    assert pictures.std().item() == pytest.approx(STD, abs=0.015)


def test_guidance_0_gives_pictures_of_no_class() -> None:
    plan = make_plan(sampler="ddim", steps=50, grid="log_snr")
    pictures = sample(exact_denoiser(), plan, torch.zeros(16, dtype=torch.long), 0.0, noise(16))
    assert pictures.mean().item() == pytest.approx(0.0, abs=0.015)


def test_guidance_above_1_goes_beyond_the_mean_of_the_class() -> None:
    plan = make_plan(sampler="ddim", steps=50, grid="log_snr")
    pictures = sample(exact_denoiser(), plan, torch.zeros(16, dtype=torch.long), 2.0, noise(16))
    assert pictures.mean().item() < -0.7


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_picture_alone_is_the_one_in_the_batch(sampler: str) -> None:
    plan = make_plan(sampler=sampler, steps=6, eta=0.7)
    label = torch.tensor([0, 1, 2, 1])
    together = sample(exact_denoiser(), plan, label, 2.0, noise(4))
    for k in range(4):
        alone = sample(exact_denoiser(), plan, label[k : k + 1], 2.0, [PictureNoise(7, k)])
        torch.testing.assert_close(together[k : k + 1], alone, rtol=0.0, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["ddim", "dpm_solver_pp", "heun", "heun_sigma", "flow_euler"])
def test_deterministic_samplers_agree_on_the_picture_of_a_seed(sampler: str) -> None:
    label = torch.tensor([0, 1])
    fine = make_plan(sampler="ddim", steps=400, grid="log_snr")
    expected = sample(exact_denoiser(), fine, label, 1.0, noise(2))
    plan = make_plan(sampler=sampler, steps=200, grid="log_snr")
    found = sample(exact_denoiser(), plan, label, 1.0, noise(2))
    torch.testing.assert_close(found, expected, rtol=0.0, atol=0.02)


def test_clipped_pictures_stay_in_the_range_of_data() -> None:
    plan = make_plan(sampler="ddpm", steps=20)
    pictures = sample(exact_denoiser(clip=True), plan, torch.zeros(8, dtype=torch.long), 3.0, noise(8))
    assert pictures.abs().max().item() == 1.0


def test_every_call_and_every_frame_is_reported() -> None:
    calls: list[None] = []
    frames: list[Tensor] = []
    plan = make_plan(sampler="heun", steps=5)
    final = sample(
        exact_denoiser(),
        plan,
        torch.tensor([0]),
        1.0,
        noise(1),
        after_call=lambda: calls.append(None),
        on_frame=frames.append,
    )
    assert len(calls) == 9
    assert len(frames) == 6
    torch.testing.assert_close(
        frames[0][0], plan.points[0].noise_scale * torch.from_numpy(PictureNoise(7, 0).draw(SHAPE))
    )
    assert torch.equal(frames[-1], final)
