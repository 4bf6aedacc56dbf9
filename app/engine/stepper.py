"""One tick: stack the chosen runs, call the network once, advance them all. Knows no queues or viewers."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.diffusion.advance import advance, row_matrix
from app.diffusion.denoiser import Denoiser
from app.diffusion.pixels import to_pixels
from app.engine.frame_events import frame_event
from app.engine.trajectory import Draft, Trajectory

Panes = NDArray[np.uint8]
"""Three pictures for each of a run: (3, count, height, width, channels)."""


@torch.inference_mode()
def tick(denoiser: Denoiser, runs: list[Trajectory]) -> list[list[bytes]]:
    """Make one network call for all `runs` and carry each one call further.

    Until everything is computed no run is changed: after a failure the same call can be made again.

    Args:
        denoiser: the model that all of them use.
        runs: unfinished runs, each at its own time, with its own sampler, condition and guidance.

    Returns:
        For each run the events of the frames that became complete, none to two of them.
    """
    counts = [run.spec.count for run in runs]
    x_t = torch.cat([run.x_t for run in runs])
    x0_hat = denoiser.estimate(
        _column([run.call.model_scale for run in runs], counts, x_t) * x_t,
        _spread([run.call.model_t for run in runs], counts, x_t),
        torch.cat([run.condition for run in runs]),
        _spread([run.spec.guidance for run in runs], counts, x_t),
        torch.cat([run.negative_condition for run in runs]),
    )
    signal_scale = _column([run.call.point.signal_scale for run in runs], counts, x_t)
    noise_scale = _column([run.call.point.noise_scale for run in runs], counts, x_t)
    eps_hat = (x_t - signal_scale * x0_hat) / noise_scale
    x_next = _advance(runs, counts, x_t, x0_hat)
    shown = to_pixels(x_t, x0_hat, eps_hat).numpy()
    ends = any(run.is_at_last_call for run in runs)
    finished = to_pixels(x_next, x_next, eps_hat).numpy() if ends else shown
    numbers = in_half(x_t, x0_hat)
    pictures = in_half(x_next)[0] if ends else numbers[0]
    events = []
    place = 0
    for run, count in zip(runs, counts, strict=True):
        own = slice(place, place + count)
        run.log(numbers[0, own], numbers[1, own], pictures[own], is_last=run.is_at_last_call)
        drafts = run.settle(x_next[own], x0_hat[own])
        events.append(
            [encode(run, draft, (finished if draft.is_last else shown)[:, own]) for draft in drafts]
        )
        place += count
    return events


def in_half(*pictures: Tensor) -> NDArray[np.float16]:
    """Bring pictures to the host in half precision, as a log keeps them: (one of them, picture, ...)."""
    halves: NDArray[np.float16] = torch.stack([one.half() for one in pictures]).cpu().numpy()
    return halves


def encode(run: Trajectory, draft: Draft, panes: Panes) -> bytes:
    """Write a frame as an event: the noisy picture, the guess, the noise that the guess leaves."""
    x_t, x0_hat, eps_hat = (pane.tobytes() for pane in panes)
    return frame_event(draft.step, run.frame_head(draft), (x_t, x0_hat, eps_hat))


def _advance(runs: list[Trajectory], counts: list[int], x_t: Tensor, x0_hat: Tensor) -> Tensor:
    """Apply every run's own row to its pictures."""
    rows = row_matrix([run.call.row for run in runs for _ in range(run.spec.count)]).to(x_t.device)
    previous = torch.cat([run.x0_previous for run in runs])
    noise = torch.cat([_noise(run) for run in runs])
    start = torch.cat([run.x_t if run.call.is_start else run.start for run in runs])
    return advance(x_t, x0_hat, previous, noise, start, rows)


def _noise(run: Trajectory) -> Tensor:
    return torch.from_numpy(run.fresh_noise()).to(run.device) if run.call.row.noise else run.nothing


def _spread(values: list[float], counts: list[int], like: Tensor) -> Tensor:
    """Repeat each run's value for its pictures."""
    spread = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
    return torch.tensor(spread, dtype=like.dtype, device=like.device)


def _column(values: list[float], counts: list[int], like: Tensor) -> Tensor:
    return _spread(values, counts, like)[:, None, None, None]
