"""Asking an engine that is supervised, and waiting for it."""

from __future__ import annotations

import time

import httpx2

AWAKE_S = 40.0
"""Importing torch takes seconds, and more of them on a busy machine."""


def status(supervisor):
    """Ask the engine how it is; None while it does not answer."""
    headers = {"authorization": f"Bearer {supervisor.token}"}
    try:
        return httpx2.get(f"{supervisor.url}/status", headers=headers, timeout=2.0).json()
    except httpx2.TransportError:
        return None


def wait_for(condition, seconds=AWAKE_S):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")
