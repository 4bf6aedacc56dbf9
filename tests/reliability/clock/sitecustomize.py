"""Sets the clock of every Python process that finds this on its path off, by as many seconds as a file says.

Python imports a module of this name at its start. The file CLOCK_FILE may change at any time; the clock that
only measures intervals goes on, as it does when somebody sets a computer's clock.
"""

from __future__ import annotations

import datetime as dates
import os
import time
from pathlib import Path
from typing import Any

FILE = os.environ.get("CLOCK_FILE", "")
real_time = time.time
RealDatetime = dates.datetime


def offset_s() -> float:
    """Read by how much the clock is wrong now."""
    return float(Path(FILE).read_text() or 0.0)


class _AnyDatetime(type):
    """Takes moments that were made before, or by C, for what they are."""

    def __instancecheck__(cls, one: Any) -> bool:
        return isinstance(one, RealDatetime)


class WrongDatetime(RealDatetime, metaclass=_AnyDatetime):
    """The type of moments, whose `now` is off."""

    @classmethod
    def now(cls, tz: dates.tzinfo | None = None) -> Any:
        """Return the present moment as the clock shows it."""
        return RealDatetime.now(tz) + dates.timedelta(seconds=offset_s())


if FILE:
    time.time = lambda: real_time() + offset_s()
    dates.datetime = WrongDatetime  # type: ignore[misc]
