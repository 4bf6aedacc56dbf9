"""A response that streams ready-made events and lets nobody stall it. Plain ASGI."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

SEND_TIMEOUT_S = 8.0
"""A viewer that takes nothing for this long is let go; its cursor lets it resume."""

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


class EventStream(Response):
    """Sends bytes as they come, until they end, the viewer goes, or the viewer stalls.

    Args:
        events: pre-encoded events; closed in every case.
        release: called once at the end, whatever happened.
        send_timeout_s: how long a viewer may take nothing.
    """

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        release: Callable[[], None],
        send_timeout_s: float = SEND_TIMEOUT_S,
    ) -> None:
        super().__init__(headers=HEADERS, media_type="text/event-stream")
        del self.headers["content-length"]
        self._events = events
        self._release = release
        self._send_timeout_s = send_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one viewer."""
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_until_disconnect(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            try:
                for task in (sending, leaving):
                    task.cancel()
                results = await asyncio.gather(sending, leaving, return_exceptions=True)
                await self._events.aclose()  # where they were never begun, nothing else closes them
            finally:
                self._release()
        fault = results[0]
        if isinstance(fault, Exception) and not isinstance(fault, _Stalled):
            raise fault

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with contextlib.aclosing(self._events) as events:
            async for content in events:
                await self._send(send, content)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: Send, content: bytes) -> None:
        try:
            async with asyncio.timeout(self._send_timeout_s):
                await send({"type": "http.response.body", "body": content, "more_body": True})
        except TimeoutError as error:
            raise _Stalled from error


class _Stalled(Exception):
    """The viewer took nothing for too long."""


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
