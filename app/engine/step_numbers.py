"""One step of a run worked out again at one pixel, from the run's own numbers.

`x_next = a x_t + b x0_hat + c x0_hat_previous + d noise + e start`, with the row of the plan, the pictures of
the log, and noise that is drawn again from the picture's own generator. The next picture of the log is
compared with the result, and used for nothing else. numpy only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from app.cards import Card
from app.diffusion.plan import Plan
from app.diffusion.seeds import PictureNoise
from app.engine.frame_log import Half, StepLog
from app.engine.run import RunSpec
from app.engine.trajectory import plan_of
from app.errors import Conflict, InvalidRequest

AROUND = 2
"""Pixels to each side whose values are told as well."""

SINGLE = 4 * float(np.finfo(np.float32).eps)
"""Relative error of a term as the run computed it, in single precision; the noise is kept in that too."""

TERMS = ("x_t", "x0_hat", "x0_hat_previous", "noise", "start")
"""What a row's numbers multiply, in their order."""


@dataclass(frozen=True)
class Place:
    """A pixel of one picture of a run.

    Args:
        picture: its index in the run, from 0.
        x: its column, from 0 at the left.
        y: its row, from 0 at the top.
    """

    picture: int
    x: int
    y: int

    def check(self, spec: RunSpec, shape: tuple[int, int, int]) -> None:
        """Raise `InvalidRequest` where the run has no such pixel."""
        _, height, width = shape
        for name, most in (("picture", spec.count), ("x", width), ("y", height)):
            value = getattr(self, name)
            if not 0 <= value < most:
                raise InvalidRequest(f"{name} must be from 0 to {most - 1}, got {value}", name)


def step_numbers(
    spec: RunSpec, card: Card, log: StepLog, step: int, place: Place, plan: Plan | None = None
) -> dict[str, object]:
    """Work a step out at a pixel: each of its calls, with its row, what that multiplies, and the result.

    Args:
        spec: the run.
        card: of its model.
        log: what it computed.
        step: from 0 to the run's steps - 1.
        place: the pixel.
        plan: its calls, where they are not those of the run.

    Returns:
        What is sent as JSON; values of a pixel are lists, a number a channel.

    Raises:
        InvalidRequest: no such step or pixel.
        Conflict: the step has not been computed yet.
    """
    if not 0 <= step < spec.steps:
        raise InvalidRequest(f"step must be from 0 to {spec.steps - 1}, got {step}", "step")
    place.check(spec, card.shape)
    plan = plan or plan_of(spec, card)
    positions = [index for index, call in enumerate(plan.calls) if call.step == step]
    if log.x_t(positions[-1] + 1) is None:
        raise Conflict("This step has not been computed yet; ask again once its frame has come.")
    noises = _noises(spec, plan, card.shape, place, positions)
    here, there = plan.points[step], plan.points[step + 1]
    return {
        "step": step,
        "steps": spec.steps,
        "sampler": spec.sampler,
        "t": here.t,
        "t_next": there.t,
        "signal_scale": here.signal_scale,
        "noise_scale": here.noise_scale,
        "signal_scale_next": there.signal_scale,
        "noise_scale_next": there.noise_scale,
        "calls": [
            _call(plan, log, place, position, positions[0], noise)
            for position, noise in zip(positions, noises, strict=True)
        ],
    }


def _call(
    plan: Plan, log: StepLog, place: Place, position: int, first: int, noise: NDArray[np.float32]
) -> dict[str, object]:
    """Work out one call: `first` is the position of the step's first one."""
    call = plan.calls[position]
    x_t, after = log.x_t(position), log.x_t(position + 1)
    start = log.x_t(first)
    assert x_t is not None and after is not None and start is not None
    x0_hat = log.x0_hat(position)
    previous = log.x0_hat(position - 1) if position else np.zeros_like(x0_hat)
    pictures: list[NDArray[np.floating]] = [one[place.picture] for one in (x_t, x0_hat, previous)]
    pictures += [noise, start[place.picture]]
    values = [picture[:, place.y, place.x].astype(np.float64) for picture in pictures]
    row = astuple(call.row)
    x_next = np.asarray(row) @ np.stack(values)
    logged = after[place.picture, :, place.y, place.x]
    rounding = _half_step(logged) + sum(
        abs(factor) * (SINGLE * np.abs(value) + (0.0 if name == "noise" else _half_step(value)))
        for factor, value, name in zip(row, values, TERMS, strict=True)
    )
    return {
        "t": call.point.t,
        "row": dict(zip(TERMS, row, strict=True)),
        **{name: value.tolist() for name, value in zip(TERMS, values, strict=True)},
        "x_next": x_next.tolist(),
        "logged": logged.astype(np.float64).tolist(),
        "rounding": np.asarray(rounding).tolist(),
        "agrees": bool(np.all(np.abs(x_next - logged) <= rounding)),
        "around": _around(place, x_t=x_t, x0_hat=x0_hat, x_next=after),
    }


def _half_step(value: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return by how much a number may change when it is rounded to half precision."""
    spacing: NDArray[np.float64] = np.spacing(np.abs(value).astype(np.float16)).astype(np.float64)
    return spacing / 2.0


def _noises(
    spec: RunSpec, plan: Plan, shape: tuple[int, int, int], place: Place, positions: list[int]
) -> Iterator[NDArray[np.float32]]:
    """Draw again what each of these calls drew: zeros where its row has no noise."""
    nothing = np.zeros(shape, dtype=np.float32)
    if not any(plan.calls[position].row.noise for position in positions):
        yield from [nothing] * len(positions)
        return
    generator = PictureNoise(spec.seed, place.picture)
    generator.draw(shape)  # the starting noise
    for call in plan.calls[: positions[0]]:
        if call.row.noise:
            generator.draw(shape)
    for position in positions:
        yield generator.draw(shape) if plan.calls[position].row.noise else nothing


def _around(place: Place, **pictures: Half) -> dict[str, object]:
    """Return the pixels around, [row][column][channel], as far as the picture goes; and where they begin."""
    top, left = max(0, place.y - AROUND), max(0, place.x - AROUND)
    own = (place.picture, slice(None), slice(top, place.y + AROUND + 1), slice(left, place.x + AROUND + 1))
    cuts = {name: picture[own].astype(np.float64) for name, picture in pictures.items()}
    return {"top": top, "left": left} | {name: cut.transpose(1, 2, 0).tolist() for name, cut in cuts.items()}
