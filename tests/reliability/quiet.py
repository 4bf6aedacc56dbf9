"""A server that is given time to be as it was before anybody came."""

from __future__ import annotations

import contextlib
import json

from tests.real_server import RealServer

QUIET_S = 40.0
"""Longer than anything is kept for those who may come back: runs, connections to the engine."""


def in_work(server: RealServer) -> int:
    """Count the runs that wait or are stepped."""
    counts = json.loads(server.ask("GET", "/readyz")[1])["runs"]
    return int(counts.get("waiting", 0) + counts.get("running", 0))


def descriptors(server: RealServer) -> int:
    return sum(process.num_fds() for process in (*server.web_processes, server.engine))


def settle(server: RealServer, most: float = float("inf")) -> int:
    """Wait until nothing is stepped and no more descriptors than that are open, and count them."""
    with contextlib.suppress(AssertionError):
        server.wait_until(lambda: in_work(server) == 0 and descriptors(server) <= most, QUIET_S)
    return descriptors(server)
