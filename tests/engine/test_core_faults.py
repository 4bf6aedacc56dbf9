"""What goes wrong under the core, a network, a model, the device or its bookkeeping, and what goes on."""

from __future__ import annotations

import contextlib

import pytest
import torch

from app.engine.faults import Fault
from app.engine.run import RunStatus
from app.engine.run_table import RunTable
from app.errors import InvalidRequest
from tests.engine.core_scenes import Source, names, play, spec, until, watch


def test_a_fault_ends_the_runs_of_that_call_and_the_engine_goes_on(source, capsys):
    async def scene(core):
        source.fault = RuntimeError("secret of the device")
        failed = core.submit(spec(), "a")
        async with contextlib.aclosing(core.watch(failed.run_id, -1)) as events:
            contents = [content async for content in events]
        assert names(contents)[-1] == "failed"
        assert b"secret" not in contents[-1]
        assert failed.status is RunStatus.FAILED
        source.fault = None
        again = core.submit(spec(), "a")
        assert again is not failed
        assert (await watch(core, again.run_id))[-1] == "done"
        assert (await watch(core, core.submit(spec(seed=1), "a").run_id))[-1] == "done"
        return core.report()["runs"]

    assert play(scene, source) == {"done": 2}
    assert "secret of the device" in capsys.readouterr().out


def test_a_model_that_goes_missing_fails_its_runs_with_the_reason(source):
    async def scene(core):
        source.may_go.clear()
        run = core.submit(spec(), "a")
        await until(lambda: run.status is RunStatus.RUNNING)
        source.is_missing = True
        source.may_go.set()
        async with contextlib.aclosing(core.watch(run.run_id, -1)) as events:
            return [content async for content in events][-1]

    assert b"the weights are missing" in play(scene, source)


def test_a_model_that_fails_again_and_again_and_on_its_own_is_given_up_as_no_gpu_s_fault(source, capsys):
    given_up: list[Fault] = []

    async def scene(core):
        source.fault = RuntimeError("lost")
        for seed in range(2):
            await watch(core, core.submit(spec(seed=seed), "a").run_id)
        source.fault = None
        await watch(core, core.submit(spec(seed=2), "a").run_id)
        source.fault = RuntimeError("lost")
        for seed in range(3, 6):
            assert not given_up
            await watch(core, core.submit(spec(seed=seed), "a").run_id)
        await until(lambda: given_up)

    play(scene, source, give_up=given_up.append)
    assert given_up == [Fault.OTHER]
    assert "the model runs no more" in capsys.readouterr().out


class Tripping(Source):
    """A device that fails in every step, and is well when it is tried out."""

    def __init__(self, tiny, fault):
        super().__init__(tiny)
        self.trips = fault
        self.tried = 0

    def __call__(self, x_t, t, condition):
        raise self.trips

    def try_out(self, name):
        self.tried += 1


@pytest.mark.parametrize(
    ("fault", "tried"),
    [
        pytest.param(RuntimeError("mat1 and mat2 cannot be multiplied"), 2, id="a step's own"),
        pytest.param(ZeroDivisionError("division by zero"), 2, id="a sampler's"),
        pytest.param(InvalidRequest("no such word", "prompt"), 0, id="a request's"),
        pytest.param(torch.OutOfMemoryError("CUDA out of memory."), 0, id="too wide"),
    ],
)
def test_runs_that_fail_by_themselves_give_no_device_up(tiny, capsys, fault, tried):
    given_up: list[Fault] = []
    source = Tripping(tiny, fault)

    async def scene(core):
        for seed in range(7):
            run = core.submit(spec(seed=seed, count=2, guidance=1.0), "a")
            assert (await watch(core, run.run_id))[-1] == "failed"

    play(scene, source, give_up=given_up.append)
    assert (given_up, source.tried) == ([], tried)
    capsys.readouterr()


def test_the_device_thread_survives_its_own_bookkeeping(source, capsys):
    class Stumbling(RunTable):
        stumbles = 2

        def wanted(self, now):
            if self.stumbles:
                self.stumbles -= 1
                raise KeyError("bookkeeping")
            return super().wanted(now)

    async def scene(core):
        return await watch(core, core.submit(spec(), "a").run_id)

    assert play(scene, source, Stumbling())[-1] == "done"
    assert "bookkeeping" in capsys.readouterr().out
