"""A server for the tests of the kit: a blank page, the real static files, and answers set by each test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from app.settings import ROOMS, files_folder
from app.web.delivery.assets import Assets
from app.web.edge.security import CONTENT_SECURITY_POLICY

BLANK = "<!doctype html><html lang=en><title>Kit</title><link rel=icon href='data:,'><body></body></html>"
METHODS = ["GET", "POST", "DELETE"]


@dataclass(frozen=True)
class Asked:
    """A request that was answered."""

    method: str
    path: str
    query: dict[str, str]
    last_event_id: str | None
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What one request gets: a body, or a stream that stays open while it `holds`."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    is_stream: bool = False
    holds: bool = False


def as_json(content: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(json.dumps(content).encode(), status, named | {"content-type": "application/json"})


def stream(*events: bytes, holds: bool = False) -> Answer:
    return Answer(b"".join((b"retry: 20\n\n", *events)), is_stream=True, holds=holds)


def event(name: str, data: str, id: int | None = None) -> bytes:
    start = b"" if id is None else b"id: %d\n" % id
    return start + f"event: {name}\ndata: {data}\n\n".encode()


class KitServer:
    """Answers each address with what was set for it, one after the other; the last answer is repeated."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[Asked] = []
        self.app = Starlette(
            routes=[
                Route("/", self._blank),
                Route("/static/{name:path}", Assets(files_folder("static"), ROOMS)),
                Route("/{path:path}", self._answer, methods=METHODS),
            ]
        )

    def reset(self) -> None:
        self.answers.clear()
        self.asked.clear()

    def on(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def asked_of(self, path: str) -> list[Asked]:
        return [request for request in self.asked if request.path == path]

    async def _blank(self, request: Request) -> Response:
        return HTMLResponse(BLANK, headers={"content-security-policy": CONTENT_SECURITY_POLICY})

    async def _answer(self, request: Request) -> Response:
        self.asked.append(
            Asked(
                request.method,
                request.url.path,
                dict(request.query_params),
                request.headers.get("last-event-id"),
                await request.body(),
            )
        )
        answers = self.answers.get(request.url.path, [])
        if not answers:
            return Response(status_code=404)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.is_stream:
            return StreamingResponse(_events(answer), media_type="text/event-stream")
        return Response(answer.body, answer.status, answer.headers)


async def _events(answer: Answer) -> AsyncIterator[bytes]:
    yield answer.body
    if answer.holds:
        await asyncio.Event().wait()  # until the page closes the stream
