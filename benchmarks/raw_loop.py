"""The raw loop: pictures of one batch stepped as fast as the runtime goes, with no engine and no web."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app.diffusion.checkpoints import denoiser
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from benchmarks.conditions import conditions_of

if TYPE_CHECKING:
    from benchmarks.runtimes import Runtimes


class TimeIsUp(Exception):
    """Ends a loop between two calls."""


def raw_rate(runtimes: Runtimes, batch: int, guidance: float, seconds: float) -> float:
    """Return image-steps a second of the plain sampling loop on the shipped runtime.

    Args:
        runtimes: the network and what executes it.
        batch: pictures.
        guidance: other than 0 and 1 it costs a second network row a picture.
        seconds: about how long to measure.
    """
    card = runtimes.file.card
    plan = make_plan(
        sampler=card.defaults.sampler,
        steps=card.defaults.steps,
        eta=card.defaults.eta,
        model_schedule=card.schedule,
        model_t_max=card.t_max,
    )
    model = denoiser(runtimes.file, runtimes.shipped)
    condition = conditions_of(card, batch)
    calls = 0
    began = time.perf_counter()

    def count() -> None:
        nonlocal calls
        calls += 1
        if time.perf_counter() - began > seconds:
            raise TimeIsUp

    try:
        while True:
            noise = [PictureNoise(seed, 0) for seed in range(batch)]
            sample(model, plan, condition, guidance, noise, after_call=count)
    except TimeIsUp:
        return batch * calls / (time.perf_counter() - began)
