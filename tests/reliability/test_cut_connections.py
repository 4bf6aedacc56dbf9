"""R3: the connection is cut after the answer was recorded, before its reply has come."""

from __future__ import annotations

import contextlib
import json

import pytest

from benchmarks.connection import Answer, Connection, run
from tests.reliability.answering import option_id
from tests.reliability.cutting_proxy import CuttingProxy
from tests.reliability.records import ask

ACTS = (
    ("Red", "answers", True),
    ("Green", "answers", True),
    ("Red", "answers", False),
    ("", "solution", True),
)
"""What is chosen, where it is sent to, and whether with a cookie."""


async def send(port: int, path: str, headers: dict[str, str], body: bytes) -> Answer:
    async with contextlib.aclosing(await Connection.open(port)) as connection:
        return await connection.request("POST", path, headers, body)


@pytest.mark.parametrize("cuts", [12, pytest.param(500, marks=pytest.mark.soak)])
def test_a_retry_gets_what_the_first_reply_said(server, figures, cuts):
    """A proxy reads the server's reply and hangs up, having handed over nothing or half of it; the client
    sends the same once more. Right and wrong answers with a cookie, right ones without, and giving up.
    """
    outcome = {"cut": 0, "other": 0, "answers": 0}

    async def scene(proxy: CuttingProxy) -> None:
        first = {"options": [option_id("Green")], "attempt": "cut-the-first-answer"}
        came = await send(server.port, "/api/questions/one/answers", {}, json.dumps(first).encode())
        cookie = {"cookie": came.headers["set-cookie"].split(";")[0]}
        outcome["answers"] += 1
        for number in range(cuts):
            text, last, has_cookie = ACTS[number % len(ACTS)]
            attempt = f"cut-answer-{number:06d}"
            body = {"attempt": attempt} | ({"options": [option_id(text)]} if text else {})
            sent = f"/api/questions/one/{last}", cookie if has_cookie else {}, json.dumps(body).encode()
            proxy.is_cutting = True
            try:
                await send(proxy.port, *sent)
            except (OSError, EOFError):
                outcome["cut"] += 1
            proxy.is_cutting = False
            again = await send(proxy.port, *sent)
            _, _, withheld = proxy.withheld[-1].partition(b"\r\n\r\n")
            outcome["other"] += (again.status, again.body) != (200, withheld)
            outcome["answers"] += bool(text)

    async def whole() -> None:
        proxy = CuttingProxy(server.port)
        async with proxy.listening():
            await scene(proxy)

    run(whole())
    assert outcome["cut"] == cuts
    recorded = [
        attempt
        for (attempt,) in ask(server.records, "SELECT attempt FROM attempts")
        if str(attempt).startswith("cut-")
    ]
    figures.note("R3", f"{cuts} connections cut: retries with another result", outcome["other"], "≤", 0)
    figures.note("R3", "answers lost", outcome["answers"] - len(set(recorded)), "≤", 0)
    figures.note("R3", "answers doubled", len(recorded) - len(set(recorded)), "≤", 0)
    figures.must_hold()
