"""`python -m app.engine`: the engine process. It ends when its standard input closes, with its parent."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import structlog
import torch
import uvicorn

from app.cores import cores
from app.engine.admission import Admission, RunLimits
from app.engine.core import Core
from app.engine.devices import Choice, choose
from app.engine.faults import Fault, kind_of
from app.engine.models import Models
from app.engine.server import create_engine_app
from app.engine.supervisor import DEVICE_LOST, GPU_LOST
from app.printing import print_anything
from app.validation import DEVICE

STOPS = (signal.SIGINT, signal.SIGTERM)

log = structlog.get_logger()


def main() -> None:
    """Load the models, serve, and speed the models up meanwhile."""
    print_anything()
    arguments = _arguments()
    if not arguments.stay:
        threading.Thread(
            target=_end_with_parent, args=(arguments.socket,), daemon=True, name="parent"
        ).start()
    # Below the web process in priority: pages and frames are never starved by the arithmetic.
    os.nice(5)
    torch.set_num_threads(arguments.threads)
    chosen = choose(arguments.device)
    chosen = replace(chosen, notice=arguments.notice or chosen.notice)
    models, chosen = _load(arguments.models, chosen, arguments.threads)
    if chosen.notice:
        log.warning(chosen.notice)
    limits = RunLimits(**{limit.name: getattr(arguments, limit.name) for limit in fields(RunLimits)})
    core = Core(
        models,
        admission=Admission(limits),
        give_up=lambda fault: os._exit(_status_after(fault, chosen.device)),
    )
    if not arguments.eager:
        models.speed_up(arguments.cache, core.call)
    words = _in_words(chosen.device, arguments.threads)
    if arguments.notice:
        words += f" ({arguments.notice})"
    app = create_engine_app(core, arguments.token, words, chosen.notice)
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.engine")
    parser.add_argument("--host", default="127.0.0.1")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int)
    where.add_argument("--socket", type=Path, help="path of a Unix socket, in a folder of this user alone")
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="folder for exported networks")
    parser.add_argument("--threads", type=int, default=cores())
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument("--notice", default="", help="why it runs on this device, for whoever asks")
    parser.add_argument("--eager", action="store_true", help="never swap in anything quicker")
    for limit in fields(RunLimits):
        option = f"--{limit.name.replace('_', '-')}-per-minute"
        parser.add_argument(option, dest=limit.name, type=int, default=limit.default, metavar="N")
    parser.add_argument("--stay", action="store_true", help="go on when standard input closes")
    arguments = parser.parse_args()
    if not re.fullmatch(DEVICE, arguments.device):
        parser.error(f"--device must be auto, cpu, cuda or cuda:N, got {arguments.device!r}")
    arguments.token = os.environ.get("ENGINE_TOKEN", "")
    if not arguments.token:
        parser.error("set ENGINE_TOKEN in the environment to a secret that the web processes share")
    return arguments


def _load(folder: Path, chosen: Choice, threads: int) -> tuple[Models, Choice]:
    """Load the models on the chosen device, or on the CPU where they do not fit into its memory."""
    try:
        return Models(folder, chosen.device, threads), chosen
    except RuntimeError as error:
        fault = kind_of(error)
        if fault is Fault.DEVICE:
            log.error("the GPU failed while the models were loaded", reason=str(error))
            sys.exit(GPU_LOST)
        if fault is not Fault.MEMORY:
            raise
        on_cpu = Choice(
            torch.device("cpu"), "the models do not fit into the GPU's memory; they run on the CPU"
        )
        return Models(folder, on_cpu.device, threads), on_cpu


def _status_after(fault: Fault, device: torch.device) -> int:
    """Return the exit status of an engine that can compute nothing more."""
    return GPU_LOST if device.type == "cuda" and fault is not Fault.OTHER else DEVICE_LOST


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
