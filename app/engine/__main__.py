"""`python -m app.engine`: the engine process. It ends when its standard input closes, with its parent."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import torch
import uvicorn

from app.engine.admission import Admission, RunLimits
from app.engine.core import Core
from app.engine.models import Models
from app.engine.server import create_engine_app

STOPS = (signal.SIGINT, signal.SIGTERM)

DEVICE_LOST = 70
"""Exit status after steps kept failing; whoever started this process starts a new one."""


def main() -> None:
    """Load the models, serve, and speed the models up meanwhile."""
    parser = argparse.ArgumentParser(prog="python -m app.engine")
    parser.add_argument("--host", default="127.0.0.1")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int)
    where.add_argument("--socket", type=Path, help="path of a Unix socket, in a folder of this user alone")
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="folder for exported networks")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--eager", action="store_true", help="never swap in an exported network")
    for limit in fields(RunLimits):
        option = f"--{limit.name.replace('_', '-')}-per-minute"
        parser.add_argument(option, dest=limit.name, type=int, default=limit.default, metavar="N")
    parser.add_argument("--stay", action="store_true", help="go on when standard input closes")
    arguments = parser.parse_args()
    token = os.environ.get("ENGINE_TOKEN", "")
    if not token:
        parser.error("set ENGINE_TOKEN in the environment to a secret that the web processes share")
    if not arguments.stay:
        threading.Thread(
            target=_end_with_parent, args=(arguments.socket,), daemon=True, name="parent"
        ).start()
    # Below the web process in priority: pages and frames are never starved by the arithmetic.
    os.nice(5)
    torch.set_num_threads(arguments.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    models = Models(arguments.models, device, arguments.threads)
    if not arguments.eager:
        models.speed_up(arguments.cache)
    limits = RunLimits(**{limit.name: getattr(arguments, limit.name) for limit in fields(RunLimits)})
    core = Core(models, admission=Admission(limits), give_up=lambda: os._exit(DEVICE_LOST))
    app = create_engine_app(core, token, _in_words(device, arguments.threads))
    config = uvicorn.Config(
        app,
        host=arguments.host,
        port=arguments.port or 0,
        uds=None if arguments.socket is None else str(arguments.socket),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    (uvicorn.Server if arguments.stay else _Child)(config).run()


class _Child(uvicorn.Server):
    """Outlives signals: service managers send one to every process, and viewers are sent away first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)
        yield


def _end_with_parent(socket: Path | None) -> None:
    """Wait until the parent's end of the pipe closes; then leave at once, and no socket behind."""
    sys.stdin.buffer.read()
    if socket is not None:
        with contextlib.suppress(OSError):
            socket.unlink(missing_ok=True)
            socket.parent.rmdir()
    os._exit(0)


def _in_words(device: torch.device, threads: int) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"


if __name__ == "__main__":
    main()
