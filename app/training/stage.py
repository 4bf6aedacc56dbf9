"""A stage of a training: the network that it begins with, and the prediction that it aims at.

The first stage aims at the data. A second one may aim at what two networks say together: autoguidance.
A network that has learnt too little guesses between what it cannot tell apart, and its pictures come out
soft. An earlier state of it errs in the same direction, only further; what the two differ in says where
more learning would lead. Karras et al. 2024, "Guiding a Diffusion Model with a Bad Version of Itself"
(2406.02507), Eq. 3, follow that difference while they sample, for two network calls a step. Here a copy of
the network learns to say at once what the two say together, as Meng et al. 2023 (2210.03142) do it for
guidance by a condition; sampling then costs no more than before.

A third one may aim at what tells its own pictures from real ones. A network that samples q where it should
sample p is right on the average of its own mistakes once the gradient of log p/q is added to its score.
Kim et al. 2023, "Refining Generative Process with Discriminator Guidance" (2211.17091), take that
gradient from a classifier of real and own pictures; Alemohammad et al. 2024 (2408.16333) from a copy that
learnt from own pictures; Zheng et al. 2025 (2503.01103) let the network itself be the classifier. Here the
network learns the difference of the two means of v, of real and of own pictures, in one regression.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from app.diffusion import predictions
from app.diffusion.notation import IMAGES
from app.diffusion.unet import UNet
from app.training.examples import Examples

Aim = Callable[[Tensor, Examples], Tensor]
"""(noisy pictures, what they are made of) -> the prediction that a step corrects the network towards."""


def cosine_scales(t: Float[Tensor, " batch"]) -> tuple[Tensor, Tensor]:
    """Return the signal and the noise scale at times of the cosine schedule, shaped to multiply pictures."""
    angle = 0.5 * math.pi * t[:, None, None, None]
    return torch.cos(angle), torch.sin(angle)


def v_of_data(x_t: Float[Tensor, IMAGES], examples: Examples) -> Float[Tensor, IMAGES]:
    """Aim at the v of the pictures and the noise that were mixed."""
    del x_t
    return predictions.v_from_x0_eps(examples.x0, examples.eps, *cosine_scales(examples.t))


@dataclass(frozen=True)
class Autoguided:
    """Aim at estimates led away from those of a poorer version of the same network.

    Args:
        good: what the first stage ended with.
        poor: an earlier state of it.
        weight: 1 is the estimate of `good` alone; at w it is good + (w - 1)(good - poor).
    """

    good: UNet
    poor: UNet
    weight: float

    @torch.no_grad()
    def __call__(self, x_t: Float[Tensor, IMAGES], examples: Examples) -> Float[Tensor, IMAGES]:
        """Return what to predict for noisy pictures; the clean ones are not looked at."""
        good, poor = (network(x_t, examples.t, examples.condition) for network in (self.good, self.poor))
        aim: Tensor = good + (self.weight - 1.0) * (good - poor)
        return aim


@dataclass(frozen=True)
class Contrasted:
    """Aim at the v of real pictures, and as far away from that of own pictures.

    With v_hat of `before`, the aim is v_hat + 2w (v - v_hat) at a noisy real picture, and
    v_hat - 2w (v - v_hat) at a noisy own one. Where both are as likely, the best answer is
    v_hat + w (E_real[v | x_t] - E_own[v | x_t]), and that difference is the gradient of log p_t/q_t up to a
    factor: v_hat with discriminator guidance of weight w. Where only one of them occurs, the answer stays
    bounded.

    Args:
        before: the network that made the own pictures.
        weight: w; 1 follows the whole gradient, 0 changes nothing.
    """

    before: UNet
    weight: float

    @torch.no_grad()
    def __call__(self, x_t: Float[Tensor, IMAGES], examples: Examples) -> Float[Tensor, IMAGES]:
        """Return what to predict for noisy pictures, of which the first half (rounded down) is real."""
        v_hat = self.before(x_t, examples.t, examples.condition)
        half = len(x_t) // 2
        sign = torch.ones_like(examples.t)[:, None, None, None]
        sign[half:] = -1.0
        aim: Tensor = v_hat + 2.0 * self.weight * sign * (v_of_data(x_t, examples) - v_hat)
        return aim


@dataclass(frozen=True)
class Stage:
    """Where a run of training begins and what it aims at.

    Args:
        start: the network it begins with; a fresh one unless given.
        aim: what it learns to predict.
        done: steps of the stages before, from whose pictures it goes on.
    """

    start: UNet | None = None
    aim: Aim = v_of_data
    done: int = 0

    @property
    def identity(self) -> str:
        """Name a stage by what it begins with: a run that began with other weights is another run."""
        if self.start is None:
            return ""
        digest = hashlib.sha256()
        for tensor in self.start.state_dict().values():
            digest.update(tensor.float().cpu().contiguous().numpy().tobytes())
        return f"-{digest.hexdigest()[:16]}"
