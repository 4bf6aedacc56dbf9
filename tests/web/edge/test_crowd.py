"""How many connections a process takes, and who goes when there are more."""

from __future__ import annotations

import asyncio
import resource

import pytest

from app.web.edge.connections import PatientConnection
from app.web.edge.crowd import KEY, MOST_TOLD, Crowd, most_connections, raise_descriptor_limit
from tests.web.edge.raw_connections import GET, Site, site


class Place:
    """A connection that knows whether it was closed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_closed = False

    def give_way(self) -> None:
        self.is_closed = True


def places(crowd: Crowd, *names: str) -> list[Place]:
    made = [Place(name) for name in names]
    for place in made:
        crowd.enter(place)
    return made


def closed(made: list[Place]) -> str:
    return "".join(place.name for place in made if place.is_closed)


def test_one_more_than_there_is_room_for_takes_the_place_of_who_waits_longest() -> None:
    crowd = Crowd(3)
    made = places(crowd, *"abcde")
    assert closed(made) == "ab"


def test_nobody_goes_who_is_being_answered() -> None:
    crowd = Crowd(3)
    made = places(crowd, *"abc")
    crowd.works(made[0])
    crowd.works(made[2])
    made += places(crowd, "d")
    assert closed(made) == "b"
    crowd.works(made[3])
    refused = Place("e")
    assert not crowd.enter(refused)
    crowd.waits(made[2])
    assert crowd.enter(refused)
    assert closed(made) == "bc"


def test_who_leaves_makes_room_and_does_not_come_back_by_waiting() -> None:
    crowd = Crowd(2)
    made = places(crowd, *"ab")
    crowd.leave(made[0])
    crowd.waits(made[0])
    made += places(crowd, "c")
    assert closed(made) == ""
    made += places(crowd, "d")
    assert closed(made) == "b"


def test_only_some_of_those_who_are_refused_are_told_so() -> None:
    crowd = Crowd(0)
    told = [crowd.tell(Place("x")) for _ in range(MOST_TOLD + 3)]
    assert told == [True] * MOST_TOLD + [False] * 3


def test_the_log_says_so_once_a_minute_with_how_many_it_were(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    crowd = Crowd(1, clock=lambda: now)
    places(crowd, *"abcd")
    first = capsys.readouterr().out
    now = 61.0
    places(crowd, "e")
    second = capsys.readouterr().out
    assert (first.count("all connections"), second.count("all connections")) == (1, 1)
    assert "closed=1" in first
    assert "closed=3" in second
    assert "most=1" in second


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


class Small(PatientConnection):
    """One of at most six."""

    def __init__(self, *args, **kwargs):
        kwargs["app_state"].setdefault(KEY, Crowd(6))
        super().__init__(*args, **kwargs)


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
        async with asyncio.timeout(20), site(app, Small) as one:
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
        async with asyncio.timeout(20), site(app, Small) as one:
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
    monkeypatch.setattr("app.web.edge.connections.TOLD_S", 0.3)

    async def scene(site_: Site) -> int:
        _busy = [await site_.talk(NEVER) for _ in range(6)]
        await asyncio.sleep(0.1)
        silent = [await site_.talk() for _ in range(MOST_TOLD + 40)]
        await asyncio.sleep(0.1)
        assert len(site_.connections) == 6 + MOST_TOLD
        for one in silent:
            assert await one.rest() == b""
        await asyncio.sleep(0.1)
        return len(site_.connections)

    async def whole() -> int:
        async with asyncio.timeout(20), site(app, Small) as one:
            return await scene(one)

    assert asyncio.run(whole()) == 6
