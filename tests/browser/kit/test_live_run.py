"""One run from the request to its end: which handlers are called, and when none is any more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.kit.kit_server import Answer, as_json, event, stream

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

FRAMES = "/api/runs/r1/frames"
RUN = as_json({"id": "r1", "steps": 2, "frames": FRAMES}, 201)
NAMES = [
    "Wait",
    "Refused",
    "Started",
    "Queued",
    "Frame",
    "Done",
    "Failed",
    "Broken",
    "Lost",
    "Silent",
    "Note",
    "Answering",
    "Leaving",
]
BEGIN = f"""
  const {{ LiveRun }} = await kit("live_run");
  const seen = [];
  const handlers = Object.fromEntries({NAMES}.map(
    name => [`on${{name}}`, told => seen.push([name, told?.message ?? told ?? null])]));
  const begun = () => {{
    const live = new LiveRun({{ model: "digits" }}, handlers);
    live.begin();
    return live;
  }};
  const saw = name => seen.some(([seen]) => seen === name);
"""


def test_a_run_is_queued_brings_its_frames_and_is_done(kit_page: KitPage) -> None:
    summary = {"steps": 2, "calls": 2, "seconds": 0.5}
    kit_page.server.on("/api/runs", RUN)
    kit_page.server.on(
        FRAMES,
        stream(
            event("waiting", '{"ahead": 1}'),
            event("frame", "first", 0),
            event("frame", "last", 1),
            event("done", json.dumps(summary)),
        ),
    )
    got = kit_page.run(f"{BEGIN} begun(); await until(() => saw('Done')); return seen;")
    assert [name for name, _ in got] == ["Started", "Queued", "Frame", "Frame", "Done"]
    assert got[0][1]["id"] == "r1"
    assert [told for _, told in got[1:]] == [{"ahead": 1}, "first", "last", summary]


def test_a_note_comes_between_frames_and_ends_nothing(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", RUN)
    note = event("note", '{"text": "The GPU has little memory left."}')
    kit_page.server.on(FRAMES, stream(event("frame", "first", 0), note, event("done", "{}")))
    got = kit_page.run(f"{BEGIN} begun(); await until(() => saw('Done')); return seen.slice(1);")
    assert [name for name, _ in got] == ["Frame", "Note", "Done"]
    assert got[1][1] == {"text": "The GPU has little memory left."}


def test_a_run_that_fails_says_why_and_ends(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", RUN)
    kit_page.server.on(FRAMES, stream(event("failed", '{"reason": "the engine was stopped"}')))
    got = kit_page.run(f"{BEGIN} begun(); await until(() => saw('Failed')); await pass(60); return seen;")
    assert got[1:] == [["Failed", {"reason": "the engine was stopped"}]]


def test_a_refused_run_is_over(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", as_json({"error": {"message": "No."}}, 422))
    got = kit_page.run(f"""{BEGIN}
      const live = begun();
      await until(() => seen.length);
      live.withdraw();
      await pass(60);
      return [seen, live.hasStarted];""")
    assert got == [[["Refused", "No."]], False]
    assert [request.method for request in kit_page.server.asked_of("/api/runs")] == ["POST"]


def test_a_run_closed_while_it_is_asked_for_calls_nothing(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", RUN)
    got = kit_page.run(f"{BEGIN} begun().close(); await pass(150); return seen;")
    assert got == []
    assert kit_page.server.asked_of(FRAMES) == []


def test_a_run_closed_as_it_starts_opens_no_stream(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", RUN)
    got = kit_page.run(f"""{BEGIN}
      const live = new LiveRun({{}}, {{ ...handlers, onStarted: () => live.close() }});
      await live.begin();
      await pass(100);
      return seen;""")
    assert got == []
    assert kit_page.server.asked_of(FRAMES) == []


def test_a_closed_run_hears_nothing_more(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", RUN)
    kit_page.server.on(FRAMES, stream(event("frame", "first", 0)))
    got = kit_page.run(f"""{BEGIN}
      const live = begun();
      await until(() => saw("Frame"));
      live.close();
      const before = seen.length;
      await pass(150);
      return [live.hasStarted, seen.length - before];""")
    assert got == [True, 0]


def test_a_cut_stream_goes_on_as_the_same_viewer_whom_a_withdrawal_names(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", RUN)
    kit_page.server.on("/api/runs/r1", Answer(status=204))
    kit_page.server.on(
        FRAMES, stream(event("frame", "first", 0)), stream(event("frame", "last", 1), holds=True)
    )
    got = kit_page.run(f"""{BEGIN}
      const live = begun();
      await until(() => seen.filter(([name]) => name === "Frame").length === 2);
      live.withdraw();
      live.close();
      await pass(100);
      const other = new LiveRun({{}}, handlers);
      return [saw("Broken"), live.viewer, live.viewer === other.viewer];""")
    is_broken, viewer, is_same = got
    assert (is_broken, is_same) == (True, False)
    assert [request.query["viewer"] for request in kit_page.server.asked_of(FRAMES)] == [viewer, viewer]
    (withdrawn,) = kit_page.server.asked_of("/api/runs/r1")
    assert (withdrawn.method, withdrawn.query) == ("DELETE", {"viewer": viewer})


LEAVING = event("leaving", '{"retry_ms": 100}')


def test_a_server_that_leaves_is_asked_for_the_same_run_and_it_goes_on_after_its_last_frame(
    kit_page: KitPage,
) -> None:
    kit_page.server.on("/api/runs", RUN)
    kit_page.server.on(
        FRAMES,
        stream(event("engine", '{"answers": false}'), event("frame", "first", 0), LEAVING),
        stream(event("engine", '{"answers": true}'), event("frame", "last", 1), event("done", "{}")),
    )
    got = kit_page.run(f"{BEGIN} begun(); await until(() => saw('Done')); return seen.slice(1);")
    assert [name for name, _ in got] == [
        *("Silent", "Frame", "Leaving", "Answering", "Answering", "Frame", "Done")
    ]
    first, second = kit_page.server.asked_of("/api/runs")
    assert first.body == second.body
    assert [request.query.get("after") for request in kit_page.server.asked_of(FRAMES)] == [None, "0"]


def test_a_run_closed_while_its_server_is_away_asks_no_more(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", RUN)
    kit_page.server.on(FRAMES, stream(LEAVING))
    got = kit_page.run(f"""{BEGIN}
      const live = begun();
      await until(() => saw("Leaving"));
      live.close();
      await pass(250);
      return seen.at(-1);""")
    assert got == ["Leaving", 0]
    assert len(kit_page.server.asked_of("/api/runs")) == 1


def test_a_server_that_comes_back_and_refuses_ends_the_run(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", RUN, as_json({"error": {"message": "No such model."}}, 422))
    kit_page.server.on(FRAMES, stream(LEAVING))
    got = kit_page.run(f"{BEGIN} begun(); await until(() => saw('Refused')); return seen.at(-1);")
    assert got == ["Refused", "No such model."]
