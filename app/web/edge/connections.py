"""HTTP connections whose other end has stopped reading are given up, with what was still to be sent.

An `EventStream` lets a stalled viewer go after a while, but a socket with unsent bytes is not closed by
closing it: the system keeps it for as long as the other end stays there and takes nothing.

When the server stops, uvicorn tells each connection, waits for their responses, and only then tells the app:
streams would never end. So each connection that is told tells the app.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

STALLED_MS = 9_000
"""The system notices it a little later; a stalled viewer is gone within ten seconds."""

LEAVE = "leave"
"""Where the state of an app's lifespan has what is to be called, without arguments, when the server stops."""

RETRY_AFTER = (b"retry-after", b"2")


class PatientConnection(HttpToolsProtocol):
    """One connection as uvicorn serves it, with a bound on how long bytes may stay unacknowledged.

    Only Linux has that bound; elsewhere the connection stays until the other end goes.
    """

    stalled_ms = STALLED_MS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = _ending_quietly(self.app)

    def shutdown(self) -> None:
        """End the streams of the app, and this connection once its response is complete."""
        super().shutdown()
        leave = self.app_state.get(LEAVE)
        if leave is not None:
            leave()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Set the bound when the connection opens."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self.stalled_ms)


def _ending_quietly(app: ASGIApp) -> ASGIApp:
    """Answer 503 where the server stops before the app answers, which uvicorn would log with its trace."""

    async def ending(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            with contextlib.suppress(RuntimeError):  # it had begun to answer
                headers = [RETRY_AFTER, (b"content-length", b"0")]
                await send({"type": "http.response.start", "status": 503, "headers": headers})
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    return ending
