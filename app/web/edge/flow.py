"""When a connection is parsed on: uvicorn's own flow control, without making it deaf."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl


class Flow(FlowControl):
    """Pauses the parsing of a connection and not its reading, so that a client that goes is still noticed.

    Args:
        transport: of the connection.
        read_on: called when parsing may go on.
    """

    def __init__(self, transport: asyncio.Transport, read_on: Callable[[], object]) -> None:
        super().__init__(transport)
        self._read_on = read_on

    def pause_reading(self) -> None:
        """Parse no more for now."""
        self.read_paused = True

    def resume_reading(self) -> None:
        """Go on."""
        if self.read_paused:
            self.read_paused = False
            self._read_on()
