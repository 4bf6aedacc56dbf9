"""S10: how fast a lesson is sent, against Starlette alone sending the same bytes from memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from app.engine.supervisor import free_port
from benchmarks.connection import Answer, Connection, run
from benchmarks.effort import Effort
from benchmarks.page_load import requests_per_second
from benchmarks.result import Result
from benchmarks.server import Server

GZIP = {"accept-encoding": "gzip"}


def lesson_path(server: Server) -> str:
    """Return the address of the first lesson."""
    return f"/lessons/{server.ask('/api/lessons')[0]['slug']}"


def measure_pages(server: Server, effort: Effort) -> list[Result]:
    """Measure S10: the page sent whole, compressed as browsers get it, and not sent since it is known."""
    path = lesson_path(server)
    page = run(Connection.ask(server.port, path, GZIP))
    known = {**GZIP, "if-none-match": page.headers["etag"]}
    results = []
    with bare_server(page, path) as port:
        for words, headers, status, target in (
            ("sent", GZIP, 200, 0.6),
            ("known by its ETag", known, 304, 0.8),
        ):
            ours, bare = [], []
            for _ in range(effort.repeats):
                seconds = effort.seconds / 3
                ours.append(requests_per_second(server.port, path, headers, status, seconds))
                bare.append(requests_per_second(port, path, headers, status, seconds))
            results.append(
                Result(
                    code="S10",
                    what=f"lesson page {words}: requests/s against Starlette from memory",
                    measured=median(ours) / median(bare),
                    sense="≥",
                    target=target,
                    unit="",
                    how=f"One web process each, under uvicorn with the same settings, {len(page.body)} bytes "
                    f"compressed, answers {status}, in turns: here {median(ours):.0f} requests/s, "
                    f"Starlette alone {median(bare):.0f}. The client shares the cores with the server.",
                )
            )
    return results


@contextlib.contextmanager
def bare_server(page: Answer, path: str) -> Iterator[int]:
    """Serve one page by Starlette alone, and give the port."""
    port = free_port()
    with tempfile.NamedTemporaryFile() as body:
        body.write(page.body)
        body.flush()
        environment = {
            **os.environ,
            "PORT": str(port),
            "BARE_BODY": body.name,
            "BARE_ETAG": page.headers["etag"],
        }
        root = Path(__file__).parent.parent
        process = subprocess.Popen([sys.executable, "-m", "benchmarks.bare_app"], env=environment, cwd=root)
        try:
            _wait_for(process, port, path)
            yield port
        finally:
            process.terminate()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError):
            if run(Connection.ask(port, path)).status == 200:
                return
        time.sleep(0.05)
    raise ChildProcessError("the server to compare with did not start; see its output above")
