"""Asking an engine that is supervised, and waiting for it."""

from __future__ import annotations

import time
from http.client import HTTPException

from app.engine.channel import ask

AWAKE_S = 40.0
"""Importing torch takes seconds, and more of them on a busy machine."""


def status(supervisor):
    """Ask the engine how it is; None while it does not answer."""
    try:
        return ask(supervisor.url, supervisor.token, "/status", 2.0)
    except (OSError, HTTPException):
        return None


def wait_for(condition, seconds=AWAKE_S):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")
