"""The token of an engine: both sides prove that they know it, and neither sends it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app.engine import proof
from app.engine.admission import Asker
from app.engine.channel import ask as ask_engine
from app.engine.client import EngineClient
from app.engine.proof import ANSWER_HEADER, MOST_BODY_BYTES, Question, TokenGuard
from app.errors import TryLater
from tests.serving import served

TOKEN = "a-secret-that-nobody-else-knows"
ANSWERS = [
    b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-engine-proof: " + b"0" * 64 + b"\r\n\r\n{}",
    b"HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-length: 2\r\n\r\n{}",
    b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n",
]


@contextmanager
def impostor(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Listen where the engine should, and answer everything alike; give the address and what came."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    came.append(connection.recv(2**16))
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", came
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize("answer", ANSWERS)
def test_whoever_listens_in_the_engine_s_place_learns_no_token_and_is_not_believed(answer, spec_of):
    async def scene(url):
        client = EngineClient(url, TOKEN)
        for asking in (client.status(), client.submit(spec_of(), Asker("somebody", "127.0.0.1"))):
            with pytest.raises(TryLater, match="waking up"):
                await asking
        await client.close()

    with impostor(answer) as (url, came):
        asyncio.run(scene(url))
        with pytest.raises(ValueError, match="not the engine"):
            ask_engine(url, TOKEN, "/pulse", 2.0)
    assert len(came) == 3
    assert not any(TOKEN.encode() in one or b"Bearer" in one for one in came)
    assert len({one.split(b"Proof ")[1][:32] for one in came}) == 3, "a nonce is used once"


async def echo(request: Request) -> JSONResponse:
    return JSONResponse({"body": (await request.body()).decode(), "query": request.url.query})


def guarded() -> TokenGuard:
    return TokenGuard(Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])]), TOKEN)


def request_proven(method="POST", target=b"/runs?a=1", asker=("l", "a"), body=b"{}", token=TOKEN):
    authorization = Question(token).authorization(method, target, asker, body)
    return {"authorization": authorization, "x-learner": "l", "x-address": "a"}


def ask(headers, method="POST", target="/runs?a=1", body: bytes | None = b"{}"):
    async def scene():
        transport = httpx2.ASGITransport(guarded())
        async with httpx2.AsyncClient(transport=transport, base_url="http://engine") as client:
            return await client.request(method, target, content=body, headers=headers)

    return asyncio.run(scene())


def test_a_request_that_is_proven_passes_whole_and_so_does_the_token_by_hand():
    for headers in (request_proven(), {"authorization": f"Bearer {TOKEN}"}):
        answer = ask(headers)
        assert (answer.status_code, answer.json()) == (200, {"body": "{}", "query": "a=1"})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Proof"},
        {"authorization": "Proof x"},
        {"authorization": "Proof  "},
        {"authorization": f"Proof {TOKEN}"},
        {"authorization": "Bearer "},
        {"authorization": "Basic Zm9vOmJhcg=="},
        request_proven(token="another"),
        request_proven(token=""),
        request_proven(method="DELETE"),
        request_proven(target=b"/runs?a=2"),
        request_proven(target=b"/runs"),
        request_proven(body=b"{} "),
        request_proven(asker=("m", "a")),
        request_proven(asker=("", "la")),
        request_proven() | {"x-learner": "somebody else"},
    ],
)
def test_a_request_that_is_proven_otherwise_or_not_at_all_is_refused(headers):
    answer = ask(headers)
    assert answer.status_code == 401
    assert ANSWER_HEADER not in answer.headers


def test_a_body_beyond_all_measure_is_not_read_before_it_is_proven():
    assert ask(request_proven(body=b"x"), body=bytes(MOST_BODY_BYTES + 1)).status_code == 401


def test_an_answer_is_proven_for_its_request_and_status_alone():
    headers = request_proven()
    nonce = headers["authorization"].split(" ")[1]
    given = ask(headers).headers[ANSWER_HEADER]
    assert Question(TOKEN, nonce).is_answered(200, given)
    for other, status in ((Question(TOKEN, nonce), 500), (Question(TOKEN), 200), (Question("x", nonce), 200)):
        assert not other.is_answered(status, given)
    assert not Question(TOKEN, nonce).is_answered(200, None)


def test_parts_of_a_request_cannot_be_shifted_into_each_other():
    question = Question(TOKEN, "n")
    one = question.code("GET", b"/ab", ("c", "d"), b"")
    assert one == Question(TOKEN, "n").code("GET", b"/ab", ("c", "d"), b"")
    assert one != question.code("GET", b"/a", ("bc", "d"), b"")
    assert one != question.code("GET", b"/ab", ("cd", ""), b"")
    assert one != question.code_of_answer(200)


def test_an_engine_behind_a_prefix_of_a_proxy_is_believed():
    class Stripped:
        """Takes the prefix off, as a proxy does."""

        async def __call__(self, scope, receive, send):
            if scope["type"] == "http":
                prefix = "/engines/1"
                path, raw = (
                    scope["path"].removeprefix(prefix),
                    scope["raw_path"].removeprefix(prefix.encode()),
                )
                scope = {**scope, "path": path, "raw_path": raw}
            await guarded()(scope, receive, send)

    async def scene():
        async with served(Stripped()) as url:
            client = EngineClient(f"{url}/engines/1", TOKEN)
            answer = await client.status()
            await client.close()
            return answer

    assert asyncio.run(scene()) == {"body": "", "query": ""}


def test_a_request_is_taken_once(monkeypatch):
    monkeypatch.setattr(proof, "MOST_NONCES", 3)
    guard = guarded()

    async def scene(*several):
        transport = httpx2.ASGITransport(guard)
        async with httpx2.AsyncClient(transport=transport, base_url="http://engine") as client:
            return [
                (await client.request(method, "/runs?a=1", content=body, headers=headers)).status_code
                for method, body, headers in several
            ]

    first = ("POST", b"{}", request_proven())
    other = ("POST", b"{}", request_proven())
    get = ("GET", b"", request_proven("GET", body=b""))
    forged = ("POST", b"{}", request_proven(token="another"))
    assert asyncio.run(scene(first, first, other, get, get, first)) == [200, 401, 200, 200, 401, 401]
    assert asyncio.run(scene(forged, forged)) == [401, 401], "what is not proven is not remembered"
    assert asyncio.run(scene(*[("POST", b"{}", request_proven()) for _ in range(5)])) == [200] * 5
    assert len(guard._seen) == 3


@pytest.mark.parametrize("nonce", ["x", "0" * 31, "0" * 33, "G" * 32, "0" * 10**5], ids=len)
def test_a_nonce_has_one_form(nonce):
    code = Question(TOKEN, nonce).authorization("POST", b"/runs?a=1", ("l", "a"), b"{}")
    assert ask(request_proven() | {"authorization": code}).status_code == 401


def test_a_body_in_many_pieces_arrives_whole():
    pieces = [b"%04d" % number for number in range(10_000)]
    body = b"".join(pieces)

    async def scene():
        left = iter(pieces)

        async def receive():
            piece = next(left, None)
            return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

        return await proof._whole(receive)

    assert asyncio.run(scene()) == body
