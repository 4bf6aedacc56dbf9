"""Lets only those into the engine's app who know its token, and proves to them that it knows it too."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.engine import proof

MOST_BODY_BYTES = 2**22
UNKNOWN = "the engine's token is wrong or missing"


class TokenGuard:
    """ASGI middleware before every route of the engine.

    A request is proven as `app.engine.proof` says. One by hand, over a way that is trusted, may carry the
    token itself as `Authorization: Bearer`.

    Args:
        app: the engine's routes.
        token: the secret that the web processes know.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme == proof.SCHEME:
            await self._proven(scope, receive, send, given)
        elif scheme == "Bearer" and proof.is_same(given, self._token):
            await self._app(scope, receive, send)
        else:
            await _refused(scope, receive, send)

    async def _proven(self, scope: Scope, receive: Receive, send: Send, given: str) -> None:
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not (
            length.isdigit() and len(length) < 9 and int(length) <= MOST_BODY_BYTES
        ):
            await _refused(scope, receive, send)
            return
        body = await _whole(receive)
        nonce, _, code = given.partition(" ")
        asker = (headers.get("x-learner", ""), headers.get("x-address", ""))
        expected = proof.of_request(self._token, nonce, scope["method"], _target(scope), asker, body)
        if not proof.is_same(code, expected):
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
                code = proof.of_answer(self._token, nonce, message["status"])
                message["headers"] = [
                    *message.get("headers", ()),
                    (proof.ANSWER_HEADER.encode(), code.encode()),
                ]
            await send(message)

        await self._app(scope, receive_again, send_proven)


async def _refused(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"message": UNKNOWN}, status_code=401)(scope, receive, send)


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _target(scope: Scope) -> bytes:
    path, query = scope["raw_path"].partition(b"?")[0], scope["query_string"]
    return bytes(path + b"?" + query if query else path)
