"""Every sampler by name, with what a person choosing one should know. The one place to add another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.diffusion.samplers.ddim import ddim
from app.diffusion.samplers.ddpm import ddpm
from app.diffusion.samplers.dpm_solver_pp import dpm_solver_pp_2m
from app.diffusion.samplers.flow_euler import flow_euler
from app.diffusion.samplers.heun import heun
from app.diffusion.samplers.row import Row, Step


@dataclass(frozen=True)
class Sampler:
    """A way of stepping.

    Args:
        rows: gives a step's rows, one per network call, from the step and eta.
        path: the schedule it runs on, or None for the model's own.
    """

    rows: Callable[[Step, float], tuple[Row, ...]]
    path: str | None = None


SAMPLERS: dict[str, Sampler] = {
    "ddim": Sampler(lambda step, eta: (ddim(step, eta),)),
    "ddpm": Sampler(lambda step, eta: (ddpm(step, "small"),)),
    "ddpm_large": Sampler(lambda step, eta: (ddpm(step, "large"),)),
    "dpm_solver_pp": Sampler(lambda step, eta: (dpm_solver_pp_2m(step),)),
    "heun": Sampler(lambda step, eta: heun(step)),
    "flow_euler": Sampler(lambda step, eta: (flow_euler(step),), path="flow"),
}
