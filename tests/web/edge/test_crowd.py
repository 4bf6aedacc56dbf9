"""How many connections a process takes, and who goes when there are more."""

from __future__ import annotations

import asyncio
import resource

import pytest

from app.web.edge.crowd import MOST_TOLD, Crowd, most_connections, raise_descriptor_limit
from tests.web.edge.raw_connections import GET, Site, site


class Place:
    """A connection that knows whether it was closed."""

    def __init__(self, name: str, waits_since: float | None) -> None:
        self.name = name
        self.waits_since = waits_since
        self.is_closed = False

    def give_way(self) -> None:
        self.is_closed = True


def closed(made: list[Place]) -> str:
    return "".join(place.name for place in made if place.is_closed)


def test_those_go_who_keep_the_server_waiting_longest() -> None:
    made = [Place("a", 5.0), Place("b", None), Place("c", 3.0), Place("d", 4.0)]
    assert Crowd().make_room(made)
    assert closed(made) == "c"


def test_nobody_goes_who_is_being_answered() -> None:
    made = [Place("a", None), Place("b", None)]
    assert not Crowd().make_room(made)
    assert closed(made) == ""


def test_of_very_many_some_go_at_a_time() -> None:
    made = [Place("x", float(number)) for number in range(640)]
    assert Crowd().make_room(reversed(made))
    assert [place.waits_since for place in made if place.is_closed] == list(range(20))


def test_only_some_of_those_who_are_refused_are_told_so() -> None:
    crowd = Crowd()
    told = [crowd.tell(object()) for _ in range(MOST_TOLD + 3)]
    assert told == [True] * MOST_TOLD + [False] * 3


def test_the_log_says_so_once_a_minute_with_how_many_it_were(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    crowd = Crowd(clock=lambda: now)
    for since in (1.0, 1.0, None):
        crowd.make_room([Place("a", since)])
    first = capsys.readouterr().out
    now = 61.0
    crowd.make_room([Place("a", 1.0)])
    second = capsys.readouterr().out
    assert (first.count("all connections"), second.count("all connections")) == (1, 1)
    assert "closed=1" in first
    assert ("closed=2" in second, "refused=1" in second) == (True, True)


@pytest.mark.parametrize(
    ("descriptors", "most"), [(1024, 320), (4096, 1856), (1_000_000, 2048), (256, 16), (64, 16)]
)
def test_there_are_descriptors_for_every_connection_and_its_run(
    monkeypatch: pytest.MonkeyPatch, descriptors: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, descriptors))
    assert most_connections() == most


@pytest.mark.parametrize(
    ("limits", "raised"),
    [
        ((1024, 4096), (4096, 4096)),
        ((1024, resource.RLIM_INFINITY), (8192, resource.RLIM_INFINITY)),
        ((1024, 500_000), (8192, 500_000)),
        ((1024, 1024), None),
        ((20_000, 500_000), None),
    ],
)
def test_the_limit_is_raised_as_far_as_is_wanted_and_allowed(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], raised: tuple[int, int] | None
) -> None:
    set_to = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, to: set_to.append(to))
    raise_descriptor_limit()
    assert set_to == ([raised] if raised else [])


# Over real sockets


async def app(scope, receive, send):
    """Answer at once, or never."""
    if scope["path"] == "/never":
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


NEVER = GET.replace(b"/ ", b"/never ", 1)
BODILESS = b"POST /never HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n"


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTT", GET, BODILESS], ids=["silent", "half", "idle", "bodiless"]
)
def test_those_who_keep_the_server_waiting_keep_nobody_out(sent: bytes) -> None:
    async def scene() -> tuple[list[int], int]:
        async with asyncio.timeout(20), site(app, limit_concurrency=6) as one:
            attackers = [await one.talk(sent) for _ in range(5)]
            busy = await one.talk(NEVER)
            attackers += [await one.talk(sent) for _ in range(30)]
            await asyncio.sleep(0.1)
            statuses = [(await (await one.talk(GET)).answer())[0] for _ in range(10)]
            await asyncio.sleep(0.1)
            assert not busy.reader.at_eof(), "whoever is being answered stays"
            for attacker in attackers[:30]:
                await attacker.rest()
            return statuses, len(one.connections)

    assert asyncio.run(scene()) == ([200] * 10, 6)


def test_where_all_are_being_answered_one_more_is_told_so() -> None:
    async def scene() -> tuple[tuple[int, bytes], bytes, tuple[int, bytes]]:
        async with asyncio.timeout(20), site(app, limit_concurrency=6) as one:
            busy = [await one.talk(NEVER) for _ in range(6)]
            await asyncio.sleep(0.1)
            refused = await one.talk(GET)
            told = await refused.answer()
            rest = await refused.rest()
            busy[0].writer.transport.abort()
            await asyncio.sleep(0.1)
            return told, rest, await (await one.talk(GET)).answer()

    (status, text), rest, later = asyncio.run(scene())
    assert (status, rest) == (503, b"")
    assert b"as many connections as it takes" in text
    assert later == (200, b"ok")


def test_those_beyond_the_bound_who_ask_for_nothing_do_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.edge.bounds.TOLD_S", 0.3)

    async def scene(site_: Site) -> int:
        _busy = [await site_.talk(NEVER) for _ in range(6)]
        await asyncio.sleep(0.1)
        silent = [await site_.talk() for _ in range(MOST_TOLD + 40)]
        await asyncio.sleep(0.1)
        assert sum(not one.reader.at_eof() for one in silent) == MOST_TOLD
        for one in silent:
            assert await one.rest() == b""
        await asyncio.sleep(0.1)
        return len(site_.connections)

    async def whole() -> int:
        async with asyncio.timeout(20), site(app, limit_concurrency=6) as one:
            return await scene(one)

    assert asyncio.run(whole()) == 6
