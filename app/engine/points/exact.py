"""The best answer there is: the mean of all clean points that fit a noisy one, exact for a mixture."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from app.engine.points.levels import Scales, level_times, target_of
from app.engine.points.spec import TrainingSpec

Points = Float[Tensor, "rows 2"]


class ExactDenoiser:
    """E[x0 | x_t] for a mixture of equal round Gaussians.

    Args:
        centres: of the Gaussians (centres, 2).
        std: their standard deviation.

    Reference: Bayes' rule; x_t of one Gaussian is normal around signal_scale * centre, with the variance
    (signal_scale * std)^2 + noise_scale^2.
    """

    def __init__(self, centres: Float[Tensor, "centres 2"], std: float) -> None:
        self.centres = centres
        self.std = std

    def estimate(self, x_t: Points, scales: Scales) -> Points:
        """Return x0_hat for points of known levels."""
        weights = self._log_density(x_t, scales).softmax(dim=1)
        return self._mean(weights @ self.centres, x_t, scales)

    def blind(self, x_t: Points, spec: TrainingSpec) -> Points:
        """Return the best estimate of the training's target where the level is not known.

        It may be each of the ten levels with the same probability; what would be the estimate at each is
        weighted by how well x_t fits there.
        """
        densities, estimates = [], []
        for t in level_times():
            scales = Scales.of(spec.schedule, t.expand(len(x_t)))
            log_density = self._log_density(x_t, scales)
            variance = (scales.signal * self.std) ** 2 + scales.noise**2
            densities.append(log_density.logsumexp(dim=1) - variance.log()[:, 0])
            x0_hat = self._mean(log_density.softmax(dim=1) @ self.centres, x_t, scales)
            eps_hat = (x_t - scales.signal * x0_hat) / scales.noise
            estimates.append(target_of(spec, x0_hat, eps_hat, scales))
        weights = torch.stack(densities).softmax(dim=0)
        return (weights[:, :, None] * torch.stack(estimates)).sum(dim=0)

    def _log_density(self, x_t: Points, scales: Scales) -> Float[Tensor, "rows centres"]:
        """Return the log density of x_t for each centre, up to what all centres have in common."""
        variance = (scales.signal * self.std) ** 2 + scales.noise**2
        centres = self.centres
        # |x_t - S c|^2 without |x_t|^2, which is the same for all centres.
        away = (scales.signal * centres.square().sum(dim=1)) * scales.signal - 2.0 * scales.signal * (
            x_t @ centres.T
        )
        return -(x_t.square().sum(dim=1, keepdim=True) + away) / (2.0 * variance)

    def _mean(self, centre: Points, x_t: Points, scales: Scales) -> Points:
        """Add to the likely centre what x_t says of where in its Gaussian x0 lies."""
        variance = (scales.signal * self.std) ** 2 + scales.noise**2
        return centre + scales.signal * self.std**2 / variance * (x_t - scales.signal * centre)
