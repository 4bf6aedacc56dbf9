"""Whether an answer is one that the document of the API has: its status, its media type and its JSON.

Every application that has its guards is checked in every test, see `tests/conftest.py`. What a test answers
on purpose with made-up routes is under addresses that the document does not have.
"""

from __future__ import annotations

import functools
import json
import re
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.main import create_app
from app.settings import Settings
from app.web.edge.api_document import api_document
from tests.web.small_course import COURSE, LESSON

BODILESS = (204, 304)
MOST_BYTES = 2**20
"""Of one answer that are looked at; longer ones are streams and pictures."""

METHODS = ("get", "post", "put", "patch", "delete")


class Undocumented(AssertionError):
    """An answer that the document does not have."""


@functools.cache
def document() -> dict[str, Any]:
    """The document of the whole application; it is the same whatever the course."""
    with tempfile.TemporaryDirectory() as folder:
        lesson = Path(folder) / "lessons" / "01-colours"
        lesson.mkdir(parents=True)
        (lesson / "lesson.md").write_text(LESSON, encoding="utf-8")
        (lesson / "quiz.toml").write_text("".join(COURSE), encoding="utf-8")
        return api_document(create_app(Settings(lessons=lesson.parent, models=Path(folder) / "models")))


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    path: str
    method: str
    pattern: re.Pattern[str]
    answers: dict[str, Any]

    def faults(self, status: int, media_type: str, body: bytes | None) -> Iterator[str]:
        """Say what of an answer is not documented; `body` is None where it was not kept."""
        name = f"{self.method.upper()} {self.path} answered {status}"
        if str(status) not in self.answers:
            yield f"{name}, of which the document has only {', '.join(self.answers)}"
            return
        kinds = self.answers[str(status)].get("content", {})
        if not kinds and (body or media_type):
            yield f"{name} with {media_type or 'a body'}, and the document has none"
        if kinds and media_type not in kinds:
            yield f"{name} as {media_type!r}, of which the document has only {', '.join(kinds)}"
        if media_type == "application/json" and media_type in kinds and body is not None:
            validator = _validator(json.dumps(kinds[media_type]["schema"], sort_keys=True))
            error = next(validator.iter_errors(json.loads(body)), None)
            if error is not None:
                yield f"{name}: {error.message} (at {'/'.join(map(str, error.instance_path))})"


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the document."""
    return tuple(
        Operation(path, method, _pattern(path), about["responses"])
        for path, methods in document()["paths"].items()
        for method, about in methods.items()
    )


def operation_of(method: str, path: str) -> Operation | None:
    """Find the operation that a request is for; HEAD is a GET without a body."""
    wanted = {"HEAD": "get"}.get(method, method.lower())
    return next((one for one in operations() if one.method == wanted and one.pattern.fullmatch(path)), None)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


@functools.cache
def _validator(schema: str) -> Any:
    whole = {**json.loads(schema), "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole)


class Watch:
    """Looks at every answer, and keeps what is wrong until somebody asks."""

    def __init__(self) -> None:
        self.seen = 0
        self._faults: list[str] = []
        self._lock = threading.Lock()

    def look(self, method: str, path: str, status: int, media_type: str, body: bytes | None) -> None:
        """Look at an answer; one of an address that the document does not have is passed over."""
        operation = operation_of(method, path)
        if operation is None or (method == "HEAD" and status == 405):
            return
        if method == "HEAD" or status in BODILESS:
            body, media_type = None, media_type if status not in BODILESS else ""
        with self._lock:
            self.seen += 1
            self._faults.extend(operation.faults(status, media_type, body))

    def take(self) -> list[str]:
        """Return what was wrong since the last time."""
        with self._lock:
            faults, self._faults = self._faults, []
        return faults


WATCH = Watch()


async def watched(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a request, and look at what is answered."""
    if "method" not in scope or operation_of(scope["method"], scope["path"]) is None:
        await app(scope, receive, send)
        return
    start: Message = {}
    body = bytearray()

    async def send_noted(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif len(body) <= MOST_BYTES:
            body.extend(message.get("body", b""))
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            headers = {name.lower(): value for name, value in start["headers"]}
            media_type = headers.get(b"content-type", b"").decode().partition(";")[0]
            kept = bytes(body) if len(body) <= MOST_BYTES else None
            WATCH.look(scope["method"], scope["path"], start["status"], media_type, kept)
        await send(message)

    await app(scope, receive, send_noted)
