import time

import anyio
import pytest

from app.errors import TryLater
from app.web.edge.record_threads import RecordThreads


def test_work_on_records_waits_for_a_free_thread_only_so_long():
    async def crowd():
        threads = RecordThreads(threads=1, patience_s=0.05)
        async with anyio.create_task_group() as group:
            group.start_soon(threads.run, time.sleep, 0.3)
            await anyio.sleep(0.01)
            with pytest.raises(TryLater, match="busy"):
                await threads.run(time.sleep, 0)
        assert await threads.run(lambda number: number + 1, 1) == 2

    anyio.run(crowd)


def test_work_on_records_is_finished_when_the_client_goes_and_its_thread_is_free_again():
    async def leave():
        done = []
        threads = RecordThreads(threads=1, patience_s=1)

        def work():
            time.sleep(0.1)
            done.append("work")

        with anyio.move_on_after(0.02):
            await threads.run(work)
        await threads.run(done.append, "next")
        return done

    assert anyio.run(leave) == ["work", "next"]
