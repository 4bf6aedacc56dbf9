"""An ASGI app served in a thread of the test process, for tests whose own thread drives a browser."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn


@contextlib.contextmanager
def served_in_thread(app: Any, **config: Any) -> Iterator[str]:
    """Serve in a thread, where uvicorn leaves signals alone, and give the address; `config` is uvicorn's."""
    settings = uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1, **config)
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
