"""Starts the local engine process, watches it, and starts it again when it dies. No torch."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import structlog

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 8.0
HEALTHY_S = 30.0
STOP_S = 3.0

log = structlog.get_logger()


class Supervisor:
    """The parent's side of one engine process.

    Args:
        models: folder of the models.
        cache: folder for exported networks.
        eager: never swap in an exported network.
    """

    def __init__(self, models: Path, cache: Path, *, eager: bool = False) -> None:
        self.port = free_port()
        self.token = secrets.token_urlsafe(24)
        self._command = [
            *(sys.executable, "-m", "app.engine"),
            *("--port", str(self.port)),
            *("--models", str(models)),
            *("--cache", str(cache)),
            *(["--eager"] if eager else []),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._spawning = threading.Lock()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="supervisor")

    @property
    def url(self) -> str:
        """Where the engine listens, now and after every restart."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The engine's process id, while there is one."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the engine and keep it running until `stop`."""
        self._process = self._spawn()
        self._thread.start()

    def stop(self) -> None:
        """End the engine: closing its standard input is what it waits for."""
        with self._spawning:
            self._stopping.set()
            process = self._process
        if process is None:
            return
        _close_input(process)
        try:
            process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._thread.join(timeout=STOP_S)

    def _spawn(self) -> subprocess.Popen[bytes]:
        # Threads that sleep while they wait leave the cores to the web process.
        environment = {**os.environ, "ENGINE_TOKEN": self.token, "OMP_WAIT_POLICY": "PASSIVE"}
        # In a session of its own: Ctrl-C is for the parent, which then ends the engine.
        return subprocess.Popen(  # noqa: S603
            self._command, stdin=subprocess.PIPE, env=environment, start_new_session=True
        )

    def _watch(self) -> None:
        """Restart the engine whenever it ends, more slowly the faster it dies."""
        pause = FIRST_PAUSE_S
        began = time.monotonic()
        while True:
            process = self._process
            assert process is not None
            code = process.wait()
            if time.monotonic() - began > HEALTHY_S:
                pause = FIRST_PAUSE_S
            if self._stopping.is_set():
                return
            log.warning("the engine ended; starting it again", code=code, pause_s=pause)
            _close_input(process)
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
            with self._spawning:  # `stop` sees either no new process or the one to end
                if self._stopping.is_set():
                    return
                began = time.monotonic()
                self._process = self._spawn()


def _close_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()


def free_port() -> int:
    """Ask the system for a loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
