"""The server as people start it: `fromnoise serve` as a process, on a port and with records of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from app.engine.supervisor import free_port
from app.errors import FromNoiseError
from benchmarks.connection import Connection, run

PATIENCE_S = 240.0
"""The first start on a machine exports the network, which takes a minute."""
QUIET_S = 0.4


class Server:
    """A running server.

    Args:
        process: the web process, which is the engine's parent.
        port: where it listens.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    @classmethod
    @contextlib.contextmanager
    def started(cls, **settings: str) -> Iterator[Server]:
        """Start a server with fresh records; end it and throw them away afterwards.

        Args:
            settings: of the server, by the names of their environment variables.
        """
        port = free_port()
        with tempfile.TemporaryDirectory() as folder:
            records = f"sqlite:///{Path(folder) / 'records.sqlite3'}"
            environment = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1", "DATABASE_URL": records}
            environment |= settings
            environment.pop("ENGINE_URL", None)
            command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
            process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
            try:
                yield cls(process, port)
            finally:
                process.terminate()
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def ask(self, path: str) -> Any:
        """Return what an address answers in JSON; None while nothing listens there."""
        if self.process.poll() is not None:
            raise FromNoiseError(
                f"the server ended with code {self.process.returncode}; see its output above"
            )
        try:
            return run(Connection.ask(self.port, path)).json()
        except OSError:
            return None

    def report(self) -> dict[str, Any]:
        """Return what the engine says of itself through the web process."""
        return dict(self.ask("/readyz") or {})

    def wait_for_runtime(self, *names: str) -> None:
        """Wait until the models run on a runtime that they end up with."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            models = self.ask("/api/models")
            usable = [model for model in models or [] if not model["fault"]]
            if usable and all(model["runtime"] in names for model in usable):
                return
            time.sleep(0.5)
        raise FromNoiseError(f"the models did not come to run on {names[0]} within {PATIENCE_S:g} s")

    def wait_until_idle(self) -> None:
        """Wait until the engine makes no more network calls."""
        calls = -1
        while calls != (calls := self.report().get("network_calls", -1)):
            time.sleep(QUIET_S)

    def resident_bytes(self) -> tuple[int, int]:
        """Return the resident memory of the web process and of the engine."""
        web = psutil.Process(self.process.pid)
        engines = [child for child in web.children() if "app.engine" in child.cmdline()]
        return web.memory_info().rss, sum(engine.memory_info().rss for engine in engines)
