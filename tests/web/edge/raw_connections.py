"""A server of one application on a loopback port, and clients of it that send what no browser would."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator
from typing import Any

import uvicorn

from app.web.edge.connections import PatientConnection
from tests.serving import Quiet

GET = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"


class Hasty(PatientConnection):
    """With times that a test can wait for."""

    head_s = 0.4
    body_s = 0.4


class Talk:
    """One client's connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes, every_s: float = 0.0) -> None:
        """Send parts one after the other, until the server wants no more."""
        with contextlib.suppress(ConnectionError):
            for part in parts:
                self.writer.write(part)
                await self.writer.drain()
                await asyncio.sleep(every_s)

    async def answer(self) -> tuple[int, bytes]:
        """Read one answer that has a length."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return int(head.split(b" ")[1]), await self.reader.readexactly(length)

    async def rest(self) -> bytes:
        """Read until the server closes."""
        with contextlib.suppress(ConnectionError):
            return await self.reader.read()
        return b""


class Site:
    """What a test asks of its server."""

    def __init__(self, server: uvicorn.Server, address: tuple[str, int]) -> None:
        self.server = server
        self.address = address
        self._talks: list[Talk] = []

    async def talk(self, *parts: bytes) -> Talk:
        """Open a connection, and send something on it."""
        talk = Talk(*await asyncio.open_connection(*self.address, limit=2**22))
        self._talks.append(talk)
        await talk.send(*parts)
        return talk

    @property
    def connections(self) -> list[Any]:
        """The server's side of all connections."""
        return [*self.server.server_state.connections]

    def close(self) -> None:
        for talk in self._talks:
            talk.writer.transport.abort()


@contextlib.asynccontextmanager
async def site(app: Any, protocol: type = PatientConnection, **settings: Any) -> AsyncGenerator[Site, None]:
    """Serve `app` with connections of this class."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, http=protocol, ws="none", lifespan="off", log_level="critical", **settings
        )
        server = Quiet(config)
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110  (uvicorn has nothing to wait for)
            await asyncio.sleep(0.005)
        one = Site(server, listening.getsockname())
        try:
            yield one
        finally:
            one.close()
            server.should_exit = True
            await serving
