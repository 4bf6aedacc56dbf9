"""A step worked out again from the run's log: it is the run's own step, and a wrong number shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import GRIDS, fewest_steps
from app.engine.frame_log import StepLog, log_bytes
from app.engine.run_table import bytes_of_run
from app.engine.step_numbers import Place, step_numbers
from app.engine.stepper import tick
from app.engine.trajectory import Trajectory, begin
from app.errors import Conflict, InvalidRequest
from tests.engine.runtime.step_scenes import begun, finish_launched, step_runtime
from tests.engine.ticks import CPU, finish


def ended(model, spec) -> Trajectory:
    """Run to the end; give the trajectory with its log."""
    run = begin(spec, model.card, CPU)
    finish(model, [run])
    return run


@pytest.fixture
def numbers_of(tiny):
    def work_out(run, step, place=Place(0, 3, 2), plan=None, log=None):  # noqa: B008
        return step_numbers(run.spec, tiny.card, log or run.steps, step, place, plan)

    return work_out


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("grid", GRIDS)
def test_every_step_of_every_sampler_is_the_runs_own(tiny, numbers_of, spec_of, sampler, grid):
    steps = max(6, fewest_steps(grid))
    run = ended(
        tiny,
        spec_of(sampler=sampler, grid=grid, steps=steps, count=2, eta=0.7, seed=4, label=1, guidance=2.0),
    )
    _, height, width = run.shape
    for step in range(steps):
        for picture, x, y in [(0, 0, 0), (1, width - 1, height - 1), (1, 3, 5)]:
            told = numbers_of(run, step, Place(picture, x, y))
            assert len(told["calls"]) == sum(call.step == step for call in run.plan.calls)
            for call in told["calls"]:
                assert call["agrees"], (step, call)
                off = np.abs(np.subtract(call["x_next"], call["logged"]))
                assert (off <= np.array(call["rounding"])).all()
                terms = [call["row"][name] * np.array(call[name]) for name in call["row"]]
                assert np.allclose(sum(terms), call["x_next"], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("number", ["x_t", "x0_hat", "x0_hat_previous", "noise", "start"])
@pytest.mark.parametrize("sampler", ["ddpm", "dpm_solver_pp", "heun"])
def test_a_wrong_number_in_the_row_shows(tiny, numbers_of, spec_of, sampler, number):
    run = ended(tiny, spec_of(sampler=sampler, steps=8, seed=2))
    position = next(index for index, call in enumerate(run.plan.calls) if call.step == 4)
    right = run.plan.calls[position]
    wrong = replace(right, row=replace(right.row, **{number: getattr(right.row, number) + 0.05}))
    calls = (*run.plan.calls[:position], wrong, *run.plan.calls[position + 1 :])
    values = run.steps._x_t[position][0, 0]
    y, x = np.unravel_index(np.argmax(np.abs(values)), values.shape)
    place = Place(0, int(x), int(y))
    assert numbers_of(run, 4, place)["calls"][0]["agrees"]
    told = numbers_of(run, 4, place, plan=replace(run.plan, calls=calls))["calls"][0]
    shown = abs(told["row"][number] * told[number][0])
    assert told["agrees"] == (shown < 1e-3), "only a term that is nothing may be wrong unseen"
    assert number == "noise" or sampler == "dpm_solver_pp" or shown > 1e-3


def test_noise_is_drawn_again_and_not_solved_from_the_next_picture(tiny, numbers_of, spec_of):
    run = ended(tiny, spec_of(sampler="ddpm", steps=5, count=3, seed=11))
    told = numbers_of(run, 3, Place(2, 1, 1))["calls"][0]
    changed = StepLog()
    for position in range(5):
        changed.append(run.steps._x_t[position], run.steps.x0_hat(position))
    changed.end(run.steps._x_t[5])
    changed._x_t[4] = changed._x_t[4] + np.float16(0.25)
    again = numbers_of(run, 3, Place(2, 1, 1), log=changed)["calls"][0]
    assert told["agrees"] and not again["agrees"]
    assert again["noise"] == told["noise"] != [0.0]
    assert again["x_next"] == told["x_next"]


def test_without_noise_in_the_row_none_is_drawn(tiny, numbers_of, spec_of):
    run = ended(tiny, spec_of(sampler="ddpm", steps=4))
    assert numbers_of(run, 3)["calls"][0]["noise"] == [0.0] * run.shape[0]


def test_the_pixels_around_end_where_the_picture_does(tiny, numbers_of, spec_of):
    run = ended(tiny, spec_of(steps=2))
    _, height, width = run.shape
    corner = numbers_of(run, 0, Place(0, 0, 0))["calls"][0]["around"]
    assert (corner["top"], corner["left"]) == (0, 0)
    assert np.array(corner["x_t"]).shape == (3, 3, run.shape[0])
    inner = numbers_of(run, 0, Place(0, width // 2, height // 2))["calls"][0]["around"]
    assert np.array(inner["x0_hat"]).shape == (5, 5, run.shape[0])
    logged = run.steps._x_t[0][0].transpose(1, 2, 0)
    assert np.array_equal(inner["x_t"], logged[inner["top"] :, inner["left"] :][:5, :5])


@pytest.mark.parametrize(
    ("step", "place", "named"),
    [
        (-1, Place(0, 0, 0), "step"),
        (3, Place(0, 0, 0), "step"),
        (0, Place(2, 0, 0), "picture"),
        (0, Place(0, 999, 0), "x"),
        (0, Place(0, 0, 999), "y"),
    ],
)
def test_what_is_no_step_or_pixel_of_the_run_is_refused(tiny, numbers_of, spec_of, step, place, named):
    run = ended(tiny, spec_of(steps=3, count=2))
    with pytest.raises(InvalidRequest, match=f"{named} must be from 0 to") as refused:
        numbers_of(run, step, place)
    assert refused.value.field == named


def test_a_step_that_is_still_to_come_is_refused(tiny, numbers_of, spec_of):
    run = begin(spec_of(steps=3, sampler="heun"), tiny.card, CPU)
    for _ in range(3):
        tick(tiny.denoiser, [run])
    assert numbers_of(run, 0)["calls"]
    with pytest.raises(Conflict, match="not been computed yet"):
        numbers_of(run, 1)
    with pytest.raises(Conflict):
        step_numbers(run.spec, tiny.card, StepLog(), 0, Place(0, 0, 0))


def test_whole_steps_log_what_ticks_do(tiny, spec_of):
    specs = [spec_of(sampler=name, steps=4, count=2, seed=5) for name in SAMPLERS]
    one, other = begun(tiny, specs), begun(tiny, specs)
    finish_launched(step_runtime(tiny), one)
    finish(tiny, other)
    for ours, theirs in zip(one, other, strict=True):
        assert len(ours.steps) == len(theirs.steps) == len(ours.plan.calls)
        for position in range(len(ours.plan.calls)):
            np.testing.assert_allclose(ours.steps.x_t(position), theirs.steps.x_t(position), atol=0.01)
            np.testing.assert_allclose(ours.steps.x0_hat(position), theirs.steps.x0_hat(position), atol=0.01)
        np.testing.assert_allclose(
            ours.steps.x_t(len(ours.steps)), theirs.steps.x_t(len(theirs.steps)), atol=0.01
        )


@pytest.mark.parametrize("sampler", ["ddim", "heun"])
def test_what_a_log_takes_is_known_beforehand(tiny, spec_of, sampler):
    spec = spec_of(sampler=sampler, steps=5, count=2)
    run = ended(tiny, spec)
    assert run.steps.size == log_bytes(run.plan, 2, run.shape) > 0
    kept = [*run.steps._x_t, *run.steps._x0_hat]
    assert sum(pictures.nbytes for pictures in kept) == run.steps.size
    assert all(pictures.base is None for pictures in kept), "a view keeps more than it shows"
    assert bytes_of_run(spec, tiny.card) > run.steps.size
