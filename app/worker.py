"""One of several web processes of `fromnoise serve`: it ends with the process that started it.

Were that one killed, its workers would go on answering without an engine, and keep the port from the next.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import wait

from fastapi import FastAPI

from app import main
from app.errors import FromNoiseError
from app.printing import print_anything
from app.settings import Settings


def create_app() -> FastAPI:
    """Make the web application of a process that another one started.

    Raises:
        SystemExit: it cannot be made; why is said in a line, as where there is one process.
    """
    print_anything()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True, name="parent").start()
    try:
        return main.create_app(Settings().shared())
    except FromNoiseError as error:
        sys.stderr.write(f"fromnoise: {error}\n")
        raise SystemExit(1) from None


def _end_after(sentinel: int) -> None:
    """Wait until the parent is gone, and stop as when told to: streams are sent away first."""
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
