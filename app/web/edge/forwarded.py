"""What a proxy says of the request that came to it: scheme, host and client, believed of named proxies alone.

Anybody can send these headers. Of several values the last is taken, which the nearest proxy wrote; of clients
the last that is no trusted proxy. `Forwarded` (RFC 7239) is not read.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

SCHEMES = ("http", "https")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forwarded:
    """Takes a request for the one that a trusted proxy was asked for.

    Args:
        app: what serves it then.
        trusted: networks of the proxies, such as `127.0.0.1/32`.
    """

    def __init__(self, app: ASGIApp, trusted: Iterable[str]) -> None:
        self.app = app
        self.trusted = [ipaddress.ip_network(network) for network in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and self._is_trusted(_address_of((scope.get("client") or ("",))[0])):
            scope = self._as_it_was(scope)
        await self.app(scope, receive, send)

    def _as_it_was(self, scope: Scope) -> Scope:
        headers = scope["headers"]
        changes: dict[str, Any] = {}
        schemes = _values(headers, b"x-forwarded-proto")
        if schemes and schemes[-1].lower() in SCHEMES:
            changes["scheme"] = schemes[-1].lower()
        if hosts := _values(headers, b"x-forwarded-host"):
            kept = (pair for pair in headers if pair[0] != b"host")
            changes["headers"] = [(b"host", hosts[-1].encode("latin-1")), *kept]
        if client := self._client(_values(headers, b"x-forwarded-for")):
            changes["client"] = (client, 0)
        return {**scope, **changes}

    def _client(self, named: Sequence[str]) -> str | None:
        """Return who asked the first of our proxies; None where that is not said."""
        found = None
        for name in reversed(named):
            address = _address_of(name)
            if address is None:
                break
            found = str(address)
            if not self._is_trusted(address):
                break
        return found

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.trusted)


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    """List the values of a header, which may come several times or have commas between."""
    lines = (value.decode("latin-1") for header, value in headers if header == name)
    return [part.strip() for line in lines for part in line.split(",") if part.strip()]


def _address_of(text: str) -> Address | None:
    """Read an IP address, in brackets and with a port or without; None for a name or a socket's path."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
