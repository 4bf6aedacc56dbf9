"""What goes wrong under the core, a network, a model, the device or its bookkeeping, and what goes on."""

from __future__ import annotations

import contextlib
import threading

from app.engine.run import RunStatus
from app.engine.run_table import RunTable
from tests.engine.core_scenes import names, play, spec, until, watch


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


def test_a_device_that_fails_again_and_again_is_given_up(source, capsys):
    given_up = threading.Event()

    async def scene(core):
        source.fault = RuntimeError("lost")
        for seed in range(2):
            await watch(core, core.submit(spec(seed=seed), "a").run_id)
        source.fault = None
        await watch(core, core.submit(spec(seed=2), "a").run_id)
        source.fault = RuntimeError("lost")
        for seed in range(3, 6):
            assert not given_up.is_set()
            await watch(core, core.submit(spec(seed=seed), "a").run_id)
        await until(given_up.is_set)

    play(scene, source, give_up=given_up.set)
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
