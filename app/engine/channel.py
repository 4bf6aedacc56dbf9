"""The way from a web process to an engine: an address, a client for it, and the proofs of both sides.

An address is `http://HOST:PORT`, or `unix:PATH` for a socket on this machine. No torch.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Generator
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx2
import structlog

from app.engine import proof

UNIX = "unix:"
LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=32)

TELL_EVERY_S = 60.0

log = structlog.get_logger()


class NotTheEngine(httpx2.TransportError):
    """What answered does not know the token: it is no engine of ours, or has another token."""


class Proofs(httpx2.Auth):
    """Proves each request, and believes only answers that are proven.

    Args:
        token: the engine's secret.
        prefix: what every path begins with that the engine does not see, behind a proxy.
    """

    requires_request_body = True

    def __init__(self, token: str, prefix: bytes = b"") -> None:
        self._token = token
        self._prefix = prefix
        self._told_at = -TELL_EVERY_S

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send one request.

        Raises:
            NotTheEngine: the answer is not proven.
        """
        nonce = proof.new_nonce()
        target = request.url.raw_path.removeprefix(self._prefix)
        asker = (request.headers.get("x-learner", ""), request.headers.get("x-address", ""))
        code = proof.of_request(self._token, nonce, request.method, target, asker, request.content)
        request.headers["authorization"] = f"{proof.SCHEME} {nonce} {code}"
        response = yield request
        given = response.headers.get(proof.ANSWER_HEADER, "")
        if not proof.is_same(given, proof.of_answer(self._token, nonce, response.status_code)):
            self._tell()
            raise NotTheEngine("the answer is not the engine's", request=request)

    def _tell(self) -> None:
        if time.monotonic() >= self._told_at + TELL_EVERY_S:
            self._told_at = time.monotonic()
            log.error("what answers in the engine's place does not know its token; it is not believed")


def engine_client(
    url: str, token: str, timeout_s: float, transport: httpx2.AsyncBaseTransport | None = None
) -> httpx2.AsyncClient:
    """Make a client for an engine.

    Args:
        url: where the engine listens.
        token: its secret.
        timeout_s: how long each part of a request may take.
        transport: how it is reached, where not as the address says.
    """
    socket_path, base = _split(url)
    return httpx2.AsyncClient(
        transport=transport or httpx2.AsyncHTTPTransport(uds=socket_path, limits=LIMITS),
        base_url=base,
        auth=_proofs(base, token),
        timeout=httpx2.Timeout(timeout_s),
    )


def ask(url: str, token: str, path: str, timeout_s: float) -> Any:
    """Ask an engine for something once, by a connection of its own, and return what it says in JSON.

    Raises:
        ConnectionError, FileNotFoundError: nothing listens there.
        OSError, HTTPException, ValueError: it does not answer, or what answers is no engine of ours.
    """
    socket_path, base = _split(url)
    where = urlsplit(base)
    nonce, target = proof.new_nonce(), where.path.rstrip("/") + path
    code = proof.of_request(token, nonce, "GET", path.encode(), ("", ""), b"")
    with contextlib.closing(_connection(socket_path, where, timeout_s)) as connection:
        connection.request("GET", target, headers={"authorization": f"{proof.SCHEME} {nonce} {code}"})
        answer = connection.getresponse()
        content = answer.read()
        given = answer.getheader(proof.ANSWER_HEADER, "")
        if not proof.is_same(given, proof.of_answer(token, nonce, answer.status)):
            raise ValueError("the answer is not the engine's")
        return json.loads(content)


def _connection(socket_path: str | None, where: SplitResult, timeout_s: float) -> HTTPConnection:
    if socket_path is not None:
        connection = HTTPConnection("engine", timeout=timeout_s)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.settimeout(timeout_s)
            connection.sock.connect(socket_path)
        except BaseException:
            connection.close()
            raise
        return connection
    kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=timeout_s)
    connection.connect()
    return connection


def _split(url: str) -> tuple[str | None, str]:
    """Take an address apart: the path of a socket, if it is one, and the base of all paths."""
    if url.startswith(UNIX):
        return url.removeprefix(UNIX), "http://engine"
    return None, url


def _proofs(base: str, token: str) -> Proofs:
    return Proofs(token, httpx2.URL(base).raw_path.rstrip(b"/"))
