"""The way from a web process to an engine: an address, and a client for it with the proofs of both sides.

An address is `http://HOST:PORT`, or `unix:PATH` for a socket on this machine. No torch.
"""

from __future__ import annotations

import contextlib
import json
import socket
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx2

from app.engine.proof import ANSWER_HEADER, Proofs, Question

UNIX = "unix:"
LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=32)


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
    path, base = _split(url)
    proofs = Proofs(token, httpx2.URL(base).raw_path.rstrip(b"/"))
    return httpx2.AsyncClient(
        transport=transport or httpx2.AsyncHTTPTransport(uds=path, limits=LIMITS),
        base_url=base,
        event_hooks={"request": [proofs.prove], "response": [proofs.check]},
        timeout=httpx2.Timeout(timeout_s),
    )


def ask(url: str, token: str, path: str, timeout_s: float) -> Any:
    """Ask an engine for something once, by a connection of its own, and return what it says in JSON.

    Raises:
        ConnectionRefusedError, FileNotFoundError: nothing listens there.
        OSError, HTTPException, ValueError: it does not answer, or what answers is no engine of ours.
    """
    socket_path, base = _split(url)
    where, question = urlsplit(base), Question(token)
    headers = {"authorization": question.authorization("GET", path.encode())}
    with contextlib.closing(_connection(socket_path, where, timeout_s)) as connection:
        connection.request("GET", where.path.rstrip("/") + path, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        if not question.is_answered(answer.status, answer.getheader(ANSWER_HEADER)):
            raise ValueError("the answer is not the engine's")
        return json.loads(content)


def _split(url: str) -> tuple[str | None, str]:
    """Take an address apart: the path of a socket, if it is one, and the base of all paths."""
    if url.startswith(UNIX):
        return url.removeprefix(UNIX), "http://engine"
    return None, url


def _connection(path: str | None, where: SplitResult, timeout_s: float) -> HTTPConnection:
    if path is None:
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        return kind(where.hostname or "", where.port, timeout=timeout_s)
    connection = HTTPConnection("engine", timeout=timeout_s)
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.settimeout(timeout_s)
        connection.sock.connect(path)
    except BaseException:
        connection.close()
        raise
    return connection
