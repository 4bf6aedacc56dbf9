"""What a page is compared with: Starlette alone, answering with bytes that it holds in memory.

Started by `pages.py` in a process of its own; BARE_BODY names the file with the bytes, BARE_ETAG their tag.
"""

from __future__ import annotations

import os
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def create_app(body: bytes, etag: str) -> Starlette:
    """Make an application that knows one page."""
    headers = {"etag": etag, "content-encoding": "gzip"}

    async def page(request: Request) -> Response:
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"etag": etag})
        return Response(body, media_type="text/html", headers=headers)

    return Starlette(routes=[Route("/lessons/{slug}", page)])


if __name__ == "__main__":
    uvicorn.run(
        create_app(Path(os.environ["BARE_BODY"]).read_bytes(), os.environ["BARE_ETAG"]),
        port=int(os.environ["PORT"]),
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
