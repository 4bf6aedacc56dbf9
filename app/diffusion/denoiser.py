"""A denoiser: a network's prediction turned into x0_hat, with guidance and clipping.

What executes the network is handed in (eager, exported, captured), so this is the only place that
knows what a prediction means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from app.diffusion import predictions
from app.diffusion.guidance import guide
from app.diffusion.notation import IMAGES
from app.diffusion.schedules import SCHEDULES

Network = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(x_t, t, condition) -> prediction, on the schedule the network was trained on."""


@dataclass(frozen=True)
class Denoiser:
    """A network and what its numbers mean.

    Args:
        network: predicts v from (x_t, t, condition).
        shape: channels, height, width of a picture.
        null: what a condition without content is filled with: for classes the index behind the last one,
            for rows of tokens the padding, 0.
        schedule: name of the schedule it was trained on.
        t_max: largest time it was trained at.
        clip: keep x0_hat within [-1, 1], the range of data.
    """

    network: Network
    shape: tuple[int, int, int]
    null: int
    schedule: str = "cosine"
    t_max: float = 0.999
    clip: bool = True

    def estimate(
        self,
        x_t: Float[Tensor, IMAGES],
        t: Float[Tensor, " batch"],
        condition: Int[Tensor, "batch ..."],
        guidance: Float[Tensor, " batch"],
        negative_condition: Int[Tensor, "batch ..."] | None = None,
    ) -> Float[Tensor, IMAGES]:
        """Estimate the clean pictures, in one network call.

        Args:
            x_t: noisy pictures on the model's own schedule.
            t: their times on it.
            condition: class indices or rows of tokens.
            guidance: 0 ignores the condition, 1 is plain, above 1 exaggerates.
            negative_condition: what guidance leads away from, a negative prompt for instance; no condition
                unless given.

        Returns:
            x0_hat, of the shape of `x_t`.
        """
        v_hat = self.predict(x_t, t, condition, guidance, negative_condition)
        return self.x0_hat(x_t, t, v_hat)

    def predict(
        self,
        x_t: Float[Tensor, IMAGES],
        t: Float[Tensor, " batch"],
        condition: Int[Tensor, "batch ..."],
        guidance: Float[Tensor, " batch"],
        negative_condition: Int[Tensor, "batch ..."] | None = None,
    ) -> Float[Tensor, IMAGES]:
        """Return what the network itself answers, v_hat, in one call; arguments as for `estimate`."""
        if negative_condition is None:
            negative_condition = torch.full_like(condition, self.null)
        rows = network_rows(condition, negative_condition, guidance)
        v_hat = self.network(x_t[rows.source], t[rows.source], rows.condition)
        return combine(v_hat, rows, guidance)

    def x0_hat(
        self, x_t: Float[Tensor, IMAGES], t: Float[Tensor, " batch"], v_hat: Float[Tensor, IMAGES]
    ) -> Float[Tensor, IMAGES]:
        """Return the clean pictures that go with a prediction, clipped where this denoiser clips."""
        schedule = SCHEDULES[self.schedule]
        times = t.tolist()
        signal_scale = _column([schedule.signal_scale(time) for time in times], x_t)
        noise_scale = _column([schedule.noise_scale(time) for time in times], x_t)
        x0_hat = predictions.x0_from_v(x_t, v_hat, signal_scale, noise_scale)
        return x0_hat.clamp(-1.0, 1.0) if self.clip else x0_hat


@dataclass(frozen=True)
class NetworkRows:
    """How pictures map to rows of a network call.

    Args:
        source: for each row, the picture it shows.
        condition: for each row, what it is told.
        doubled: for each picture, whether it has a second, conditional row (after all first rows).
    """

    source: Int[Tensor, " rows"]
    condition: Int[Tensor, "rows ..."]
    doubled: Bool[Tensor, " batch"]


def network_rows(
    condition: Int[Tensor, "batch ..."],
    negative_condition: Int[Tensor, "batch ..."],
    guidance: Float[Tensor, " batch"],
) -> NetworkRows:
    """Give every picture one row, and a second one where guidance needs two different estimates."""
    differs = (condition != negative_condition).reshape(len(condition), -1).any(dim=1)
    doubled = (guidance != 0.0) & (guidance != 1.0) & differs
    takes_negative = (doubled | (guidance == 0.0)).reshape(-1, *[1] * (condition.ndim - 1))
    first = torch.where(takes_negative, negative_condition, condition)
    again = doubled.nonzero().squeeze(1)
    source = torch.cat([torch.arange(len(condition), device=condition.device), again])
    return NetworkRows(source, torch.cat([first, condition[again]]), doubled)


def combine(
    predicted: Float[Tensor, "rows channel height width"],
    rows: NetworkRows,
    guidance: Float[Tensor, " batch"],
) -> Float[Tensor, IMAGES]:
    """Turn the rows of a call back into one prediction per picture."""
    plain = predicted[: len(rows.doubled)]
    if len(predicted) == len(plain):
        return plain
    guided = guide(plain[rows.doubled], predicted[len(plain) :], guidance[rows.doubled][:, None, None, None])
    combined = plain.clone()
    combined[rows.doubled] = guided
    return combined


def _column(values: list[float], like: Tensor) -> Tensor:
    return torch.tensor(values, dtype=like.dtype, device=like.device)[:, None, None, None]
