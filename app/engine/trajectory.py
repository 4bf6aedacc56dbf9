"""The state of a run in flight: where its pictures are and which call comes next."""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from app.cards import Card
from app.diffusion.notation import IMAGES
from app.diffusion.plan import Call, Plan, Point, make_plan
from app.diffusion.seeds import PictureNoise
from app.engine import conditions
from app.engine.frame_events import readouts
from app.engine.frame_log import Half, StepLog
from app.engine.run import RunSpec

kept_plan = functools.lru_cache(maxsize=32)(make_plan)
"""A plan of a thousand steps takes 10 to 20 ms, and a megabyte."""


@dataclass(frozen=True)
class Draft:
    """A frame whose pixels are known, or under way.

    Args:
        step: its number.
        position: calls made before it.
        is_last: it is the finished picture, which no call starts from.
    """

    step: int
    position: int
    is_last: bool


class Trajectory:
    """Pictures of one run on their way from noise to data.

    Args:
        spec: the run.
        plan: its calls.
        shape: channels, height, width of a picture.
        condition: what each picture is of.
        negative_condition: what guidance leads each picture away from.
        device: where the pictures live.
    """

    def __init__(
        self,
        spec: RunSpec,
        plan: Plan,
        shape: tuple[int, int, int],
        condition: Int[Tensor, "batch ..."],
        negative_condition: Int[Tensor, "batch ..."],
        device: torch.device,
    ) -> None:
        self.spec = spec
        self.plan = plan
        self.shape = shape
        self.device = device
        self.condition = condition.to(device)
        self.negative_condition = negative_condition.to(device)
        self.position = 0
        self._noise = [PictureNoise(spec.seed, index) for index in range(spec.count)]
        self._drawn: NDArray[np.float32] | None = None
        self.x_t: Float[Tensor, IMAGES] = plan.points[0].noise_scale * torch.from_numpy(self._draw()).to(
            device
        )
        self.start = self.x_t
        self.x0_previous = torch.zeros_like(self.x_t)
        self.nothing = torch.zeros_like(self.x_t)
        self.steps = StepLog()

    @property
    def call(self) -> Call:
        """The network call that comes next."""
        return self.plan.calls[self.position]

    @property
    def is_finished(self) -> bool:
        """No call is left: `x_t` is the finished picture."""
        return self.position == len(self.plan.calls)

    @property
    def is_at_last_call(self) -> bool:
        """One call is left."""
        return self.position + 1 == len(self.plan.calls)

    def fresh_noise(self) -> NDArray[np.float32]:
        """Return the noise of the next call, each picture's from its own generator.

        It stays the same until the call has been made, so that a call that failed can be made again.
        """
        if self._drawn is None:
            self._drawn = self._draw()
        return self._drawn

    def settle(self, x_next: Float[Tensor, IMAGES], x0_hat: Float[Tensor, IMAGES]) -> list[Draft]:
        """Store what a call led to, and name the frames that it completes: none to two of them."""
        drafts = [Draft(self.call.step, self.position, is_last=False)] if self.call.is_start else []
        if self.call.is_start:
            self.start = self.x_t
        self.x_t, self.x0_previous = x_next, x0_hat
        self.position += 1
        self._drawn = None
        if self.is_finished:
            drafts.append(Draft(self.spec.steps, self.position, is_last=True))
        return drafts

    def log(self, x_t: Half, x0_hat: Half, x_next: Half, *, is_last: bool) -> None:
        """Copy the numbers of a call into `steps`; of the last one those that it led to as well."""
        self.steps.append(x_t.copy(), x0_hat.copy())
        if is_last:
            self.steps.end(x_next.copy())

    def frame_head(self, draft: Draft) -> bytes:
        """Encode the facts of a frame as JSON, open at its end."""
        if draft.is_last:
            row, stage = None, "done"
        else:
            row, stage = asdict(self.plan.calls[draft.position].row), self._stage(draft.step)
        facts = _facts(draft.step, self.plan.points[draft.step])
        facts |= {"stage": stage, "calls": draft.position, "row": row}
        return json.dumps(facts, separators=(",", ":")).encode()[:-1]

    def _draw(self) -> NDArray[np.float32]:
        return np.stack([picture.draw(self.shape) for picture in self._noise])

    def _stage(self, step: int) -> str:
        """Name the part of the run that a step belongs to; samplers treat its ends differently."""
        if step == self.spec.steps - 1:
            return "last"
        return "first" if step == 0 else "middle"


def plan_of(spec: RunSpec, card: Card) -> Plan:
    """Lay a run out for the schedule that its model was trained on; the latest plans are kept."""
    return kept_plan(
        sampler=spec.sampler,
        steps=spec.steps,
        eta=spec.eta,
        grid=spec.grid,
        model_schedule=card.schedule,
        model_t_max=card.t_max,
    )


def begin(spec: RunSpec, card: Card, device: torch.device) -> Trajectory:
    """Lay a run out and draw its starting noise."""
    condition = conditions.wanted(spec, card, spec.count)
    negative_condition = conditions.negative_condition(spec, card, spec.count)
    return Trajectory(spec, plan_of(spec, card), card.shape, condition, negative_condition, device)


def _facts(step: int, point: Point) -> dict[str, object]:
    return {"step": step, **readouts(point.t, point.signal_scale, point.noise_scale)}
