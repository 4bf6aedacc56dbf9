"""Several web processes of `fromnoise serve`: started one after another, started again, ended together.

uvicorn's own supervisor passes signals on and replaces the processes at SIGHUP. But it starts any of them
again without end, whatever it died of, so that a fault of the course would be told for ever; and it waits
for the answer of each in turn, deaf meanwhile, and ends one that takes longer to start than that.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

SILENT_S = 10.0
STARTING_S = 120
"""A process that serves may keep silent for so long, and one that starts on a busy machine: at SIGHUP too,
where the old one goes on until then."""

PAUSE_S = 2.0
"""At least so long lies between two starts of one process."""

LONGEST_LOOK_S = 1.0
"""What one look may add to a silence: this process may have been stopped itself."""

log = structlog.get_logger()


class Watch:
    """What is known of one process.

    Attributes:
        serves: whether it has begun to serve.
    """

    def __init__(self, now: float) -> None:
        self.serves = False
        self._began = self._looked_at = now
        self._silent_s = 0.0
        self._is_asked = False

    def is_well(self, process: Process, now: float) -> bool:
        """Ask a process, without waiting, whether it is alive; False once it has been silent for too long."""
        if not process.process.is_alive():
            return False
        self._silent_s += min(now - self._looked_at, LONGEST_LOOK_S)
        self._looked_at = now
        try:
            while process.parent_conn.poll(0):
                self.serves |= process.parent_conn.recv() is True
                self._silent_s, self._is_asked = 0.0, False
            if not self._is_asked:
                process.parent_conn.send(b"ping")
                self._is_asked = True
        except (OSError, EOFError):
            return False
        return self._silent_s < (SILENT_S if self.serves else STARTING_S)

    def may_start_again(self, now: float) -> bool:
        """Say whether its start lies far enough back."""
        return now >= self._began + PAUSE_S


class WebProcesses(Multiprocess):
    """The web processes, as their parent sees them."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._watches: dict[Process, Watch] = {}
        self._status = 0

    def init_processes(self) -> None:
        """Start one; the others follow once it serves, since what it fails at they would fail at too."""
        self.processes.append(self._started())

    def keep_subprocess_alive(self) -> None:
        """Start those that are missing, and again those that have ended or hang."""
        now = time.monotonic()
        self._watches = {one: self._watches.get(one) or Watch(now) for one in self.processes}
        for place, process in enumerate([*self.processes]):
            watch = self._watches[process]
            if not watch.is_well(process, now) and not self.should_exit.is_set():
                self._replace(place, watch, now)
        if len(self.processes) < self.processes_num and self._somebody_serves():
            self.processes += [self._started() for _ in range(self.processes_num - len(self.processes))]

    def run(self) -> None:
        """Serve until told to stop.

        Raises:
            SystemExit: they could not start; with the status of the one that failed.
        """
        super().run()
        if self._status:
            raise SystemExit(self._status)

    def _replace(self, place: int, watch: Watch, now: float) -> None:
        """Start a process again, or end all where one gave up its start and none serves."""
        process = self.processes[place]
        has_given_up = not watch.serves and (process.exitcode or 0) > 0
        if has_given_up and not self._somebody_serves():
            self._status = process.exitcode or STARTUP_FAILURE
            self.should_exit.set()
        elif watch.may_start_again(now):
            process.kill()
            process.join()
            log.warning("a web process ended or hangs; starting it again", code=process.exitcode)
            self.processes[place] = self._started()

    def _somebody_serves(self) -> bool:
        return any(watch.serves and one.process.is_alive() for one, watch in self._watches.items())

    def _started(self) -> Process:
        process = Process(self.config, self.sockets)
        process.start()
        return process


def serve_by_several(app: str, processes: int, how: dict[str, Any]) -> None:
    """Serve an application, named as MODULE:FUNCTION, by several processes until told to stop.

    Raises:
        SystemExit: they could not start; with the status of the one that failed.
    """
    config = uvicorn.Config(app, timeout_worker_healthcheck=STARTING_S, **{**how, "workers": processes})
    WebProcesses(config, [config.bind_socket()]).run()
