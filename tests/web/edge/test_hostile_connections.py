"""Connections that send too slowly, too much, or nothing; over real sockets."""

from __future__ import annotations

import asyncio
import time

import psutil
import pytest

from app.web.delivery.event_stream import EventStream
from app.web.edge.bounds import LARGEST_HEAD_BYTES, MOST_HEADERS, MOST_UNREAD
from app.web.edge.connections import PatientConnection
from app.web.edge.crowd import LARGE_HEADS
from tests.web.edge.raw_connections import GET, Hasty, Site, site

pytestmark = pytest.mark.slow

POST = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"


class App:
    """Answers with the length of the body, or at once, or streams, as the path says; notes what it sees."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.headers: list[int] = []
        self.gone = 0

    async def __call__(self, scope, receive, send):
        self.asked.append(scope["path"])
        self.headers.append(sum(len(name) + len(value) for name, value in scope["headers"]))
        if scope["path"] == "/stream":
            await EventStream(self.events(), lambda: None)(scope, receive, send)
            return
        length, more = 0, scope["path"] != "/at-once"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone += 1
                return
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
        content = b"%d" % length
        head = [(b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": content})

    async def events(self):
        for number in range(12):
            await asyncio.sleep(0.1)
            yield b"data: %d\n\n" % number


def play(scene, protocol=PatientConnection, **settings):
    app = App()

    async def whole():
        async with asyncio.timeout(30), site(app, protocol, **settings) as one:
            return await scene(one, app)

    return asyncio.run(whole())


# Time


SLOW = {
    "nothing": [],
    "empty lines": [b"\r\n"] * 40,
    "half a head": [b"GET / HTTP/1.1\r\nhost: loc"],
    "a head a letter at a time": [b"GET / HTTP/1.1\r\n", *[b"x"] * 40],
    "a head a header at a time": [b"GET / HTTP/1.1\r\n", *[b"a: b\r\n"] * 40],
    "no body": [POST % 10],
    "half a body": [POST % 10, b"12345"],
    "a body a letter at a time": [POST % 100, *[b"1"] * 40],
    "chunks that never end": [CHUNKED, *[b"1\r\na\r\n"] * 40],
    "an answered body a letter at a time": [
        b"POST /at-once HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n",
        *[b"1"] * 40,
    ],
}


@pytest.mark.parametrize("parts", SLOW.values(), ids=SLOW)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_request_that_does_not_come_in_time_is_given_up(parts, is_first):
    async def scene(one: Site, app: App):
        talk = await one.talk(*([] if is_first else [GET]))
        if not is_first:
            assert await talk.answer() == (200, b"0")
        began = time.monotonic()
        sending = asyncio.create_task(talk.send(*parts, every_s=0.05))
        rest = await talk.rest()
        took_s = time.monotonic() - began
        sending.cancel()
        return rest, took_s, app

    rest, took_s, app = play(scene, Hasty, timeout_keep_alive=1)
    assert took_s < 1.7, "40 letters take 2 s"
    if parts and parts[0][:4] in (b"GET ", POST[:4]) and b"at-once" not in parts[0]:
        assert rest.startswith(b"HTTP/1.1 408 ")
        assert b"did not come in time: 0.4 s" in rest
        assert b"content-security-policy: default-src 'none'" in rest
    awaited_body = bool(parts) and parts[0].startswith(b"POST / ")
    assert app.gone == awaited_body, "whoever waits for the body is told"


def test_an_idle_connection_is_closed_after_its_time_and_a_stream_is_not_idle():
    async def scene(one: Site, _app: App):
        idle, streaming = await one.talk(GET), await one.talk(GET.replace(b"/ ", b"/stream ", 1))
        await idle.answer()
        began = time.monotonic()
        assert await idle.rest() == b""
        idle_s = time.monotonic() - began
        stream = await streaming.reader.readuntil(b"0\r\n\r\n")
        return idle_s, stream, time.monotonic() - began

    idle_s, stream, took_s = play(scene, Hasty, timeout_keep_alive=0.5)
    assert 0.4 < idle_s < 1.2
    assert stream.count(b"data: ") == 12
    assert took_s > 1.0, "longer than anything of a client may take here"


def test_the_times_of_the_server_are_those_that_were_promised():
    from app.serving import how_to_serve
    from app.settings import Settings

    told = how_to_serve(Settings())
    assert (told["http"], told["timeout_keep_alive"], told["ws"]) == (PatientConnection, 30, "none")
    assert (PatientConnection.head_s, PatientConnection.body_s) == (10, 30)


# Pipelining


@pytest.mark.parametrize("path", [b"/", b"/at-once", b"/stream"])
def test_one_who_asks_without_reading_waits_with_what_it_asks(path):
    request = GET.replace(b"/ ", path + b" ", 1)

    async def scene(one: Site, app: App):
        before = psutil.Process().memory_info().rss
        talk = await one.talk()
        talk.writer.transport.set_write_buffer_limits(high=2**16)
        talk.reader._transport.pause_reading()  # type: ignore[attr-defined]
        flood = asyncio.create_task(talk.send(*[request * 1000] * 600))
        await asyncio.sleep(1.0)
        assert not flood.done(), "the server took 20 MB of requests"
        (connection,) = one.connections
        flood.cancel()
        grown = psutil.Process().memory_info().rss - before
        unread = len(connection._unread)
        return unread, len(connection.pipeline), grown, len(app.asked)

    unread, pipelined, grown, asked = play(scene)
    assert MOST_UNREAD < unread < MOST_UNREAD + 2**19
    assert pipelined <= 1
    assert grown < 60e6
    assert asked < 40_000, "no more than what the sockets hold the answers of"


def test_requests_that_come_together_are_answered_in_order():
    paths = [b"/%d" % number for number in range(300)]
    many = b"".join(GET.replace(b"/ ", path + b" ", 1) for path in paths)
    bodies = b"".join(POST % 5 + b"\r\n\r\n1" for _ in range(50))

    async def scene(one: Site, app: App):
        talk = await one.talk(many + bodies + CHUNKED + b"3\r\nabc\r\n0\r\n\r\n" + GET)
        answers = [await talk.answer() for _ in range(352)]
        return answers, app.asked

    answers, asked = play(scene)
    assert answers == [(200, b"0")] * 300 + [(200, b"5")] * 50 + [(200, b"3"), (200, b"0")]
    assert asked[:300] == [path.decode() for path in paths]


def test_a_body_of_any_size_arrives_whole_and_one_that_is_not_wanted_is_read_away():
    async def scene(one: Site, _app: App):
        talk = await one.talk(POST % 3_000_000, bytes(3_000_000), GET)
        answers = [await talk.answer() for _ in range(2)]
        unwanted = await one.talk(
            b"POST /at-once HTTP/1.1\r\nhost: localhost\r\ncontent-length: 30000000\r\n\r\n",
            *[bytes(10**6)] * 30,
            GET,
        )
        return answers + [await unwanted.answer() for _ in range(2)]

    assert play(scene) == [(200, b"3000000"), (200, b"0"), (200, b"0"), (200, b"0")]


def test_a_client_that_goes_is_noticed_although_it_asked_for_more():
    async def scene(one: Site, _app: App):
        talk = await one.talk(GET.replace(b"/ ", b"/stream ", 1) + GET * 20)
        await talk.reader.readuntil(b"data: 0")
        talk.writer.transport.abort()
        began = time.monotonic()
        while one.connections:  # noqa: ASYNC110  (the other side is the system)
            await asyncio.sleep(0.01)
        return time.monotonic() - began

    assert play(scene) < 0.5


# Heads


def header(size: int) -> bytes:
    return b"x-large: " + b"a" * size + b"\r\n"


TOO_LARGE = {
    "one value": [b"GET / HTTP/1.1\r\nx-large: ", *[b"a" * 2**20] * 64, b"\r\n\r\n"],
    "many values": [b"GET / HTTP/1.1\r\n", *[header(60_000)] * 1000, b"\r\n"],
    "a name": [b"GET / HTTP/1.1\r\n", *[b"a" * 2**20] * 64, b": b\r\n\r\n"],
    "an address": [b"GET /", *[b"a" * 2**20] * 64, b" HTTP/1.1\r\n\r\n"],
    "very many headers": [b"GET / HTTP/1.1\r\n", *[b"a: b\r\n" * 1000] * 500, b"\r\n"],
    "empty lines": [b"\r\n" * 2**19] * 64,
}


@pytest.mark.parametrize("parts", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_head_that_is_too_large_is_refused_and_not_kept(parts):
    async def scene(one: Site, app: App):
        process = psutil.Process()
        before, began = process.memory_info().rss, time.process_time()
        talk = await one.talk()
        peak, done = 0, asyncio.Event()

        async def look():
            nonlocal peak
            while not done.is_set():
                peak = max(peak, process.memory_info().rss - before)
                await asyncio.sleep(0.005)

        looking = asyncio.create_task(look())
        sending = asyncio.create_task(talk.send(*parts))
        rest = await talk.rest()
        sending.cancel()
        done.set()
        await looking
        return rest, peak, time.process_time() - began, app.asked

    rest, peak, seconds, asked = play(scene)
    assert rest.startswith(b"HTTP/1.1 431 ")
    assert b"The head of this request is over" in rest or b"over 256 headers" in rest
    assert peak < 40e6
    assert seconds < 2.5
    assert asked == []


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([CHUNKED, b"1;", *[b"x" * 2**20] * 20], id="an extension of a chunk"),
        pytest.param([CHUNKED, b"0\r\nx: ", *[b"x" * 2**20] * 20], id="a trailer"),
        pytest.param([CHUNKED, b"0\r\n", *[b"a: b\r\n" * 10_000] * 20], id="trailers"),
    ],
)
def test_what_stands_around_a_body_is_bounded_too(parts):
    async def scene(one: Site, _app: App):
        talk = await one.talk()
        sending = asyncio.create_task(talk.send(*parts))
        rest = await talk.rest()
        sending.cancel()
        return rest

    assert play(scene).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))


def test_trailers_are_no_headers():
    async def scene(one: Site, app: App):
        talk = await one.talk(CHUNKED + b"3\r\nabc\r\n0\r\nx-late: " + b"1" * 1000 + b"\r\n\r\n" + GET)
        answers = [await talk.answer() for _ in range(2)]
        return answers, app.headers

    answers, headers = play(scene)
    assert answers == [(200, b"3"), (200, b"0")]
    assert max(headers) < 100


def test_as_many_cookies_as_a_browser_sends_pass_and_only_some_such_requests_at_once():
    cookies = b"".join(b"cookie: site%d=" % number + b"a" * 4000 + b"\r\n" for number in range(180))
    request = b"GET / HTTP/1.1\r\nhost: localhost\r\n" + cookies
    assert len(request) < LARGEST_HEAD_BYTES

    async def scene(one: Site, app: App):
        halves = [await one.talk(request) for _ in range(LARGE_HEADS)]
        await asyncio.sleep(0.2)
        refused = await one.talk(request)
        status, text = await refused.answer()
        for half in halves:
            await half.send(b"\r\n")
        answers = [await half.answer() for half in halves]
        later = await one.talk(request + b"\r\n")
        return status, text, answers, await later.answer(), max(app.headers)

    status, text, answers, later, largest = play(scene)
    assert (status, b"large heads" in text) == (503, True)
    assert answers == [(200, b"0")] * LARGE_HEADS
    assert (later, largest > 700_000) == ((200, b"0"), True)


def test_an_idle_connection_keeps_nothing_of_its_last_request():
    async def scene(one: Site, _app: App):
        talk = await one.talk(b"GET / HTTP/1.1\r\nhost: localhost\r\n" + header(30_000) + b"\r\n")
        await talk.answer()
        await asyncio.sleep(0.05)
        (connection,) = one.connections
        return connection.cycle, connection.scope, connection.headers

    assert play(scene) == (None, None, [])


@pytest.mark.parametrize(
    "sent",
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello of TLS \r\n\r\n",
        b"nothing that anybody knows\r\n\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * (MOST_HEADERS + 1) + b"\r\n",
    ],
)
def test_what_is_no_request_of_http_is_refused_in_our_words(sent):
    async def scene(one: Site, app: App):
        talk = await one.talk(sent)
        return await talk.rest(), app.asked

    rest, asked = play(scene)
    assert rest.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert b"x-content-type-options: nosniff" in rest
    assert b"Invalid HTTP request received" not in rest
    assert asked == []


@pytest.mark.parametrize("name", [b"websocket", b"h2c", b"something"])
def test_a_request_to_be_upgraded_is_answered_as_any_other(name):
    upgrade = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: " + name + b"\r\n\r\n"

    async def scene(one: Site, _app: App):
        talk = await one.talk(upgrade)
        return [await talk.answer(), await (await one.talk(upgrade + GET)).answer()]

    assert play(scene) == [(200, b"0")] * 2


# One request after another


@pytest.mark.parametrize("first", [b"POST /", b"POST /at-once"], ids=["body read", "answered at once"])
@pytest.mark.parametrize("length", [1, 5, 20, len(GET) - 1], ids=lambda length: f"{length} bytes")
def test_what_has_come_of_the_next_request_stays(first, length):
    async def scene(one: Site, app: App):
        talk = await one.talk((POST % 5).replace(b"POST /", first) + b"12345" + GET[:length])
        answers = [await talk.answer()]
        await asyncio.sleep(0.05)
        await talk.send(GET[length:])
        answers.append(await talk.answer())
        await talk.send(GET)
        return [*answers, await talk.answer()], app.asked

    (first_answer, *others), asked = play(scene)
    assert first_answer[0] == 200
    assert others == [(200, b"0")] * 2
    assert asked[1:] == ["/", "/"]


def test_half_a_head_behind_a_body_has_the_time_of_a_head():
    async def scene(one: Site, app: App):
        talk = await one.talk(POST % 5 + b"12345" + GET[:20])
        answer = await talk.answer()
        return answer, await talk.rest()

    answer, rest = play(scene, Hasty, timeout_keep_alive=20)
    assert answer == (200, b"5")
    assert rest.startswith(b"HTTP/1.1 408 ")


class Brisk(PatientConnection):
    head_s = body_s = 1.2


@pytest.mark.parametrize("body", [b"1234567890", b"", b"1" * 20_000], ids=["ten", "none", "many"])
def test_each_body_has_a_time_of_its_own(body):
    async def scene(one: Site, app: App):
        talk = await one.talk((POST % 10).replace(b"POST /", b"POST /at-once"))
        first = await talk.answer()
        await asyncio.sleep(0.7)
        await talk.send(b"1234567890" + POST % (len(body) + 1))
        await asyncio.sleep(0.7)
        await talk.send(body + b"1")
        return first, await talk.answer()

    assert play(scene, Brisk) == ((200, b"0"), (200, b"%d" % (len(body) + 1)))


def test_a_server_that_stops_answers_what_is_under_way_and_no_more():
    async def scene(one: Site, app: App):
        opened, half, idle, silent = (
            await one.talk(),
            await one.talk(GET[:20]),
            await one.talk(GET),
            await one.talk(),
        )
        await idle.answer()
        await asyncio.sleep(0.1)
        for connection in one.connections:
            connection.shutdown()
        ended = [await idle.rest()]
        await opened.send(GET)
        await half.send(GET[20:])
        answers = [await opened.answer(), await half.answer()]
        ended += [await talk.rest() for talk in (opened, half, silent)]
        return answers, ended, app.asked

    answers, ended, asked = play(scene)
    assert answers == [(200, b"0")] * 2
    assert ended == [b""] * 4
    assert len(asked) == 3
