"""HTTP connections as uvicorn serves them, with bounds on their time and on what waits in either direction.

- A request's head and body have to come within a time, and nothing else of a client is waited for longer
  than the keep-alive time; a stream that is being sent is no wait.
- What a client sends is parsed one request at a time. While one is answered the rest waits, in a buffer of
  a bounded size, and beyond that in the client's own machine.
- Heads have a largest size, and what is too large is not kept.
- Bytes that the other end does not take are given up after a while, since closing a socket with unsent bytes
  does not close it. An `EventStream` lets a stalled viewer go before that.

When the server stops, uvicorn tells each connection, waits for their responses, and only then tells the app:
streams would never end. So each connection that is told tells the app.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Literal, cast

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.web.edge import bounds, wire
from app.web.edge.crowd import MOST_CONNECTIONS, Member, crowd_of
from app.web.edge.deadline import Deadline
from app.web.edge.unread import Unread

LEAVE = "leave"
"""Where the state of an app's lifespan has what is to be called, without arguments, when the server stops."""

Awaited = Literal["head", "body", "nothing"]


class PatientConnection(HttpToolsProtocol):
    """One connection as uvicorn serves it, with the bounds of this module.

    Only Linux has a bound on how long bytes may stay unacknowledged; elsewhere a connection that takes
    nothing stays until the other end goes.
    """

    stalled_ms = bounds.STALLED_MS
    head_s: float = bounds.HEAD_S
    body_s: float = bounds.BODY_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most = self.limit_concurrency or MOST_CONNECTIONS
        self.limit_concurrency = None  # uvicorn would refuse in words of its own, and close nobody
        self.waits_since: float | None = None
        self._is_told = False  # that there is no room
        self._has_loan = False  # of the crowd's room for large heads
        self._unread = Unread()
        self._is_held = False
        self._awaited: Awaited = "head"
        self._requests = 0  # whose heads have come
        self._has_begun = False  # the next one: the parser has the first of its head
        self._deadline = Deadline(self.loop)
        self._is_refused = False
        self._is_last = False  # the next one is answered, and no more
        self._since = 0  # bytes since the request, or its body, last came any further
        self._read = 0  # bytes of the body, or after a refusal

    # The loop's side

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Set the bounds when the connection opens."""
        super().connection_made(transport)
        self.flow = FlowControl(self)  # type: ignore[arg-type]  # which asks it to read on, or not
        connection = transport.get_extra_info("socket")
        if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self.stalled_ms)
        if len(self.connections) > self._most and not crowd_of(self.app_state).make_room(
            cast(set[Member], self.connections)
        ):
            self.connections.discard(self)
            self._is_told = crowd_of(self.app_state).tell(self)
            if not self._is_told:
                transport.abort()
                return
            self.app, self.head_s = wire.answer_full, bounds.TOLD_S
        self.waits_since = self.loop.time()
        self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place up."""
        super().connection_lost(exc)
        if self._is_told or self._has_loan:
            crowd_of(self.app_state).leave(self)
        self._unread.clear()
        self._deadline.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what came, and parse it as far as it is wanted."""
        if self._is_refused:
            self._read += len(data)
            if self._read > bounds.MOST_DISCARDED:
                self.give_way()
            return
        self._unread.add(data)
        self._read_on()

    def pause_writing(self) -> None:
        """Note that the client does not take what it is sent."""
        super().pause_writing()
        if self.waits_since is None:
            self.waits_since = self.loop.time()

    def resume_writing(self) -> None:
        """Note that it does."""
        super().resume_writing()
        if self._is_answering:
            self.waits_since = None

    def give_way(self) -> None:
        """Close at once."""
        self.connections.discard(self)
        self.transport.abort()

    def pause_reading(self) -> None:
        """Parse no more for now; the connection is still read, so that a client that goes is noticed."""

    def resume_reading(self) -> None:
        """Parse on."""
        self.loop.call_soon(self._read_on)

    def shutdown(self) -> None:
        """End the streams of the app, and this connection once its response is complete.

        A request that may be under way to it is waited for a moment: a successor cannot answer that.
        """
        has_begun = len(self._unread) or (self._awaited == "head" and self._since)
        if not self.cycle and (has_begun or not self._requests):
            self._is_last = True
            self.loop.call_later(bounds.LAST_S, self._end_if_silent)
        else:
            super().shutdown()
        self.app_state.get(LEAVE, lambda: None)()

    def _end_if_silent(self) -> None:
        if not self.cycle:
            self.transport.close()

    # The parser's side

    def on_message_begin(self) -> None:
        """Note that a request begins, which may be in the piece that the one before ends in."""
        super().on_message_begin()
        self._has_begun = True
        if self._awaited == "nothing" and not self.cycle:
            self._awaited, self._since = "head", 1

    def on_headers_complete(self) -> None:
        """Have the request answered; its headers belong to it alone, and what follows a body is none."""
        if len(self.headers) > bounds.MOST_HEADERS:
            raise ValueError
        self._awaited, self._since, self._read = "body", 0, 0
        self._requests += 1
        self._has_begun = False
        if self._has_loan:
            self._has_loan = False
            crowd_of(self.app_state).end_loan(self)
        super().on_headers_complete()
        if self._is_last:
            self.cycle.keep_alive = False
        self.headers = []

    def on_body(self, body: bytes) -> None:
        """Pass a piece of the body on."""
        self._since = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the answer."""
        super().on_message_complete()
        self._awaited = "nothing"
        if self.cycle.response_complete:
            self._settle()
        else:
            self.waits_since = None

    def on_response_complete(self) -> None:
        """Go on to what the client has sent meanwhile."""
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._awaited != "nothing":
            self.waits_since = self.loop.time()
        elif self.cycle.response_complete:
            self._settle()
        if self._unread:
            self.loop.call_soon(self._read_on)

    # Bounds

    @property
    def _is_answering(self) -> bool:
        """Whether a request has come whole and has no whole answer."""
        return self._awaited == "nothing" and self.cycle is not None

    def _settle(self) -> None:
        """Keep nothing of a request that has been answered; what has come of the next one stays."""
        self.cycle = None  # type: ignore[assignment]
        self.waits_since = self.loop.time()
        if self._has_begun:
            self._awaited, self._since = "head", 1
            self._time()
        else:
            self.scope = None  # type: ignore[assignment]
            self.url = b""

    def _read_on(self) -> None:
        """Parse what has come, a request at a time; have the client wait where too much is left."""
        if self._is_refused or self.transport.is_closing():
            return
        while self._unread and self._wants_more():
            self._unset_keepalive_if_required()
            if self._awaited == "nothing":
                self._awaited, self._since = "head", 0
            if not self._parse(self._unread.piece()):
                return
        if not self.transport.is_closing():
            self._hold()
            self._time()

    def _wants_more(self) -> bool:
        return not (self._is_answering or self.flow.read_paused or self.transport.is_closing())

    def _parse(self, piece: bytes) -> bool:
        """Have a piece parsed; False where that ends the connection."""
        self._since += len(piece)
        self._read += len(piece)
        fault = self._head_fault() if self._awaited == "head" else None
        if fault is None:
            try:
                self.parser.feed_data(piece)
            except httptools.HttpParserUpgrade:
                pass  # to nothing: the request is answered as any other
            except httptools.HttpParserError:
                fault = wire.NOT_HTTP
        if len(self.headers or ()) > bounds.MOST_HEADERS:
            fault = wire.MANY_HEADERS
        if fault is None and self._awaited == "body":
            if self._read > bounds.MOST_DISCARDED:
                self.give_way()
                return False
            if self._since > bounds.SMALL_HEAD_BYTES:
                fault = wire.BARREN
        if fault is not None:
            self._refuse(*fault)
        return fault is None

    def _head_fault(self) -> tuple[int, str] | None:
        """Say why no more of a head is kept."""
        if self._since > bounds.LARGEST_HEAD_BYTES:
            return wire.LARGE_HEAD
        if self._since > bounds.SMALL_HEAD_BYTES:
            self._has_loan = crowd_of(self.app_state).lend_room(self)
            if not self._has_loan:
                return wire.NO_ROOM
        return None

    def _hold(self) -> None:
        """Let the client's bytes wait where they are, or come."""
        holds = len(self._unread) > bounds.MOST_UNREAD
        if holds is not self._is_held:
            self._is_held = holds
            (self.transport.pause_reading if holds else self.transport.resume_reading)()

    def _time(self) -> None:
        """Give what is awaited now its time, from the moment that it is awaited."""
        seconds = {"head": self.head_s, "body": self.body_s, "nothing": None}[self._awaited]
        self._deadline.set((self._awaited, self._requests), seconds, self._end_wait)

    def _end_wait(self) -> None:
        if self._awaited == "head" and not self._since:
            self.give_way()  # nothing came: nobody waits for an answer
            return
        is_body = self._awaited == "body"
        (status, text), seconds = (wire.NO_BODY, self.body_s) if is_body else (wire.NO_HEAD, self.head_s)
        self._refuse(status, text.format(f"{seconds:g}"))

    def _refuse(self, status: int, message: str) -> None:
        """Answer without the app, and throw away what still comes for a moment: or the answer is not seen."""
        self._is_refused, self._read = True, 0
        self._unread.clear()
        self._unset_keepalive_if_required()
        if self._is_held:
            self.transport.resume_reading()
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.cycle is None or not self.cycle.response_started:
            self.transport.write(wire.refusal(status, message))
            self.transport.write_eof()
        else:
            self.transport.close()
        self._deadline.set("told", bounds.TOLD_S, self.give_way)
