"""A viewer who stalls, over a real socket: its place is released, and then the socket too."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time

import pytest
import uvicorn

from app.web.delivery.event_stream import EventStream
from app.web.edge.connections import PatientConnection
from tests.serving import Quiet


class Hasty(PatientConnection):
    stalled_ms = 500


async def endless():
    while True:
        yield b"x" * 2**16


async def app(scope, receive, send):
    await EventStream(endless(), lambda: None, 0.1)(scope, receive, send)


@contextlib.asynccontextmanager
async def stalled_viewer(protocol):
    """Serve somebody who asks for an endless stream and reads nothing; give the server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, http=protocol, lifespan="off", log_level="critical")
        server = Quiet(config)
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110  (uvicorn has nothing to wait for)
            await asyncio.sleep(0.005)
        with socket.create_connection(listening.getsockname()) as viewer:
            viewer.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            await asyncio.sleep(0.3)
            yield server
        server.should_exit = True
        await serving


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux bounds it")
def test_a_stalled_viewers_connection_is_closed_although_bytes_are_left():
    async def scene():
        async with asyncio.timeout(15), stalled_viewer(Hasty) as server:
            assert server.server_state.connections
            began = time.monotonic()
            while server.server_state.connections:  # noqa: ASYNC110  (the other side is the system)
                await asyncio.sleep(0.02)
            return time.monotonic() - began

    assert asyncio.run(scene()) < 5


@pytest.mark.slow
def test_one_who_pauses_for_less_than_that_is_kept():
    async def scene():
        async with asyncio.timeout(15), stalled_viewer(PatientConnection) as server:
            return len(server.server_state.connections)

    assert asyncio.run(scene()) == 1
