"""The web process of `fromnoise serve --reload`: faults stand on the page, and pages renew themselves.

Each start has a mark of its own. A script that is put into every page asks for it once a second, and loads
the page anew when it is another one. Nothing of this is in the site that learners get.
"""

from __future__ import annotations

import os
import time
from html import escape

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import main
from app.course_check import faults_of_course
from app.errors import FromNoiseError
from app.printing import print_anything
from app.settings import Settings
from app.web.edge.root_path import UnderRoot

MARK_PATH = "/reload"
SCRIPT_PATH = "/reload.js"
SCRIPT = """\
const mark = new URL("reload", import.meta.url);
const began = await (await fetch(mark)).text();
for (;;) {
  await new Promise((wake) => setTimeout(wake, 1000));
  try {
    if ((await (await fetch(mark)).text()) !== began) break;
  } catch {
    // The server is starting again.
  }
}
location.reload();
"""
RETRY_S = 2
"""After how many seconds a page of faults is asked for anew without the script."""


def create_app() -> ASGIApp:
    """Make the web application of a course that somebody works on; of a faulty one, a page of its faults.

    Faults are those of the check, without snippets and experiments: some of them the server takes elsewhere.
    """
    print_anything()
    mark = f"{os.getpid()}-{time.time_ns()}"
    settings = Settings()
    site: ASGIApp
    try:
        faults = faults_of_course(settings.lessons, settings.models)
        site = page_of_faults(_without_folders(faults, settings)) if faults else main.create_app(settings)
    except FromNoiseError as error:
        site = page_of_faults(_without_folders(str(error).splitlines(), settings))
    renewed = Renewed(site, mark, settings.root_path)
    return UnderRoot(renewed, settings.root_path) if settings.root_path else renewed


def _without_folders(faults: list[str], settings: Settings) -> list[str]:
    """Name files without the folders above lessons and models: whoever asks is not told where they lie."""
    return [fault.replace(f"{settings.models}/", "models/") for fault in faults]


def page_of_faults(faults: list[str]) -> Starlette:
    """Make an application that answers everything with these faults."""
    listed = "\n".join(f'<li><code translate="no">{escape(fault)}</code></li>' for fault in faults)
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<title>Faults in the course</title>\n</head>\n<body>\n<main>\n<h1>Faults in the course</h1>\n"
        f"<p>Mend them and save: the page comes back by itself.</p>\n<ul>\n{listed}\n</ul>\n"
        "</main>\n</body>\n</html>\n"
    )

    async def answer(_request: Request) -> Response:
        return HTMLResponse(page, 503, {"refresh": str(RETRY_S), "cache-control": "no-store"})

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "HEAD", "POST"])])


class Renewed:
    """A site whose pages load themselves anew when the server has started again.

    Args:
        site: the application.
        mark: of this start.
        root_path: what the site is served below.
    """

    def __init__(self, site: ASGIApp, mark: str, root_path: str = "") -> None:
        self.site = site
        self.mark = mark
        self._tag = f'<script type="module" src="{root_path}{SCRIPT_PATH}"></script></head>'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the mark or the script; or let the site answer, and put the script into its pages."""
        if scope["type"] != "http":
            await self.site(scope, receive, send)
        elif scope["path"] == MARK_PATH:
            await Response(self.mark, headers={"cache-control": "no-store"})(scope, receive, send)
        elif scope["path"] == SCRIPT_PATH:
            await Response(SCRIPT, media_type="text/javascript")(scope, receive, send)
        else:
            await self.site(as_is(scope), receive, Page(send, self._tag).send)


def as_is(scope: Scope) -> Scope:
    """Ask for a page whole and uncompressed, whatever the browser holds."""
    dropped = (b"accept-encoding", b"if-none-match")
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in dropped]}


class Page:
    """Passes an answer on; one in HTML when it is whole, with the script in its head."""

    def __init__(self, send: Send, tag: bytes) -> None:
        self._send = send
        self._tag = tag
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Take a message of the site."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            if headers.get("content-type", "").startswith("text/html"):
                self._start = {**message, "headers": headers.raw}
                return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._send_page(self._start)

    async def _send_page(self, start: Message) -> None:
        headers = MutableHeaders(raw=start["headers"])
        if self._body:
            self._body = self._body.replace(b"</head>", self._tag, 1)
            headers["content-length"] = str(len(self._body))
        del headers["etag"]
        headers["cache-control"] = "no-store"
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": self._body})
