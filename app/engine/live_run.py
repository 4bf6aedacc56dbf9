"""A run in the engine: what was asked, how far it is, who watches, and the frames so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.engine.frame_log import FrameLog
from app.engine.run import RunSpec, RunStatus
from app.engine.trajectory import Trajectory


@dataclass(eq=False)
class LiveRun:
    """One run; changed only under the core's lock, but for its trajectory, which the device thread owns.

    Args:
        run_id: its name.
        spec: what was asked for.
        learner: whose account its rows go to: who asked first.
        claimed_until: it goes on until then although nobody watches yet.
        frames_bytes: about what its frames will take when it has finished.
        idle_since: the moment since which it is paused.
        began_at: when its first call was made, later by the time for which it was paused since.
    """

    run_id: str
    spec: RunSpec
    learner: str
    claimed_until: float
    frames_bytes: int
    trajectory: Trajectory | None = None
    log: FrameLog = field(default_factory=FrameLog)
    status: RunStatus = RunStatus.WAITING
    viewers: int = 0
    idle_since: float | None = None
    began_at: float | None = None

    @property
    def rows(self) -> int:
        """Network rows that one call takes."""
        return self.spec.count * self.spec.rows_per_picture

    @property
    def has_ended(self) -> bool:
        """It is done or has failed; its log will not grow any more."""
        return self.status in (RunStatus.DONE, RunStatus.FAILED)

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
