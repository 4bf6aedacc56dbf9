"""Watching a run to its end, or leaving in the middle of it, leaves no connection to the engine behind."""

import asyncio
import contextlib

import httpx2

from app.engine.frame_events import event, frame_event
from app.engine.relay import Relay

RUNS = 20
FRAMES = [frame_event(step, b'{"step":%d' % step, (b"x", b"y", b"z")) for step in range(3)]
DONE = event("done", {"steps": 2, "calls": 2})
HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(content):
    return b"%x\r\n%s\r\n" % (len(content), content)


class Engine:
    """Answers every request with frames, ending and end of the stream in one piece; counts connections.

    Args:
        is_slow: it sends the first frame only and no end.
    """

    def __init__(self, is_slow=False):
        first, rest = chunk(FRAMES[0]), chunk(b"".join(FRAMES[1:]) + DONE) + chunk(b"")
        self.answer = HEAD + first if is_slow else HEAD + first + rest
        self.callers = set()

    async def serve(self, reader, writer):
        caller = asyncio.current_task()
        assert caller
        self.callers.add(caller)
        caller.add_done_callback(self.callers.discard)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(self.answer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    @contextlib.asynccontextmanager
    async def client(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            yield http
        server.close()
        await asyncio.gather(*self.callers)
        await server.wait_closed()


async def connections_after(engine, spec, watch):
    async with engine.client() as http:
        for number in range(RUNS):
            await watch(Relay(http, str(number), spec))
        await asyncio.sleep(0.2)  # for the last goodbyes to arrive
        return len(engine.callers)


def test_runs_watched_to_the_end_share_a_connection(spec_of):
    async def watch(relay):
        assert [content async for content in relay.watch()][-1] == DONE

    assert asyncio.run(connections_after(Engine(), spec_of(), watch)) == 1


def test_a_viewer_who_leaves_in_the_middle_takes_the_connection_along(spec_of):
    async def watch(relay):
        async with contextlib.aclosing(relay.watch()) as events:
            assert await anext(events) == FRAMES[0]

    assert asyncio.run(connections_after(Engine(is_slow=True), spec_of(), watch)) <= 1


def test_frames_let_go_while_the_stream_is_still_ending_are_there_for_the_next_viewer(spec_of):
    async def scene():
        async with Engine().client() as http:
            relay = Relay(http, "0", spec_of())
            assert [content async for content in relay.watch()][-1] == DONE
            relay.forget_frames()
            return b"".join([content async for content in relay.watch()])

    assert asyncio.run(scene()) == b"".join(FRAMES) + DONE
