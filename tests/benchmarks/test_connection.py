"""Requests as the benchmarks' own client writes them."""

from __future__ import annotations

from benchmarks.connection import request_bytes


def test_a_request_states_its_host_and_the_length_of_its_body() -> None:
    content = request_bytes("POST", "/api/runs", {"cookie": "a=b"}, b'{"seed": 1}')
    head, body = content.split(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == b"POST /api/runs HTTP/1.1"
    assert {b"host: 127.0.0.1", b"cookie: a=b", b"content-length: 11"} <= set(head.split(b"\r\n"))
    assert body == b'{"seed": 1}'


def test_a_request_without_a_body_states_no_length() -> None:
    assert request_bytes("GET", "/") == b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
