"""Event streams as ASGI sees them, and one over a real socket that nobody reads."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from app.web.delivery.event_stream import EventStream
from tests.serving import served

SCOPE = {"type": "http", "method": "GET", "path": "/", "headers": []}


class Scene:
    """A viewer on the other side of an EventStream, and what became of its parts."""

    def __init__(self, send_timeout_s=5.0):
        self.sent = []
        self.released = 0
        self.closed = 0
        self.gone = asyncio.Event()
        self.may_take = asyncio.Event()
        self.may_take.set()
        self.stream = EventStream(self.events(), self.release, send_timeout_s)
        self.source: list[bytes | Exception | None] = [b"one", b"two"]

    async def events(self):
        try:
            for content in self.source:
                if isinstance(content, Exception):
                    raise content
                if content is None:
                    await asyncio.sleep(60)
                yield content
        finally:
            self.closed += 1

    def release(self):
        self.released += 1

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.body":
            await self.may_take.wait()
        self.sent.append(message)

    async def play(self):
        async with asyncio.timeout(10):
            await self.stream(SCOPE, self.receive, self.send)

    @property
    def bodies(self):
        return [message["body"] for message in self.sent[1:]]


def play(prepare, **options):
    async def whole():
        scene = Scene(**options)
        await prepare(scene)
        return scene

    return asyncio.run(whole())


def test_events_are_sent_as_they_come_and_the_slot_is_released_at_the_end():
    scene = play(Scene.play)
    headers = dict(scene.sent[0]["headers"])
    assert scene.sent[0]["status"] == 200
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert headers[b"cache-control"] == b"no-store"
    assert b"content-length" not in headers
    assert scene.bodies == [b"one", b"two", b""]
    assert scene.sent[-1]["more_body"] is False
    assert (scene.released, scene.closed) == (1, 1)


def test_a_viewer_who_goes_is_let_go_at_once():
    async def prepare(scene):
        scene.source = [b"one", None]
        asyncio.get_running_loop().call_later(0.05, scene.gone.set)
        await scene.play()

    began = time.monotonic()
    scene = play(prepare)
    assert time.monotonic() - began < 2
    assert scene.bodies == [b"one"]
    assert (scene.released, scene.closed) == (1, 1)


def test_a_viewer_who_takes_nothing_is_let_go_after_a_while():
    async def prepare(scene):
        scene.may_take.clear()
        await scene.play()

    scene = play(prepare, send_timeout_s=0.05)
    assert scene.bodies == []
    assert (scene.released, scene.closed) == (1, 1)


def test_waiting_for_an_event_is_not_stalling():
    async def prepare(scene):
        slow = scene.events()

        async def slowly():
            async for content in slow:
                await asyncio.sleep(0.1)
                yield content

        scene.stream = EventStream(slowly(), scene.release, 0.05)
        await scene.play()

    assert play(prepare).bodies == [b"one", b"two", b""]


@pytest.mark.parametrize("fault", [RuntimeError("broken"), TimeoutError("of the source")])
def test_a_fault_of_the_source_is_raised_and_the_slot_released(fault):
    async def prepare(scene):
        scene.source = [b"one", fault]
        with pytest.raises(type(fault)):
            await scene.play()

    scene = play(prepare)
    assert (scene.released, scene.closed) == (1, 1)


def test_when_the_server_ends_the_slot_is_released():
    async def prepare(scene):
        scene.source = [b"one", None]
        serving = asyncio.create_task(scene.play())
        await asyncio.sleep(0.05)
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    scene = play(prepare)
    assert (scene.released, scene.closed) == (1, 1)


def test_a_viewer_who_had_gone_before_the_first_event_costs_nothing():
    async def prepare(scene):
        scene.gone.set()
        await scene.play()

    scene = play(prepare)
    assert scene.released == 1
    assert scene.closed <= 1


@pytest.mark.slow
def test_over_a_socket_a_reader_who_stalls_is_let_go_while_another_reads_on():
    released = []

    async def endless():
        while True:
            yield b"x" * 2**16
            await asyncio.sleep(0)

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        name = scope["path"]
        await EventStream(endless(), lambda: released.append(name), 0.2)(scope, receive, send)

    async def scene():
        async with asyncio.timeout(15), served(app) as url:
            port = int(url.rsplit(":", 1)[1])
            connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            for (_, writer), path in zip(connections, (b"/stalled", b"/live"), strict=True):
                writer.write(b"GET %s HTTP/1.1\r\nhost: localhost\r\n\r\n" % path)
            live = connections[1][0]
            taken = 0
            while not released:
                taken += len(await live.read(2**16))
            assert released == ["/stalled"]
            assert await live.read(2**16), "the other one reads on"
            connections[1][1].close()
            while len(released) < 2:  # noqa: ASYNC110  (the other side is a server)
                await asyncio.sleep(0.01)
            connections[0][1].close()
            return taken

    assert asyncio.run(scene()) > 0
    assert released == ["/stalled", "/live"]
