"""`fromnoise serve` as a process of its own, with a tiny model, and streams of it over plain sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from app.engine.supervisor import free_port
from tests.web.small_course import COURSE, LESSON

AWAKE_S = 60.0


class RealServer:
    """A server that was started.

    Args:
        port: where it listens.
        process: the one that was started, the parent of all others.
        log: where everything goes that they say.
    """

    def __init__(self, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
        self.port = port
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def engine(self) -> psutil.Process:
        """The engine's process."""
        (engine,) = (child for child in self.children if "app.engine" in child.cmdline())
        return engine

    @property
    def children(self) -> list[psutil.Process]:
        """The web processes, where there are several, the engine, and what exports its networks."""
        return [*psutil.Process(self.process.pid).children(recursive=True)]

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"content-type": "application/json", "accept": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def start_run(self, **settings: object) -> str:
        """Start a run and return the address of its frames."""
        status, body = self.ask("POST", "/api/runs", {"model": "tiny"} | settings)
        assert status == 201, body
        return str(json.loads(body)["frames"])

    def lines_of(self, frames: str) -> Iterator[bytes]:
        """Open a stream; what it yields are its lines, as they come."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", frames, headers={"accept": "text/event-stream"})
        answer = connection.getresponse()
        assert answer.status == 200

        def lines() -> Iterator[bytes]:
            with contextlib.closing(connection):
                yield from answer

        return lines()

    def end(self, number: int) -> float:
        """Send a signal and return the seconds after which the process is gone."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        return time.monotonic() - began


@contextlib.contextmanager
def real_server(folder: Path, models: Path, **settings: str) -> Iterator[RealServer]:
    """Start a server, wait until its engine is ready, and end it if it is still there afterwards."""
    lesson = folder / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(LESSON, encoding="utf-8")
    (lesson / "quiz.toml").write_text("".join(COURSE), encoding="utf-8")
    port = free_port()
    environment = os.environ | {
        "PORT": str(port),
        "LESSONS": str(folder / "lessons"),
        "MODELS": str(models),
        "DATABASE_URL": f"sqlite:///{folder / 'records.sqlite3'}",
        "XDG_DATA_HOME": str(folder),
        **settings,
    }
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", "from app.cli import main; main()", "serve"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = RealServer(port, process, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        if process.poll() is None:
            for child in server.children:
                child.kill()
            process.kill()
            process.wait()


def _wait_until_ready(server: RealServer) -> None:
    end = time.monotonic() + AWAKE_S
    while time.monotonic() < end:
        assert server.process.poll() is None, server.said
        with contextlib.suppress(OSError, http.client.HTTPException):
            if server.ask("GET", "/readyz")[0] == 200:
                return
        time.sleep(0.05)
    raise AssertionError(server.said)
