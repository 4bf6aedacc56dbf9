"""The state of a run in flight: where its pictures are and which call comes next."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from app.cards import Card
from app.diffusion.notation import IMAGES
from app.diffusion.plan import Call, Plan, Point, make_plan
from app.diffusion.seeds import PictureNoise
from app.engine import conditions
from app.engine.frame_events import readouts
from app.engine.run import RunSpec


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
        self.x_t: Float[Tensor, IMAGES] = plan.points[0].noise_scale * self.fresh_noise()
        self.start = self.x_t
        self.x0_previous = torch.zeros_like(self.x_t)
        self.nothing = torch.zeros_like(self.x_t)

    @property
    def call(self) -> Call:
        """The network call that comes next."""
        return self.plan.calls[self.position]

    @property
    def is_finished(self) -> bool:
        """No call is left: `x_t` is the finished picture."""
        return self.position == len(self.plan.calls)

    def fresh_noise(self) -> Float[Tensor, IMAGES]:
        """Draw the next noise of every picture from its own generator."""
        drawn = np.stack([picture.draw(self.shape) for picture in self._noise])
        return torch.from_numpy(drawn).to(self.device)

    def frame_head(self) -> bytes:
        """Encode the facts of the frame at the current call, or of the last frame when finished."""
        if self.is_finished:
            step, point, row, stage = self.spec.steps, self.plan.points[-1], None, "done"
        else:
            call = self.call
            step, point, row = call.step, self.plan.points[call.step], asdict(call.row)
            stage = self._stage(step)
        facts = _facts(step, point) | {"stage": stage, "calls": self.position, "row": row}
        return json.dumps(facts, separators=(",", ":")).encode()[:-1]

    def _stage(self, step: int) -> str:
        """Name the part of the run that a step belongs to; samplers treat its ends differently."""
        if step == self.spec.steps - 1:
            return "last"
        return "first" if step == 0 else "middle"


def plan_of(spec: RunSpec, card: Card) -> Plan:
    """Lay a run out for the schedule that its model was trained on."""
    return make_plan(
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
