"""`fromnoise serve`: the engine process, or several, and the web processes: started and ended together."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import sys
import threading
import time
from http.client import HTTPException
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.supervisors.watchfilesreload import WatchFilesReload

from app.cards import find_cards
from app.course.files import is_left_behind
from app.engine.channel import ask
from app.engine.supervisors import Supervisors
from app.errors import FromNoiseError, TryLater
from app.learners.database import open_records
from app.settings import Settings, data_folder, ignored_host
from app.web.edge.bounds import KEEP_ALIVE_S
from app.web.edge.connections import PatientConnection
from app.web.edge.crowd import most_connections, raise_descriptor_limit
from app.web_processes import serve_by_several

ENGINE_PATIENCE_S = 60
GRACE_S = 3
"""Streams end at once when the server stops; whatever else has not been answered then has so long."""

BACKLOG = 256
"""Connections that the system accepts before the server does."""

STOPS = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings) -> None:
    """Serve until interrupted.

    Raises:
        FromNoiseError: the port is taken, or the settings cannot be served.
    """
    if notice := ignored_host(os.environ):
        sys.stderr.write(f"fromnoise: {notice}\n")
    require_free_port(settings.host, settings.port)
    require_records(settings.database_url)
    raise_descriptor_limit()
    for number in STOPS:
        signal.signal(number, _end)
    # Web processes read their settings from the environment, and so may be several.
    os.environ["FROMNOISE_HOST"] = settings.host
    os.environ["ALLOWED_HOSTS"] = ",".join(settings.allowed_hosts)
    os.environ["LESSONS"] = str(settings.lessons)
    os.environ["WORKERS"] = str(settings.workers)
    supervisors = None
    if settings.engine_url is None:
        supervisors = Supervisors(
            settings.models,
            data_folder() / "cache",
            limits=settings.engine_limits,
            eager=settings.eager,
            device=settings.device,
        )
        os.environ["ENGINE_URL"] = supervisors.urls
        os.environ["ENGINE_TOKEN"] = supervisors.token
    else:
        os.environ["ENGINE_URL"] = settings.engine_url
        os.environ["ENGINE_TOKEN"] = settings.engine_token
    try:
        if supervisors is not None:
            supervisors.start()
        announce(settings)
        threading.Thread(target=announce_engines, args=(settings,), daemon=True, name="announce").start()
        if settings.reload:
            serve_watching(settings)
        elif settings.workers > 1:
            serve_by_several("app.worker:create_app", settings.workers, how_to_serve(settings))
        else:
            uvicorn.run("app.main:create_app", **how_to_serve(settings))
    finally:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)  # what is left takes a second or two
        if supervisors is not None:
            supervisors.stop()


def _end(_: int, __: FrameType | None) -> None:
    """End with status 0: being told to stop is no fault. uvicorn passes its signal on at its end."""
    raise SystemExit(0)


def how_to_serve(settings: Settings) -> dict[str, Any]:
    """Return what uvicorn is told of every web process."""
    return {
        "factory": True,
        "http": PatientConnection,
        "ws": "none",
        "workers": settings.workers,  # whatever WEB_CONCURRENCY says, which uvicorn would follow
        "backlog": BACKLOG,
        "limit_concurrency": most_connections(),
        "timeout_keep_alive": KEEP_ALIVE_S,
        "host": settings.host,
        "port": settings.port,
        "log_level": "warning",
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "timeout_graceful_shutdown": GRACE_S,
    }


def serve_watching(settings: Settings) -> None:
    """Serve, and start the web process again whenever something of a lesson changes.

    Raises:
        FromNoiseError: there is no folder to be watched.
    """
    if not settings.lessons.is_dir():
        raise FromNoiseError(f"there is no folder of lessons at {settings.lessons}")
    folders = [str(settings.lessons)]
    config = uvicorn.Config(
        "app.reloading:create_app", reload=True, reload_dirs=folders, **how_to_serve(settings)
    )
    Watching(config, uvicorn.Server(config).run, [config.bind_socket()]).run()


class Watching(WatchFilesReload):
    """Starts the web process again for whatever changes in the folder of lessons.

    Patterns of names, as uvicorn has them, leave out new kinds of files, and folders that are renamed.
    """

    def should_restart(self) -> list[Path] | None:
        """Wait for changes, and return those that count."""
        self.pause()
        changed = {Path(path) for _, path in next(self.watcher) or ()}
        roots = [folder.resolve() for folder in self.reload_dirs]
        return [path for path in changed if any(is_input(path, root) for root in roots)]


def is_input(path: Path, lessons: Path) -> bool:
    """Say whether a file or folder that changed may be of the course."""
    if not path.is_relative_to(lessons):
        return False
    parts = path.relative_to(lessons).parts
    return not any(is_left_behind(part) or part.startswith("_") for part in parts)


def require_free_port(host: str, port: int) -> None:
    """Fail in one clear line where uvicorn would fail later, with the engine already started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, UnicodeError, TypeError) as error:  # the latter two of what can be no name
            why = getattr(error, "strerror", None) or "no such name"
            advice = "Set FROMNOISE_HOST to an address of this machine, or leave it unset"
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                advice = f"Stop what uses it, or choose another port: PORT={port + 1} make run"
            raise FromNoiseError(f"cannot listen on {host}:{port}: {why}. {advice}") from error


def require_records(url: str) -> None:
    """Open the records once, so that a wrong DATABASE_URL is one line before anything is started.

    Raises:
        InvalidRequest: no records can be kept there. Of a disk that is full, lessons are served all the same.
    """
    with contextlib.suppress(TryLater):
        open_records(url).close()


def announce(settings: Settings) -> None:
    """Print where to go, what computes, and which models there are."""
    host = settings.host if settings.host.strip("0.:") else "localhost"
    host = f"[{host}]" if ":" in host else host
    cards = [file.card for file in find_cards(settings.models)]
    models = [card.name if card.has_weights else f"{card.name} (weights still to be made)" for card in cards]
    listed = ", ".join(models) or "none"
    sys.stdout.write(f"From Noise  http://{host}:{settings.port}{settings.root_path}\nmodels      {listed}\n")
    sys.stdout.flush()


def announce_engines(settings: Settings) -> None:
    """Print what computes, as soon as it answers: a line for each engine."""
    given = settings.model_copy(update={"engine_url": os.environ["ENGINE_URL"]})
    for url in given.engine_urls:
        announce_engine(url, os.environ["ENGINE_TOKEN"])


def announce_engine(url: str, token: str) -> None:
    """Print what one engine computes on, as soon as it answers."""
    device = "the engine does not answer yet; lessons and practice work without it"
    for _ in range(ENGINE_PATIENCE_S):
        try:
            status = ask(url, token, "/status", 2.0)
            device, notice = str(status.get("device", "unknown")), status.get("notice")
            device += f" ({notice})" if notice else ""
            break
        except (OSError, HTTPException, ValueError):
            time.sleep(1.0)
    sys.stdout.write(f"device      {device}\n")
    sys.stdout.flush()
