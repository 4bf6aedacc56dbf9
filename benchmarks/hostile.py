"""S17: what a web process keeps in memory under clients that ask for too much, and when silent ones go."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine, Iterator
from typing import Any

from app.cards import Card
from benchmarks.connection import HOST, Connection, request_bytes, run
from benchmarks.result import Result
from benchmarks.server import Server

MB = 1e6
EVERY_S = 0.05

BOMBS, ASKING_EACH = 6, 4
"""Runs whose files are asked for, and how often at once each file."""

WIDEST = {"count": 16, "steps": 200}
PIPES, PIPED, PIPING_S = 20, 5_000, 10.0
SILENT, SILENT_S = 600, 35.0
PATIENCE_S = 120.0


def measure_hostile(server: Server, card: Card, seeds: Iterator[int]) -> list[Result]:
    """Measure S17; each growth is over what the web process takes just before."""
    server.wait_until_idle()
    drawn, statuses = run(_growth(server, _draw_all(server.port, card, seeds)))
    piped, sent = run(_growth(server, _pipe_all(server.port)))
    closed_s = run(_all_closed(server.port))
    answers = ", ".join(f"{number} with {status}" for status, number in sorted(statuses.items()))
    how_drawn = (
        f"{BOMBS} runs of {WIDEST['count']} pictures and {WIDEST['steps']} steps; once they have ended, "
        f"their animation and their strip, with the guess and without, asked for {ASKING_EACH} times each, "
        f"all at once ({answers})."
    )
    how_piped = (
        f"{PIPES} connections that each send up to {PIPED:,} requests for a lesson and read nothing, for "
        f"{PIPING_S:g} s; they got rid of {sent / MB:.1f} MB."
    )
    how_silent = (
        f"{SILENT} sockets: a third say nothing, a third half of a head, a third a head without body."
    )
    return [
        Result("S17", "web memory, drawing bombs, more by", drawn / MB, "≤", 300, " MB", how_drawn),
        Result("S17", "web memory, pipelining, more by", piped / MB, "≤", 100, " MB", how_piped),
        Result("S17", f"{SILENT} silent sockets, the last closed", closed_s, "≤", SILENT_S, " s", how_silent),
    ]


async def _growth(server: Server, attack: Coroutine[Any, Any, Any]) -> tuple[int, Any]:
    """Return by how much the web process grew at most while it was attacked, and what the attack says."""
    before, _ = server.resident_bytes()
    most, attacking = before, asyncio.create_task(attack)
    while not attacking.done():
        await asyncio.sleep(EVERY_S)
        most = max(most, server.resident_bytes()[0])
    return most - before, attacking.result()


async def _draw_all(port: int, card: Card, seeds: Iterator[int]) -> Counter[int]:
    """Have many files of several runs drawn at once, and count the answers by their status."""
    runs = []
    async with contextlib.aclosing(await Connection.open(port)) as connection:
        for _ in range(BOMBS):
            body = json.dumps({"model": card.name, **WIDEST, "seed": next(seeds)}).encode()
            answer = await connection.request("POST", "/api/runs", body=body)
            if answer.status != 201:
                raise ConnectionError(f"a run was answered with {answer.status}: {answer.body[:200]!r}")
            runs.append(f"/api/runs/{answer.json()['id']}")
    files = [
        f"{one}/{name}{guess}"
        for one in runs
        for name in ("animation.gif", "strip.png")
        for guess in ("", "?guess=true")
    ]
    answers = await asyncio.gather(*(Connection.ask(port, file) for file in files * ASKING_EACH))
    return Counter(answer.status for answer in answers)


async def _pipe_all(port: int) -> int:
    """Send requests without reading any answer, and return the bytes that could be sent."""
    slug = (await Connection.ask(port, "/api/lessons")).json()[0]["slug"]
    content = request_bytes("GET", f"/lessons/{slug}") * PIPED
    async with _sockets(port, PIPES) as pairs:
        for _, writer in pairs:
            writer.write(content)
        await asyncio.sleep(PIPING_S)
        return sum(len(content) - writer.transport.get_write_buffer_size() for _, writer in pairs)


async def _all_closed(port: int) -> float:
    """Open sockets that do not go on, and return the seconds after which the server has closed them all."""
    whole = request_bytes("POST", "/api/runs", body=b"{}").removesuffix(b"{}")
    said = (b"", whole[: len(whole) // 2], whole)
    began = time.perf_counter()
    async with _sockets(port, SILENT) as pairs:
        for number, (_, writer) in enumerate(pairs):
            writer.write(said[number % len(said)])
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(_closed(reader) for reader, _ in pairs))
    return time.perf_counter() - began


async def _closed(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(ConnectionError):
        await reader.read()


@contextlib.asynccontextmanager
async def _sockets(
    port: int, count: int
) -> AsyncGenerator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]], None]:
    pairs = [await asyncio.open_connection(HOST, port) for _ in range(count)]
    try:
        yield pairs
    finally:
        for _, writer in pairs:
            writer.transport.abort()
