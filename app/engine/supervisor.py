"""Starts the local engine process, watches it, and starts it again when it dies or hangs. No torch."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path

import structlog

from app.engine.channel import UNIX, ask
from app.engine.vigil import Answer, Vigil

LONGEST_SOCKET = 100
"""Letters of a socket's path that every system takes."""

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 8.0
HEALTHY_S = 30.0
STOP_S = 1.0
PROBE_S = 0.5
PROBE_TIMEOUT_S = 1.0

DEVICE_LOST = 70
"""Exit status of an engine whose steps kept failing; a new one is started in its place."""

GPU_LOST = 71
"""The same where the steps were a GPU's."""

GPU_TRIES = 3
"""So many engines may lose their GPU within `GPU_WITHIN_S`, the last of them with plain calls alone. After
them the engine runs on the CPU until the server is started anew."""

GPU_WITHIN_S = 3600.0
GPU_NOTICE = "the GPU failed {} times, so the models run on the CPU until this server is started again"

log = structlog.get_logger()


class Supervisor:
    """The parent's side of one engine process.

    Args:
        models: folder of the models.
        cache: folder for exported networks.
        limits: numbers by the names of the engine's options: runs and newcomers a minute, threads.
        eager: never swap in anything quicker than the plain network.
        device: where to compute: "auto", "cpu", "cuda" or "cuda:N".
        token: the secret that the engine shares with the web processes; a new one unless given.
        probe_s: so often the engine is asked whether it is alive.
        probe_timeout_s: how long it may take to answer that.
    """

    def __init__(
        self,
        models: Path,
        cache: Path,
        *,
        limits: Mapping[str, int] | None = None,
        eager: bool = False,
        device: str = "auto",
        token: str | None = None,
        probe_s: float = PROBE_S,
        probe_timeout_s: float = PROBE_TIMEOUT_S,
    ) -> None:
        self._folder = private_folder()
        self.socket = self._folder / "engine"
        self.token = token or secrets.token_urlsafe(24)
        self._command = [
            *(sys.executable, "-m", "app.engine"),
            *("--socket", str(self.socket)),
            *("--models", str(models)),
            *("--cache", str(cache)),
            *(part for name, count in (limits or {}).items() for part in (f"--{name}", str(count))),
            *(["--eager"] if eager else []),
        ]
        self._device = device
        self._losses: list[float] = []
        self._probe_s = probe_s
        self._probe_timeout_s = probe_timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._spawning = threading.Lock()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="supervisor")
        self._prober = threading.Thread(target=self._probe, daemon=True, name="prober")

    @property
    def url(self) -> str:
        """Where the engine listens, now and after every restart."""
        return f"{UNIX}{self.socket}"

    @property
    def pid(self) -> int | None:
        """The engine's process id, while there is one."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the engine and keep it running until `stop`."""
        self._process = self._spawn()
        self._thread.start()
        self._prober.start()

    def stop(self) -> None:
        """End the engine: closing its standard input is what it waits for."""
        with self._spawning:
            self._stopping.set()
            process = self._process
        if process is not None:
            _close_input(process)
            try:
                process.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        if process is None:
            return
        self._thread.join(timeout=STOP_S)
        self._prober.join(timeout=STOP_S)

    def _spawn(self) -> subprocess.Popen[bytes]:
        # Threads that sleep while they wait leave the cores to the web process.
        environment = {**os.environ, "ENGINE_TOKEN": self.token, "OMP_WAIT_POLICY": "PASSIVE"}
        # In a session of its own: Ctrl-C is for the parent, which then ends the engine.
        return subprocess.Popen(  # noqa: S603
            [*self._command, *self._on_device()],
            stdin=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )

    def _on_device(self) -> list[str]:
        """Name the device, more cautiously the oftener a GPU was lost."""
        losses = len(self._losses)
        if losses >= GPU_TRIES:
            return ["--device", "cpu", "--notice", GPU_NOTICE.format(losses)]
        return ["--device", self._device, *(["--eager"] if losses == GPU_TRIES - 1 else [])]

    def _count_loss(self, code: int, now: float) -> None:
        """Count an engine that lost its GPU; those of long ago count no more, unless it was given up."""
        if code != GPU_LOST or len(self._losses) >= GPU_TRIES:
            return
        self._losses = [*(then for then in self._losses if now - then < GPU_WITHIN_S), now]

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
            self._count_loss(code, time.monotonic())
            log.warning("the engine ended; starting it again", code=code, pause_s=pause)
            _close_input(process)
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
            with self._spawning:  # `stop` sees either no new process or the one to end
                if self._stopping.is_set():
                    return
                began = time.monotonic()
                self._process = self._spawn()

    def _probe(self) -> None:
        """End an engine that hangs; `_watch` then starts it again, with its pauses."""
        asked, looked_at = None, time.monotonic()
        while not self._stopping.wait(self._probe_s):
            process = self._process
            if process is None or process.returncode is not None:
                continue
            if process is not asked:
                asked, looked_at = process, time.monotonic()
                vigil = Vigil(longest_s=self._probe_s + self._probe_timeout_s + 0.5)
            answer, listens = self._ask()
            now = time.monotonic()
            fault = vigil.look(answer, now - looked_at, listens=listens)
            looked_at = now
            if fault and not self._stopping.is_set():
                log.error("the engine hangs; ending it", fault=fault)
                asked = None
                process.kill()

    def _ask(self) -> tuple[Answer | None, bool]:
        """Ask the engine for its pulse, if it answers as an engine does, and say whether it listens."""
        try:
            report = ask(self.url, self.token, "/pulse", self._probe_timeout_s)
            return Answer(int(report["beats"]), float(report["limit_s"])), True
        except (ConnectionRefusedError, FileNotFoundError):
            return None, False
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            return None, True


def _close_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()


def private_folder() -> Path:
    """Make a folder that no other user can look into, for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="fromnoise-"))
    if len(str(folder)) < LONGEST_SOCKET - 10:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="fromnoise-", dir="/tmp"))


def free_port() -> int:
    """Ask the system for a loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
