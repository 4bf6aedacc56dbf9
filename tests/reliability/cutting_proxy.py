"""A proxy that hangs up when the server's reply has come: the deed is done, and the client doesn't know."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

HOST = "127.0.0.1"


class CuttingProxy:
    """Hands requests on, one a connection, and keeps every other reply or half of it back while `is_cutting`.

    Args:
        upstream: the port of the server.
    """

    def __init__(self, upstream: int) -> None:
        self.is_cutting = True
        self.withheld: list[bytes] = []
        self.port = 0
        self._upstream = upstream

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncGenerator[None, None]:
        """Listen on a port of its own."""
        server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await whole_message(reader)
        there, back = await asyncio.open_connection(HOST, self._upstream)
        back.write(request)
        reply = await whole_message(there)
        back.close()
        if self.is_cutting:
            self.withheld.append(reply)
            half = reply[: len(reply) // 2] if len(self.withheld) % 2 else b""
            writer.write(half)
            with contextlib.suppress(OSError):
                await writer.drain()
            writer.transport.abort()
        else:
            writer.write(reply)
            await writer.drain()
            writer.close()


async def whole_message(reader: asyncio.StreamReader) -> bytes:
    """Read a request or an answer that states its length."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    return head + await reader.readexactly(int(fields.get(b"content-length", b"0")))
