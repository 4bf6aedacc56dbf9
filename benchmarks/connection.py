"""A kept-alive HTTP connection that costs little: it shares the cores with what it measures."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import uvloop

Outcome = TypeVar("Outcome")

HOST = "127.0.0.1"
READ_BYTES = 256 * 1024


def run(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Run a coroutine on the loop that the server also uses."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@dataclass(frozen=True)
class Answer:
    """A whole answer: its status, headers (names in small letters), and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.body)


class Connection:
    """One connection to a server on this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int, address: str = HOST) -> Self:
        """Connect, from an address of this machine."""
        local = None if address == HOST else (address, 0)
        return cls(*await asyncio.open_connection(HOST, port, limit=READ_BYTES, local_addr=local))

    @classmethod
    async def ask(cls, port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Make one GET request on a connection of its own."""
        async with contextlib.aclosing(await cls.open(port)) as connection:
            return await connection.request("GET", path, headers)

    async def aclose(self) -> None:
        """Hang up."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send a request and read its whole answer, which must state its length."""
        self._writer.write(request_bytes(method, path, headers, body))
        status, answered = await self._head()
        length = int(answered.get("content-length", "0"))
        return Answer(status, answered, await self._reader.readexactly(length))

    async def stream(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[tuple[float, bytes], None]:
        """Yield the body of an answer as it comes, each piece with the moment of its arrival."""
        self._writer.write(request_bytes("GET", path, headers))
        status, _ = await self._head()
        if status != 200:
            raise ConnectionError(f"GET {path} was answered with {status}")
        while content := await self._reader.read(READ_BYTES):
            yield time.perf_counter(), content

    async def _head(self) -> tuple[int, dict[str, str]]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return int(first.split()[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}


def request_bytes(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> bytes:
    """Write a request out."""
    fields = {"host": HOST, **(headers or {})}
    if body:
        fields |= {"content-type": "application/json", "content-length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
