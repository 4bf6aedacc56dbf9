"""How a web process and an engine prove to each other that they know their token, which neither ever sends.

A request carries a fresh nonce and a code over it, the request and its body, made with the token. The answer
carries a code over the same nonce. So whatever else listens where the engine should be learns nothing that it
could use, and is not believed. A nonce is taken once, as long as it is among the last `MOST_NONCES`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:  # the engine needs no client
    import httpx2

SCHEME = "Proof"
ANSWER_HEADER = "x-engine-proof"
MOST_BODY_BYTES = 2**22
MOST_NONCES = 100_000
"""Nonces of requests that an engine remembers: those of minutes, at hundreds of requests a second."""

NONCE = re.compile(r"[0-9a-f]{32}")
TELL_EVERY_S = 60.0
UNKNOWN = "the engine's token is wrong or missing"


log = structlog.get_logger()


class Question:
    """One request of a web process, with its nonce.

    Args:
        token: the secret of both.
        nonce: of this request; a fresh one unless given.
    """

    def __init__(self, token: str, nonce: str = "") -> None:
        self._token = token
        self.nonce = nonce or secrets.token_hex(16)

    def code(self, method: str, target: bytes, asker: tuple[str, str], body: bytes) -> str:
        """Prove that the request is by somebody who knows the token.

        Args:
            method: of the request.
            target: its path and query, as they travel.
            asker: for whom it is: a learner and an address.
            body: the whole of it.
        """
        digest = hashlib.sha256(body).hexdigest()
        return self._code("request", method, target.decode("latin-1"), *asker, digest)

    def code_of_answer(self, status: int) -> str:
        """Prove that the answer with this status is by somebody who knows the token."""
        return self._code("answer", str(status))

    def is_answered(self, status: int, given: str | None) -> bool:
        """Whether an answer is proven."""
        return is_same(given or "", self.code_of_answer(status))

    def authorization(
        self, method: str, target: bytes, asker: tuple[str, str] = ("", ""), body: bytes = b""
    ) -> str:
        """Write the header that a proven request has."""
        return f"{SCHEME} {self.nonce} {self.code(method, target, asker, body)}"

    def _code(self, *parts: str) -> str:
        # Each part with its length, so that no two lists of parts read the same.
        encoded = (part.encode() for part in (self.nonce, *parts))
        content = b"".join(b"%d:%s" % (len(part), part) for part in encoded)
        return hmac.digest(self._token.encode(), content, "sha256").hex()


class NotTheEngine(Exception):
    """What answered does not know the token: it is no engine of ours, or has another token."""


class Proofs:
    """What a client of an engine does before each request and after each answer.

    Args:
        token: the engine's secret.
        prefix: what every path begins with that the engine does not see, behind a proxy.
    """

    def __init__(self, token: str, prefix: bytes = b"") -> None:
        self._token = token
        self._prefix = prefix
        self._told_at = -TELL_EVERY_S

    async def prove(self, request: httpx2.Request) -> None:
        """Add the proof to a request."""
        question = Question(self._token)
        target = request.url.raw_path.removeprefix(self._prefix)
        asker = (request.headers.get("x-learner", ""), request.headers.get("x-address", ""))
        code = question.authorization(request.method, target, asker, request.content)
        request.headers["authorization"] = code
        request.extensions["question"] = question

    async def check(self, response: httpx2.Response) -> None:
        """Believe an answer, or not.

        Raises:
            NotTheEngine: it is not proven.
        """
        question: Question = response.request.extensions["question"]
        if question.is_answered(response.status_code, response.headers.get(ANSWER_HEADER)):
            return
        if time.monotonic() >= self._told_at + TELL_EVERY_S:
            self._told_at = time.monotonic()
            log.error("what answers in the engine's place does not know its token; it is not believed")
        raise NotTheEngine


class TokenGuard:
    """ASGI middleware before every route of an engine: only those get in who know its token.

    A request by hand, over a way that is trusted, may carry the token itself as `Authorization: Bearer`.

    Args:
        app: the engine's routes.
        token: the secret that the web processes know.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme == SCHEME:
            await self._proven(scope, receive, send, given)
        elif scheme == "Bearer" and is_same(given, self._token):
            await self._app(scope, receive, send)
        else:
            await _refused(scope, receive, send)

    async def _proven(self, scope: Scope, receive: Receive, send: Send, given: str) -> None:
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        is_small = length.isdigit() and len(length) < 9 and int(length) <= MOST_BODY_BYTES
        if "transfer-encoding" in headers or not is_small:
            await _refused(scope, receive, send)
            return
        body = await _whole(receive)
        nonce, _, code = given.partition(" ")
        question = Question(self._token, nonce)
        asker = (headers.get("x-learner", ""), headers.get("x-address", ""))
        is_known = NONCE.fullmatch(nonce) and is_same(
            code, question.code(scope["method"], _target(scope), asker, body)
        )
        if not (is_known and self._is_first(nonce)):
            await _refused(scope, receive, send)
            return
        is_read = False

        async def receive_again() -> Message:
            nonlocal is_read
            if is_read:
                return await receive()
            is_read = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send_proven(message: Message) -> None:
            if message["type"] == "http.response.start":
                code = question.code_of_answer(message["status"]).encode()
                message["headers"] = [*message.get("headers", ()), (ANSWER_HEADER.encode(), code)]
            await send(message)

        await self._app(scope, receive_again, send_proven)

    def _is_first(self, nonce: str) -> bool:
        """Take note of a nonce that is proven; False where it was used before."""
        if nonce in self._seen:
            return False
        self._seen[nonce] = None
        if len(self._seen) > MOST_NONCES:
            self._seen.popitem(last=False)
        return True


def is_same(given: str, expected: str) -> bool:
    """Compare two codes in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


async def _refused(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"message": UNKNOWN}, status_code=401)(scope, receive, send)


async def _whole(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _target(scope: Scope) -> bytes:
    path, query = scope["raw_path"].partition(b"?")[0], scope["query_string"]
    return bytes(path + b"?" + query if query else path)
