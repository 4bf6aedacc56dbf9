"""Every sampler by name, with what a person choosing one should know. The one place to add another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.diffusion.samplers.ddim import ddim
from app.diffusion.samplers.ddpm import ddpm
from app.diffusion.samplers.dpm_solver_pp import dpm_solver_pp_2m
from app.diffusion.samplers.flow_euler import flow_euler
from app.diffusion.samplers.heun import heun
from app.diffusion.samplers.heun_sigma import heun_sigma
from app.diffusion.samplers.row import Row, Step


@dataclass(frozen=True)
class Sampler:
    """A way of stepping.

    Args:
        title: its name in the literature.
        summary: what it does, in one line for a beginner.
        rows: gives a step's rows, one per network call, from the step and eta.
        function: the function of this package that does the work, for showing its source.
        calls_per_step: network calls a step (the last step of a two-call sampler takes one).
        uses_eta: whether eta changes anything.
        path: the schedule it runs on, or None for the model's own.
    """

    title: str
    summary: str
    rows: Callable[[Step, float], tuple[Row, ...]]
    function: Callable[..., object]
    calls_per_step: int = 1
    uses_eta: bool = False
    path: str | None = None


SAMPLERS: dict[str, Sampler] = {
    "ddim": Sampler(
        title="DDIM",
        summary="Follows the model's guess without adding noise, unless eta asks for some.",
        rows=lambda step, eta: (ddim(step, eta),),
        function=ddim,
        uses_eta=True,
    ),
    "ddpm": Sampler(
        title="DDPM, small variance",
        summary="Adds a little fresh noise after every step; the original way. Wants many steps.",
        rows=lambda step, eta: (ddpm(step, "small"),),
        function=ddpm,
    ),
    "ddpm_large": Sampler(
        title="DDPM, large variance",
        summary="Adds more fresh noise than the small variance does; needs very many steps.",
        rows=lambda step, eta: (ddpm(step, "large"),),
        function=ddpm,
    ),
    "dpm_solver_pp": Sampler(
        title="DPM-Solver++(2M)",
        summary="Also uses the guess of the step before, so that few steps go further.",
        rows=lambda step, eta: (dpm_solver_pp_2m(step),),
        function=dpm_solver_pp_2m,
    ),
    "heun": Sampler(
        title="Heun",
        summary="Asks the model twice a step and turns the picture by the mean of both answers.",
        rows=lambda step, eta: heun(step),
        function=heun,
        calls_per_step=2,
    ),
    "heun_sigma": Sampler(
        title="Heun in sigma (for comparison)",
        summary="Heun as it is often written, in steps of sigma; with few steps it goes far astray.",
        rows=lambda step, eta: heun_sigma(step),
        function=heun_sigma,
        calls_per_step=2,
    ),
    "flow_euler": Sampler(
        title="Euler on the straight path",
        summary="Flow matching's plain step, taken along the straight path from noise to picture.",
        rows=lambda step, eta: (flow_euler(step),),
        function=flow_euler,
        path="flow",
    ),
}
