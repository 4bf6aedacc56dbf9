"""HTTP connections whose other end has stopped reading are given up, with what was still to be sent.

An `EventStream` lets a stalled viewer go after a while, but a socket with unsent bytes is not closed by
closing it: the system keeps it for as long as the other end stays there and takes nothing.
"""

from __future__ import annotations

import asyncio
import socket

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

STALLED_MS = 10_000


class PatientConnection(HttpToolsProtocol):
    """One connection as uvicorn serves it, with a bound on how long bytes may stay unacknowledged.

    Only Linux has that bound; elsewhere the connection stays until the other end goes.
    """

    stalled_ms = STALLED_MS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Set the bound when the connection opens."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self.stalled_ms)
