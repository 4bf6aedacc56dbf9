"""Drawn files: once for all who ask, in turns, kept within bounds, and counted."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time

import pytest

from app.errors import TooMany, TryLater
from app.rates import Rate
from app.web.edge.drawings import Drawings


def drawings(per_learner: int = 100, anonymous: int = 100, **bounds: int) -> Drawings:
    return Drawings(Rate("picture files", per_learner, anonymous), **bounds)


class Pen:
    """Draws, and notes how much is drawn at the same time."""

    def __init__(self, files: Drawings) -> None:
        self.files = files
        self.drawn: list[tuple[str, ...]] = []
        self.busy = self.busiest = 0
        self.threads: set[int] = set()

    def file(self, *key: str, size: int = 10):
        async def make() -> bytes:
            async with self.files.turn(key):
                return await self.files.draw(lambda: self.draw(key, size))

        return self.files.file(key, make)

    def draw(self, key: tuple[str, ...], size: int) -> bytes:
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        self.threads.add(threading.get_ident())
        time.sleep(0.02)
        self.drawn.append(key)
        self.busy -= 1
        return bytes(size)


def test_many_who_ask_for_one_file_get_one_drawing() -> None:
    async def scene() -> tuple[Pen, set[bytes]]:
        pen = Pen(drawings())
        return pen, set(await asyncio.gather(*(pen.file("run", "a.gif") for _ in range(24))))

    pen, contents = asyncio.run(scene())
    assert (pen.drawn, contents) == ([("run", "a.gif")], {bytes(10)})
    assert threading.get_ident() not in pen.threads, "the event loop goes on meanwhile"


def test_files_of_one_run_are_drawn_one_after_the_other_and_few_of_several_runs_at_once() -> None:
    async def scene(*keys: tuple[str, str]) -> int:
        pen = Pen(drawings(at_once=2))
        await asyncio.gather(*(pen.file(*key) for key in keys))
        assert sorted(pen.drawn) == sorted(keys)
        return pen.busiest

    assert asyncio.run(scene(*(("run", f"{n}.png") for n in range(5)))) == 1
    assert asyncio.run(scene(*((f"run {n}", "a.gif") for n in range(8)))) == 2


def test_what_was_drawn_is_kept_within_its_bytes_and_the_least_wanted_goes() -> None:
    async def scene() -> tuple[list[tuple[str, ...]], list[bool]]:
        pen = Pen(drawings(kept_bytes=100))
        for name in ("a", "b", "a", "c", "d", "large", "a"):
            await pen.file("run", name, size=200 if name == "large" else 30)
        return pen.drawn, [pen.files.kept(("run", name)) is not None for name in ("a", "b", "large")]

    drawn, kept = asyncio.run(scene())
    assert [name for _, name in drawn] == ["a", "b", "c", "d", "large", "a"]
    assert kept == [True, False, False]


def test_one_who_leaves_takes_nothing_from_the_others_and_a_failure_is_not_kept() -> None:
    async def scene() -> list[object]:
        files, goes_on = drawings(), asyncio.Event()
        seen: list[object] = []

        async def fail() -> bytes:
            await goes_on.wait()
            raise TryLater("the engine stopped", 2)

        async def succeed() -> bytes:
            return b"drawn"

        asking = [asyncio.create_task(files.file(("run", "a"), fail)) for _ in range(3)]
        await asyncio.sleep(0)
        asking[0].cancel()
        goes_on.set()
        for one in asking:
            with contextlib.suppress(asyncio.CancelledError):
                try:
                    await one
                except TryLater as error:
                    seen.append(str(error))
        return [*seen, await files.file(("run", "a"), succeed)]

    assert asyncio.run(scene()) == ["the engine stopped", "the engine stopped", b"drawn"]


@pytest.mark.parametrize("learner", ["somebody", None])
def test_asking_too_often_is_refused_with_the_moment_to_come_back(learner: str | None) -> None:
    files = drawings(per_learner=2, anonymous=2)
    files.count(learner)
    files.count(learner)
    with pytest.raises(TooMany, match="at most 2 picture files a minute") as refused:
        files.count(learner)
    assert 1 <= refused.value.retry_after_s <= 60
    files.count("somebody else")
