"""A run, laid out before it starts: at which times the network is called and what each call's row is.

A plan knows nothing of pictures or the network; the engine and `sampling.py` both follow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from app.diffusion.samplers.catalogue import SAMPLERS, Sampler
from app.diffusion.samplers.row import Row, Step
from app.diffusion.schedules import SCHEDULES, Schedule, sigma, time_grid
from app.errors import InvalidRequest


@dataclass(frozen=True)
class Point:
    """One time of the grid, with the scales there on the run's own path."""

    t: float
    signal_scale: float
    noise_scale: float


@dataclass(frozen=True)
class Call:
    """One network call.

    Args:
        step: index of the frame that this call's step starts from.
        point: where the picture is when the network sees it.
        model_t: the same noise level as a time of the schedule the network was trained on.
        model_scale: factor that brings the picture onto that schedule.
        row: what to do with the estimate.
        is_start: this is the step's first call: its estimate belongs to the frame.
    """

    step: int
    point: Point
    model_t: float
    model_scale: float
    row: Row
    is_start: bool


@dataclass(frozen=True)
class Plan:
    """All calls of a run in order, and the steps + 1 points of its frames."""

    calls: tuple[Call, ...]
    points: tuple[Point, ...]


def make_plan(
    *,
    sampler: str,
    steps: int,
    eta: float = 0.0,
    grid: str = "uniform",
    model_schedule: str = "cosine",
    model_t_max: float = 0.999,
) -> Plan:
    """Lay out a run of `steps` steps.

    Args:
        sampler: a name in `SAMPLERS`.
        steps: number of intervals; there is one more frame than steps.
        eta: stochasticity of DDIM, 0 to 1; other samplers ignore it.
        grid: how the times are spread; a name in `GRIDS`.
        model_schedule: the schedule the network was trained on.
        model_t_max: the largest time the network was trained at; the run starts at its noise level.

    Raises:
        InvalidRequest: an unknown sampler, schedule or grid, fewer steps than the grid needs, or eta
            outside 0 to 1.
    """
    if sampler not in SAMPLERS:
        raise InvalidRequest(f"unknown sampler {sampler!r}; allowed: {', '.join(SAMPLERS)}", "sampler")
    if model_schedule not in SCHEDULES:
        raise InvalidRequest(f"unknown schedule {model_schedule!r}; allowed: {', '.join(SCHEDULES)}")
    if not 0.0 <= eta <= 1.0:
        raise InvalidRequest(f"eta must be between 0 and 1, got {eta:g}", "eta")
    chosen = SAMPLERS[sampler]
    native = SCHEDULES[model_schedule]
    path = SCHEDULES[chosen.path] if chosen.path else native
    t_max = path.t_from_sigma(sigma(native, model_t_max))
    points = tuple(_point(path, t) for t in time_grid(grid, path, t_max, steps))
    return plan_along(points, chosen, eta, native)


def plan_along(points: tuple[Point, ...], chosen: Sampler, eta: float, native: Schedule) -> Plan:
    """Lay out a run from point to point, for a network trained on the schedule `native`."""
    calls: list[Call] = []
    sigma_previous: float | None = None
    for index, (here, there) in enumerate(pairwise(points)):
        step = Step(
            here.signal_scale, here.noise_scale, there.signal_scale, there.noise_scale, sigma_previous
        )
        for number, row in enumerate(chosen.rows(step, eta)):
            seen = here if number == 0 else there
            model_t, model_scale = _on_model_schedule(native, seen)
            calls.append(Call(index, seen, model_t, model_scale, row, is_start=number == 0))
        sigma_previous = step.sigma
    return Plan(tuple(calls), points)


def _point(path: Schedule, t: float) -> Point:
    return Point(t, path.signal_scale(t), path.noise_scale(t))


def _on_model_schedule(native: Schedule, seen: Point) -> tuple[float, float]:
    """Find the trained schedule's time of the same sigma, and the factor between the two pictures."""
    model_t = native.t_from_sigma(seen.noise_scale / seen.signal_scale)
    return model_t, native.signal_scale(model_t) / seen.signal_scale


def rows_needed(guidance: float, conditioned: bool) -> int:
    """Return how many network rows one picture costs a step: 2 when both estimates are needed, else 1."""
    return 2 if conditioned and guidance not in (0.0, 1.0) else 1
