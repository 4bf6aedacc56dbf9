"""One tick: stack the chosen runs, call the network once, advance them all. Knows no queues or viewers."""

from __future__ import annotations

import torch
from torch import Tensor

from app.diffusion.advance import advance, row_matrix
from app.diffusion.denoiser import Denoiser
from app.diffusion.pixels import to_pixels
from app.engine.frame_events import frame_event
from app.engine.trajectory import Trajectory


@torch.inference_mode()
def tick(denoiser: Denoiser, runs: list[Trajectory]) -> list[list[bytes]]:
    """Make one network call for all `runs` and carry each one call further.

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
    pixels = to_pixels(x_t, x0_hat, eps_hat)
    events = []
    place = 0
    for run, count in zip(runs, counts, strict=True):
        own = slice(place, place + count)
        events.append(_settle(run, x_next[own], x0_hat[own], eps_hat[own], pixels[:, own]))
        place += count
    return events


def _advance(runs: list[Trajectory], counts: list[int], x_t: Tensor, x0_hat: Tensor) -> Tensor:
    """Apply every run's own row to its pictures."""
    rows = row_matrix([run.call.row for run in runs for _ in range(run.spec.count)]).to(x_t.device)
    previous = torch.cat([run.x0_previous for run in runs])
    noise = torch.cat([run.fresh_noise() if run.call.row.noise else run.nothing for run in runs])
    start = torch.cat([run.x_t if run.call.is_start else run.start for run in runs])
    return advance(x_t, x0_hat, previous, noise, start, rows)


def _settle(run: Trajectory, x_next: Tensor, x0_hat: Tensor, eps_hat: Tensor, pixels: Tensor) -> list[bytes]:
    """Store a run's new state and encode its frames."""
    events = []
    if run.call.is_start:
        events.append(_encode(run, run.call.step, pixels))
        run.start = run.x_t
    run.x_t, run.x0_previous = x_next, x0_hat
    run.position += 1
    if run.is_finished:
        events.append(_encode(run, run.spec.steps, to_pixels(x_next, x_next, eps_hat)))
    return events


def _encode(run: Trajectory, step: int, pixels: Tensor) -> bytes:
    x_t, x0_hat, eps_hat = (pane.tobytes() for pane in pixels.numpy())
    return frame_event(step, run.frame_head(), (x_t, x0_hat, eps_hat))


def _spread(values: list[float], counts: list[int], like: Tensor) -> Tensor:
    """Repeat each run's value for its pictures."""
    spread = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
    return torch.tensor(spread, dtype=like.dtype, device=like.device)


def _column(values: list[float], counts: list[int], like: Tensor) -> Tensor:
    return _spread(values, counts, like)[:, None, None, None]
