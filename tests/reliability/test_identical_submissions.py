"""R2: copies of one submission arrive at two web processes at the same moment."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from typing import Any

import psutil
import pytest

from benchmarks.connection import Answer, Connection, run
from tests.real_server import RealServer, real_server
from tests.reliability.answering import option_id
from tests.reliability.records import ask, times_recorded

COPIES = 100
PATH = "/api/questions/one/answers"


@pytest.mark.parametrize("rounds", [1, pytest.param(50, marks=pytest.mark.soak)])
def test_copies_of_a_submission_leave_one_row_and_get_the_same_reply(tmp_path, models, figures, rounds):
    """A hundred connections to two web processes, each with the same answer, sent at once; every second round
    is of a learner with a cookie, the others without. SQLite.
    """
    replies, taken = [], Counter[int]()

    async def scene(server: RealServer) -> None:
        cookie: dict[str, str] = {}
        await until_both_serve(server)
        for number in range(rounds):
            body = {
                "options": [option_id("Red" if number % 3 else "Green")],
                "attempt": f"the-answer-{number:06d}",
            }
            headers = cookie if number % 2 else {}
            answers = await at_once(server, headers, json.dumps(body).encode(), taken)
            assert {answer.status for answer in answers} == {200}
            replies.append(len({answer.body for answer in answers}))
            for answer in answers:
                if "set-cookie" in answer.headers:
                    cookie = {"cookie": answer.headers["set-cookie"].split(";")[0]}

    with real_server(tmp_path, models, WORKERS="2") as server:
        run(scene(server))
        recorded = times_recorded(server.records, "the-answer-")
        ((verdicts,),) = ask(
            server.records, "SELECT count(*) FROM (SELECT DISTINCT attempt, verdict FROM attempts)"
        )
    assert len(taken) == 2, "both web processes took part"
    figures.note(
        "R2", f"{rounds} rounds of {COPIES} copies: most rows of a submission", max(recorded.values()), "≤", 1
    )
    figures.note("R2", "submissions recorded", len(recorded), "≥", rounds)
    figures.note("R2", "grades recorded", verdicts, "≤", rounds)
    figures.note("R2", "most different replies to one submission", max(replies), "≤", 1)
    figures.must_hold()


async def at_once(
    server: RealServer, headers: dict[str, str], body: bytes, taken: Counter[int]
) -> list[Answer]:
    """Send as many copies, each on a connection that is open already, and count who serves them."""
    async with contextlib.AsyncExitStack() as stack:
        opening = [Connection.open(server.port) for _ in range(COPIES)]
        connections = [
            await stack.enter_async_context(contextlib.aclosing(connection))
            for connection in await asyncio.gather(*opening)
        ]
        answers = await asyncio.gather(*(one.request("POST", PATH, headers, body) for one in connections))
        taken.update(serving(server))
        return answers


async def until_both_serve(server: RealServer) -> None:
    """Knock until both have answered: the first one is ready before the other."""
    async with asyncio.timeout(30):
        seen: set[int] = set()
        while len(seen) < 2:
            opening = [Connection.open(server.port) for _ in range(20)]
            connections = await asyncio.gather(*opening)
            await asyncio.gather(*(one.request("GET", "/healthz") for one in connections))
            seen |= set(serving(server))
            await asyncio.gather(*(one.aclose() for one in connections))


def serving(server: RealServer) -> list[int]:
    """List the process ids of the web processes that have connections open."""
    return [
        worker.pid
        for worker in server.web_processes
        if any(link.status == psutil.CONN_ESTABLISHED for link in links_of(worker, server.port))
    ]


def links_of(worker: psutil.Process, port: int) -> list[Any]:
    return [link for link in worker.net_connections("tcp") if link.laddr.port == port]
