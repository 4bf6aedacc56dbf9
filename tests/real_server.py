"""`fromnoise serve` as a process of its own, with a tiny model, and streams of it over plain sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil

from app.engine.supervisor import free_port
from tests.documented import WATCH
from tests.web.small_course import COURSE, LESSON

AWAKE_S = 60.0


class RealServer:
    """A server that can be started, and again after it was killed: same port, same records.

    Args:
        port: where it listens.
        environment: its settings.
        log: where everything goes that its processes say.
    """

    process: subprocess.Popen[bytes]
    """The one that was started, the parent of all others."""

    def __init__(self, port: int, environment: Mapping[str, str], log: Path) -> None:
        self.port = port
        self._environment = environment
        self._log = log

    def start(self) -> None:
        """Start the process and wait for nothing."""
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from app.cli import main; main()", "serve"],
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """Kill every process that is still there."""
        if self.process.poll() is None:
            for child in self.children:
                child.kill()
            self.process.kill()
            self.process.wait()

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def engine(self) -> psutil.Process:
        """The engine's process."""
        (engine,) = self.engines
        return engine

    @property
    def engines(self) -> list[psutil.Process]:
        """The processes of the engines, in the order of their start."""
        found = [child for child in self.children if "app.engine" in _command(child)]
        return sorted(found, key=psutil.Process.create_time)

    @property
    def web_processes(self) -> list[psutil.Process]:
        """Those that answer: the parent itself, or its workers where it has several."""
        workers = [child for child in self.children if "spawn_main" in " ".join(_command(child))]
        return workers or [psutil.Process(self.process.pid)]

    @property
    def records(self) -> Path:
        """The database's file."""
        return Path(self._environment["DATABASE_URL"].removeprefix("sqlite:///"))

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
            content = answer.read()
            media_type = answer.getheader("content-type", "").partition(";")[0]
            WATCH.look(method, path.partition("?")[0], answer.status, media_type, content)
            return answer.status, content
        finally:
            connection.close()

    def answers(self, path: str) -> bool:
        """Say whether an address is answered, and with 200."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask("GET", path)[0] == 200
        return False

    def wait_until(self, condition: Callable[[], object], seconds: float = AWAKE_S) -> float:
        """Wait for a condition, and return the seconds that it took."""
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            assert self.process.poll() is None, self.said
            if condition():
                return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError(self.said)

    def wait_until_ready(self) -> None:
        self.wait_until(lambda: self.answers("/readyz"))

    def wait_until_settled(self) -> None:
        """Wait until the network is exported, which keeps a core busy for seconds."""
        self.wait_until(lambda: b'"onnxruntime"' in self.ask("GET", "/api/models")[1])

    def start_run(self, **settings: object) -> str:
        """Start a run, of the tiny model unless another is named, and return the address of its frames."""
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


def _command(process: psutil.Process) -> list[str]:
    """Return how a process was started; nothing for one that has ended."""
    try:
        return list(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


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
    server = RealServer(port, environment, folder / "log")
    server.start()
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.kill()
