"""Which form of a ready answer is sent: compressed only to those who say that they take it."""

from __future__ import annotations

import gzip

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from app.web.delivery.ready import Ready, takes_gzip

BODY = b"A lesson. " * 200

TAKEN = [
    "gzip",
    "GZIP",
    "x-gzip",
    "gzip, deflate, br, zstd",
    "br;q=1.0, gzip;q=0.8, *;q=0.1",
    "*",
    "*;q=0.5",
    "identity;q=0.5, *;q=0.5",
    "gzip;q=0.001",
    "gzip ; q=1.000",
    "gzip;Q=0.5",
    "deflate;q=0,gzip",
    ",,gzip,",
    "identity;q=0, gzip",
    "*;q=0, gzip;q=1",
]
NOT_TAKEN = [
    "",
    "identity",
    "deflate, br",
    "gzip;q=0",
    "gzip;q=0.000",
    "gzip; q=0",
    "GZIP;Q=0",
    "x-gzip;q=0",
    "gzip;q=0, *",
    "*;q=0",
    "gzip;q=0.1, identity;q=0.9",
    "identity, gzip;q=0.5",
    "gzip;q=-1",
    "gzip;q=2",
    "gzip;q=0.1234",
    "gzip;q=nonsense",
    "gzip;q=",
    "gzipped",
    "not-gzip",
    "br;x=gzip",
    "gzip," + "a" * 2000,
]


@pytest.mark.parametrize("accepted", TAKEN)
def test_gzip_goes_to_those_who_take_it(accepted: str) -> None:
    assert takes_gzip(accepted.encode())


@pytest.mark.parametrize("accepted", NOT_TAKEN)
def test_and_to_nobody_else(accepted: str) -> None:
    assert not takes_gzip(accepted.encode())


@pytest.mark.parametrize(
    ("headers", "is_packed"),
    [
        ([("accept-encoding", "gzip;q=0")], False),
        ([("accept-encoding", "br"), ("accept-encoding", "gzip")], True),
        ([("accept-encoding", "gzip;q=0"), ("accept-encoding", "br")], False),
        ([("accept-encoding", "gzip"), ("accept-encoding", "identity;q=0.5")], True),
        ([("accept-encoding", "identity")], False),
    ],
)
def test_an_answer_has_the_form_that_all_headers_together_ask_for(
    headers: list[tuple[str, str]], is_packed: bool
) -> None:
    client = TestClient(Starlette(routes=[Route("/", Ready(BODY, "text/plain"))]))
    with client.stream("GET", "/", headers=headers) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["vary"] == "accept-encoding"
    assert ("content-encoding" in answer.headers) == is_packed
    assert (gzip.decompress(raw) if is_packed else raw) == BODY
    known = [*headers, ("if-none-match", answer.headers["etag"])]
    assert client.get("/", headers=known).status_code == 304
