"""What lessons say about our models, measured of the models themselves."""

from __future__ import annotations

import asyncio

import pytest
import torch

from app.controls.request import RunRequest
from app.diffusion.schedules import SCHEDULES, sigma
from app.engine.core import Core
from app.engine.frame_events import read_frame
from app.engine.models import Models
from app.engine.reading import read_run
from app.engine.trajectory import plan_of
from app.predictions.evidence import Evidence
from app.predictions.measures import known_step
from app.settings import files_folder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[float, float]]:
    """Return the step at which the judge is sure of the seven of lesson 1, and sigma there, on two grids."""
    models = Models(files_folder("models"), torch.device("cpu"), 1)
    card = models.get("digits").card

    async def found(core: Core, grid: str) -> tuple[float, float]:
        settings = {"model": "digits", "label": "7", "seed": 1, "steps": 50, "sampler": "ddim"}
        wanted = RunRequest.model_validate(settings | {"guidance": 1.0, "grid": grid})
        spec = read_run(wanted, card).spec
        run = core.submit(spec, "")
        async for _ in core.watch(run.run_id, -1):
            pass
        judged = await core.judged(run.run_id)
        pictures = read_frame(run.log.frames[-1], card.shape, 1).x_t
        step = known_step(Evidence(spec, card, pictures, judged))
        assert step is not None
        return step, sigma(SCHEDULES[card.schedule], plan_of(spec, card).points[int(step)].t)

    async def both() -> dict[str, tuple[float, float]]:
        core = Core(models)
        core.start()
        try:
            return {grid: await found(core, grid) for grid in ("uniform", "log_snr")}
        finally:
            await asyncio.to_thread(core.stop)

    return asyncio.run(both())


def test_the_judge_is_sure_of_the_seven_at_the_step_that_lesson_2_names(known):
    assert known["uniform"][0] == 10


def test_on_the_other_grid_it_is_sure_much_later_and_at_nearly_the_same_noise(known):
    (early, noise), (late, same_noise) = known["uniform"], known["log_snr"]
    assert late >= early + 10
    assert 0.8 < noise / same_noise < 1.25
