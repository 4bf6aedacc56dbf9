"""Asks for one address as fast as it is answered, over kept-alive connections, at next to no cost."""

from __future__ import annotations

import asyncio

from benchmarks.connection import HOST, request_bytes, run

CONNECTIONS = 8


def requests_per_second(port: int, path: str, headers: dict[str, str], status: int, seconds: float) -> float:
    """Return how many requests a second are answered.

    Args:
        port: of the server.
        path: what to ask for.
        headers: to send.
        status: what every answer must be.
        seconds: how long to ask.
    """
    return run(_load(port, path, headers, status, seconds))


async def _load(port: int, path: str, headers: dict[str, str], status: int, seconds: float) -> float:
    length = await _answer_bytes(port, path, headers)
    request = request_bytes("GET", path, headers)
    loop = asyncio.get_running_loop()
    start = f"HTTP/1.1 {status} ".encode()
    clients = [
        (await loop.create_connection(lambda: Asker(request, length, start), HOST, port))[1]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(0.2)
    before, began = sum(client.answers for client in clients), loop.time()
    await asyncio.sleep(seconds)
    passed, after = loop.time() - began, sum(client.answers for client in clients)
    for client in clients:
        client.close()
    faults = [client.fault for client in clients if client.fault]
    if faults:
        raise ConnectionError(f"GET {path}: {faults[0]!r}")
    if after == before:
        raise ConnectionError(f"GET {path}: no answer was as long as the first one")
    return (after - before) / passed


async def _answer_bytes(port: int, path: str, headers: dict[str, str]) -> int:
    """Ask once and count the bytes of the whole answer; every later one is as long."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request_bytes("GET", path, {**headers, "connection": "close"}))
    content = await reader.read(-1)
    writer.close()
    # Uvicorn repeats the request's wish to close; the kept-alive answers go without that line.
    return len(content) - len(b"connection: close\r\n")


class Asker(asyncio.Protocol):
    """Sends the next request as soon as an answer is whole; answers are told apart by their length.

    Args:
        request: the bytes to send.
        length: bytes of an answer.
        start: what each must start with.
    """

    def __init__(self, request: bytes, length: int, start: bytes) -> None:
        self.answers = 0
        self.fault: bytes | None = None
        self._request = request
        self._length = length
        self._start = start
        self._missing = length
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Ask for the first time."""
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count what came, and ask again."""
        if self._missing == self._length and not data.startswith(self._start):
            self.fault = data[:200]
            self.close()
            return
        self._missing -= len(data)
        if self._missing < 0:
            self.fault = b"an answer was longer than the first one"
            self.close()
        elif self._missing == 0:
            self.answers += 1
            self._missing = self._length
            if self._transport:
                self._transport.write(self._request)

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()
            self._transport = None
