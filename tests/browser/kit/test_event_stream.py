"""An event stream against a server that cuts it, refuses it, or keeps it open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.kit.kit_server import Answer, event, stream

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

OPEN = """
  const { EventStream } = await kit("event_stream");
  const seen = [];
  const open = (delaysMs = [1, 1]) => new EventStream("/stream?viewer=me", {
    on: { frame: data => seen.push(`frame ${data}`), note: data => seen.push(`note ${data}`) },
    endsOn: { done: data => seen.push(`done ${data}`) },
    onBroken: () => seen.push("broken"),
    onLost: () => seen.push("lost"),
    delaysMs,
  });
"""
ERROR = Answer(b"gone", 500)
DONE = event("done", "all")


def test_a_stream_that_is_cut_goes_on_after_the_last_event(kit_page: KitPage) -> None:
    kit_page.server.on(
        "/stream",
        stream(event("frame", "a", 0), event("frame", "b", 1), event("note", "x")),
        stream(event("frame", "c", 2), DONE),
    )
    got = kit_page.run(f"{OPEN} open(); await until(() => seen.includes('done all')); return seen;")
    assert got == ["frame a", "frame b", "note x", "broken", "frame c", "done all"]
    asked = kit_page.server.asked_of("/stream")
    assert [request.last_event_id for request in asked] == [None, "1"]
    assert [request.query for request in asked] == [{"viewer": "me"}] * 2


def test_a_stream_that_is_refused_is_opened_anew_after_the_last_event(kit_page: KitPage) -> None:
    kit_page.server.on("/stream", stream(event("frame", "a", 7)), ERROR, stream(event("frame", "b", 8), DONE))
    got = kit_page.run(f"{OPEN} open(); await until(() => seen.includes('done all')); return seen;")
    assert got == ["frame a", "broken", "broken", "frame b", "done all"]
    assert kit_page.server.asked_of("/stream")[2].query == {"viewer": "me", "after": "7"}


def test_a_stream_is_given_up_after_as_many_tries_as_there_are_delays(kit_page: KitPage) -> None:
    kit_page.server.on("/stream", ERROR)
    got = kit_page.run(f"""{OPEN}
      const stream = open([1, 1, 1]);
      await until(() => seen.includes("lost"));
      await pass(60);
      return [seen, stream.isOver];""")
    assert got == [["broken", "broken", "broken", "lost"], True]
    assert len(kit_page.server.asked) == 4
    assert kit_page.server.asked[-1].query == {"viewer": "me"}


def test_an_event_makes_up_for_the_connections_lost_before_it(kit_page: KitPage) -> None:
    kit_page.server.on(
        "/stream", ERROR, ERROR, stream(event("note", "x")), ERROR, stream(event("frame", "a", 0), DONE)
    )
    got = kit_page.run(f"{OPEN} open(); await until(() => seen.includes('done all')); return seen;")
    assert got == ["broken", "broken", "note x", "broken", "broken", "frame a", "done all"]


def test_a_stream_waits_longer_before_each_try(kit_page: KitPage) -> None:
    kit_page.server.on("/stream", ERROR)
    got = kit_page.run(f"""{OPEN}
      const began = performance.now();
      open([60, 120]);
      await until(() => seen.includes("lost"));
      return performance.now() - began;""")
    assert got >= 180


def test_a_hidden_page_closes_its_stream_and_goes_on_when_it_is_shown(kit_page: KitPage) -> None:
    kit_page.server.on(
        "/stream",
        stream(event("frame", "a", 0), event("frame", "b", 1), holds=True),
        stream(event("frame", "c", 2), DONE),
    )
    got = kit_page.run(f"""{OPEN}
      const stream = open();
      await until(() => seen.includes("frame b"));
      hide(true);
      const closed = stream.source === null;
      await pass(100);
      const whileHidden = [...seen];
      hide(false);
      await until(() => seen.includes("done all"));
      return [closed, whileHidden, seen];""")
    before = ["frame a", "frame b"]
    assert got == [True, before, [*before, "frame c", "done all"]]
    assert [request.query.get("after") for request in kit_page.server.asked] == [None, "1"]


def test_no_try_is_made_while_the_page_is_hidden(kit_page: KitPage) -> None:
    kit_page.server.on("/stream", ERROR, stream(DONE))
    got = kit_page.run(f"""{OPEN}
      hide(true);
      open([100]);
      await pass(50);
      const atFirst = (await (await fetch("/count")).text(), [...seen]);
      hide(false);
      await until(() => seen.includes("broken"));
      hide(true);
      await pass(200);
      const whileHidden = [...seen];
      hide(false);
      await until(() => seen.includes("done all"));
      return [atFirst, whileHidden, seen];""")
    assert got == [[], ["broken"], ["broken", "done all"]]
    assert [request.path for request in kit_page.server.asked] == ["/count", "/stream", "/stream"]


def test_an_ending_closes_the_stream_for_good(kit_page: KitPage) -> None:
    kit_page.server.on("/stream", stream(DONE, event("frame", "late", 9), holds=True))
    got = kit_page.run(f"""{OPEN}
      const stream = open();
      await until(() => seen.length);
      hide(true);
      hide(false);
      await pass(100);
      return [seen, stream.isOver];""")
    assert got == [["done all"], True]
    assert len(kit_page.server.asked) == 1


def test_a_closed_stream_calls_nothing_any_more(kit_page: KitPage) -> None:
    kit_page.server.on("/stream", stream(event("frame", "a", 0)), ERROR)
    got = kit_page.run(f"""{OPEN}
      const stream = open([20, 20]);
      await until(() => seen.includes("broken"));
      stream.close();
      const before = seen.length;
      await pass(150);
      return seen.length - before;""")
    assert got == 0


def test_the_field_of_the_query_that_resumes_can_be_named(kit_page: KitPage) -> None:
    kit_page.server.on("/points", stream(event("point", "p", 4)), ERROR, stream(DONE))
    kit_page.run("""
      const { EventStream } = await kit("event_stream");
      let isDone = false;
      new EventStream("/points", {
        on: { point: () => {} },
        endsOn: { done: () => { isDone = true; } },
        resumeField: "from",
        delaysMs: [1, 1],
      });
      await until(() => isDone);""")
    assert kit_page.server.asked[-1].query == {"from": "4"}
