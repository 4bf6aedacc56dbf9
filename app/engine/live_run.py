"""A run in the engine: what was asked, how far it is, who watches, and the frames so far."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from app.engine.frame_log import FrameLog
from app.engine.run import RunSpec, RunStatus
from app.engine.trajectory import Trajectory

CLAIM_S = 10.0
"""A run that was just asked for goes on this long before anybody watches."""


@dataclass
class LiveRun:
    """One run; changed only under the core's lock, but for its trajectory, which the device thread owns.

    Args:
        run_id: its name.
        spec: what was asked for.
        learner: whose account its rows go to: who asked first.
        trajectory: its pictures in flight; None once it has ended.
    """

    run_id: str
    spec: RunSpec
    learner: str
    trajectory: Trajectory | None
    log: FrameLog = field(default_factory=FrameLog)
    status: RunStatus = RunStatus.WAITING
    viewers: int = 0
    claimed_until: float = field(default_factory=lambda: time.monotonic() + CLAIM_S)
    idle_since: float | None = None

    @property
    def has_ended(self) -> bool:
        """It is done or has failed; its log will not grow any more."""
        return self.status in (RunStatus.DONE, RunStatus.FAILED)

    def is_wanted(self, now: float) -> bool:
        """Somebody watches, or asked a moment ago and may be about to."""
        return self.viewers > 0 or now < self.claimed_until

    def claim(self) -> None:
        """Keep going a moment for somebody who has just asked for it."""
        self.claimed_until = time.monotonic() + CLAIM_S
        self.idle_since = None
