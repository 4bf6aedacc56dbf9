"""The runs, or trainings, that an engine knows: admitted, under way, paused, or finished and kept a while.

Plain bookkeeping: no threads (the core calls it under its lock) and no clock (times are handed in).
"""

from __future__ import annotations

import asyncio
import math
from abc import abstractmethod
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from app.cards import Card
from app.engine.admission import ANONYMOUS, Account
from app.engine.attention_maps import map_bytes
from app.engine.frame_events import PANES
from app.engine.frame_log import FrameLog, StepLog, log_bytes
from app.engine.judged import Judged
from app.engine.run import RunSpec, RunStatus
from app.engine.trajectory import Trajectory, plan_of
from app.errors import NotFound, TryLater

MAX_LIVE = 256
LIVE_BYTES = 512 * 2**20
CACHE_BYTES = 128 * 2**20
PAUSED_S = 600.0
CLAIM_S = 10.0
LEFT_FOR_OTHERS = 8
"""One in so many of the runs that may be under way is left for others than the learner, or the address, with
the most of them."""

SIGN_OF_LIFE_S = 0.4
"""So often a web process hears from the engine, whatever a run does."""

RETRY_AFTER_S = 5

FACTS_BYTES = 700
"""About what a frame takes besides its pixels."""


Spec = TypeVar("Spec")


@dataclass(eq=False)
class LiveWork(Generic[Spec]):
    """A run or a training; changed only under the core's lock, but for what the device thread owns of it.

    Args:
        run_id: its name.
        spec: what was asked for.
        account: where its rows go: that of whoever asked first.
        claimed_until: it goes on until then although nobody watches yet.
        frames_bytes: about what it will take when it has finished.
        idle_since: the moment since which it is paused.
        began_at: when its first call was made, later by the time for which it was paused since.
    """

    run_id: str
    spec: Spec
    account: Account
    claimed_until: float
    frames_bytes: int
    log: FrameLog = field(default_factory=partial(FrameLog, SIGN_OF_LIFE_S))
    status: RunStatus = RunStatus.WAITING
    viewers: int = 0
    idle_since: float | None = None
    began_at: float | None = None

    @property
    def size(self) -> int:
        """Bytes that it has come to."""
        return self.log.size

    @abstractmethod
    def let_go(self) -> None:
        """Free what it needs only while it is under way."""

    def is_wanted(self, now: float) -> bool:
        """Somebody watches, or asked a moment ago and may be about to."""
        return self.viewers > 0 or now < self.claimed_until

    def pause(self, now: float) -> float:
        """Keep its state, and return for how long nobody has wanted it."""
        self.status = RunStatus.PAUSED
        if self.idle_since is None:
            self.idle_since = now
        return now - self.idle_since

    def go_on(self, now: float) -> None:
        """End a pause, which does not count as time that the run took."""
        if self.idle_since is not None and self.began_at is not None:
            self.began_at += now - self.idle_since
        self.idle_since = None


@dataclass(eq=False)
class LiveRun(LiveWork[RunSpec]):
    """One run.

    Args:
        trajectory: where its pictures are, while it is under way.
        steps: the numbers of its calls, once the first has been made.
        judging: what the model's judge makes of it, once somebody has asked for that.
    """

    trajectory: Trajectory | None = None
    steps: StepLog | None = None
    judging: asyncio.Task[Judged] | None = None

    @property
    def rows(self) -> int:
        """Network rows that one call takes."""
        return self.spec.count * self.spec.rows_per_picture

    @property
    def size(self) -> int:
        """Bytes of its frames and its numbers."""
        return self.log.size + (self.steps.size if self.steps else 0)

    def let_go(self) -> None:
        """Free its pictures."""
        self.trajectory = None


Work = TypeVar("Work", bound=LiveWork[Any])


class LiveTable(Generic[Work]):
    """All work of one kind by its id: what is under way, and what ended, the latest used last.

    Args:
        make: the kind.
        noun: what several of them are called.
        most_of_learner: how many of one learner may be under way at once, where that is less than leaves room
            for others; all clients without a cookie together are not held to it.
        max_live: runs that may be unfinished at once; one more is refused.
        live_bytes: what the frames of unfinished runs may take together once they have all come.
        cache_bytes: what the frames of finished runs may take before the longest unused go.
        paused_s: how long a run that nobody watches keeps its state.
        claim_s: how long a run that was just asked for goes on before anybody watches.
    """

    def __init__(
        self,
        make: type[Work],
        noun: str,
        *,
        most_of_learner: int | None = None,
        max_live: int = MAX_LIVE,
        live_bytes: int = LIVE_BYTES,
        cache_bytes: int = CACHE_BYTES,
        paused_s: float = PAUSED_S,
        claim_s: float = CLAIM_S,
    ) -> None:
        self.max_live = max_live
        self._make = make
        self._noun = noun
        self._most_of_learner = most_of_learner
        self._live_bytes = live_bytes
        self._cache_bytes = cache_bytes
        self._paused_s = paused_s
        self._claim_s = claim_s
        self._live: dict[str, Work] = {}
        self._ended: OrderedDict[str, Work] = OrderedDict()

    def join(self, run_id: str, now: float) -> Work | None:
        """Return the same run if it is under way or done, and claim it; a failed one starts anew."""
        run = self._live.get(run_id) or self._ended.get(run_id)
        if run is None or run.status is RunStatus.FAILED:
            return None
        self.claim(run, now)
        return run

    def admit(self, run_id: str, spec: Any, account: Account, frames_bytes: int, now: float) -> Work:
        """Take a new run in; where there is no room, the longest paused runs make it.

        Raises:
            TryLater: as many are wanted as this server takes at once, or as many of this learner or address
                as leave room for others. All clients without a cookie are one learner here.
        """
        most = max(1, self.max_live - max(1, self.max_live // LEFT_FOR_OTHERS))
        accounts = [run.account for run in self._live.values() if run.is_wanted(now)]
        for whose in ("learner", "address"):
            mine = getattr(account, whose)
            is_named = whose == "learner" and account != ANONYMOUS
            limit = min(most, self._most_of_learner or most) if is_named else most
            if mine and sum(getattr(other, whose) == mine for other in accounts) >= limit:
                raise TryLater(
                    f"{limit} {self._noun} of one {whose} are under way, as many as may be", RETRY_AFTER_S
                )
        paused = sorted(
            (run for run in self._live.values() if run.status is RunStatus.PAUSED and not run.is_wanted(now)),
            key=lambda run: run.idle_since or now,
        )
        while not self._has_room(frames_bytes):
            if not paused:
                raise TryLater(
                    f"{len(self._live)} {self._noun} are under way, as many as this server takes at once",
                    RETRY_AFTER_S,
                )
            del self._live[paused.pop(0).run_id]
        run = self._make(run_id, spec, account, now + self._claim_s, frames_bytes)
        self._ended.pop(run_id, None)
        self._live[run_id] = run
        return run

    def knows(self, run_id: str) -> bool:
        """Say whether one who asks for this run would join one."""
        run = self._live.get(run_id) or self._ended.get(run_id)
        return run is not None and run.status is not RunStatus.FAILED

    def find(self, run_id: str) -> Work:
        """Return a run that is under way or kept.

        Raises:
            NotFound: it never was, or has gone.
        """
        run = self._live.get(run_id) or self._ended.get(run_id)
        if run is None:
            raise NotFound(f"no run {run_id}: it was never asked for here, or nobody watched it for a while")
        return run

    def claim(self, run: Work, now: float) -> None:
        """Keep a run going a moment for somebody who is about to watch it."""
        run.claimed_until = now + self._claim_s
        if run.run_id in self._ended:
            self._ended.move_to_end(run.run_id)

    def wanted(self, now: float) -> list[Work]:
        """Drop what nobody wants any more, pause what nobody watches, and return the runs to be stepped."""
        for run in list(self._live.values()):
            if run.is_wanted(now):
                run.go_on(now)
            elif run.pause(now) > self._paused_s:
                del self._live[run.run_id]
        return [run for run in self._live.values() if run.is_wanted(now)]

    def end(self, run: Work, status: RunStatus) -> None:
        """Move a run to those that ended, and let go of what no longer fits beside it."""
        run.status = status
        run.let_go()
        if self._live.get(run.run_id) is run:
            del self._live[run.run_id]
            self._ended[run.run_id] = run
        size = sum(ended.size for ended in self._ended.values())
        for ended in list(self._ended.values()):
            if size <= self._cache_bytes:
                break
            if ended.viewers == 0 and ended is not run:
                size -= ended.size
                del self._ended[ended.run_id]

    def ahead_of(self, run: Work) -> int:
        """Count the runs that share the device with this one."""
        return sum(other is not run and other.status is not RunStatus.PAUSED for other in self._live.values())

    def counts(self) -> dict[str, int]:
        """Count the runs in each status."""
        return dict(Counter(str(run.status) for run in (*self._live.values(), *self._ended.values())))

    def viewers(self) -> int:
        """Count those who watch."""
        return sum(run.viewers for run in (*self._live.values(), *self._ended.values()))

    def _has_room(self, frames_bytes: int) -> bool:
        taken = sum(run.frames_bytes for run in self._live.values())
        fits = taken == 0 or taken + frames_bytes <= self._live_bytes
        return fits and len(self._live) < self.max_live


class RunTable(LiveTable[LiveRun]):
    """Every run by its id; the bounds are those of `LiveTable`."""

    def __init__(self, **bounds: Any) -> None:
        super().__init__(LiveRun, "runs", **bounds)

    def rows(self, now: float) -> int:
        """Count the network rows that the runs which somebody watches take of a round of calls."""
        return sum(run.rows for run in self._live.values() if run.is_wanted(now))


def bytes_of_run(spec: RunSpec, card: Card) -> int:
    """Estimate the bytes of a run: every pane in base64, maps of attention and facts, and its numbers."""
    pane = spec.count * math.prod(card.shape) * 4 // 3
    maps = map_bytes(spec, card.shape) if spec.attention else 0
    frames = (spec.steps + 1) * (len(PANES) * pane + maps + FACTS_BYTES)
    return frames + log_bytes(plan_of(spec, card), spec.count, card.shape)
