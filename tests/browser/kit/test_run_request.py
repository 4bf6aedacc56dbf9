"""Asking for a run: taken at once, refused, or asked for again until the server can take it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.kit.kit_server import Answer, as_json

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

RUN = as_json({"id": "r1", "steps": 4, "frames": "/api/runs/r1/frames"}, 201)
SPEED = 20
ASK = f"""
  window.setTimeout = (call, ms) => timeout(call, ms / {SPEED}); // no test waits for whole seconds
  const {{ RunRefused, requestRun, withdrawRun }} = await kit("run_request");
  const waits = [];
  const stop = new AbortController();
  const ask = settings => requestRun(settings, {{ signal: stop.signal, onWait: wait => waits.push(wait) }});
  const refusal = asked => asked.then(
    () => null, error => [error.name, error instanceof RunRefused, error.message, error.field]);
"""


def refused(status: int, message: str, field: str | None = None, **headers: str) -> Answer:
    return as_json({"error": {"message": message, "field": field}}, status, **headers)


def test_a_run_is_asked_for_with_its_settings(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", RUN)
    got = kit_page.run(f"{ASK} return [await ask({{ model: 'digits', seed: 3 }}), waits];")
    assert got == [{"id": "r1", "steps": 4, "frames": "/api/runs/r1/frames"}, []]
    (asked,) = kit_page.server.asked_of("/api/runs")
    assert (asked.method, json.loads(asked.body)) == ("POST", {"model": "digits", "seed": 3})


def test_a_run_in_place_of_another_one_names_it_at_every_try(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", refused(429, "Too many.", Retry_After="1"), RUN)
    kit_page.run(f"""{ASK}
      const replaces = {{ id: "r 0&" }};
      await requestRun({{}}, {{ signal: stop.signal, onWait: () => {{}}, replaces }});""")
    assert [asked.query for asked in kit_page.server.asked_of("/api/runs")] == [{"replaces": "r 0&"}] * 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_after_the_time_that_it_names(kit_page: KitPage, status: int) -> None:
    kit_page.server.on("/api/runs", refused(status, "The queue is full.", Retry_After="2"), RUN)
    kit_page.server.on("/readyz", as_json({}))
    got = kit_page.run(f"""{ASK}
      const began = performance.now();
      const run = await ask({{}});
      return [run.id, waits, performance.now() - began];""")
    wait = {"isWaking": False, "message": "The queue is full."}
    assert got[:2] == ["r1", [wait | {"seconds": 2}, wait | {"seconds": 1}]]
    assert got[2] >= 1990 / SPEED
    assert len(kit_page.server.asked_of("/api/runs")) == 2


def test_a_server_that_is_waking_up_is_told_from_a_busy_one(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", refused(503, "Not yet.", Retry_After="1"), RUN)
    kit_page.server.on("/readyz", as_json({}, 503))
    assert kit_page.run(f"{ASK} await ask({{}}); return waits.map(wait => wait.isWaking);") == [True]


def test_a_wait_is_no_longer_than_a_minute(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", refused(429, "Later.", Retry_After="3600"))
    got = kit_page.run(f"""{ASK}
      const asked = refusal(ask({{}}));
      await until(() => waits.length);
      stop.abort();
      await asked;
      return waits[0].seconds;""")
    assert got == 60


@pytest.mark.parametrize(
    ("answer", "message", "field"),
    [
        (refused(422, "Steps must be positive.", "steps"), "Steps must be positive.", "steps"),
        (refused(404, "No such model."), "No such model.", None),
        (Answer(b"<h1>oh</h1>", 500), "The server answered with status 500.", None),
    ],
)
def test_a_refusal_carries_the_servers_message_and_field(
    kit_page: KitPage, answer: Answer, message: str, field: str | None
) -> None:
    kit_page.server.on("/api/runs", answer)
    assert kit_page.run(f"{ASK} return refusal(ask({{}}));") == ["Error", True, message, field]
    assert len(kit_page.server.asked_of("/api/runs")) == 1


def test_a_server_that_cannot_be_reached_is_a_refusal(kit_page: KitPage) -> None:
    kit_page.page.route("**/api/runs", lambda route: route.abort())
    got = kit_page.run(f"{ASK} return refusal(ask({{}}));")
    kit_page.page.unroute("**/api/runs")
    assert got[1] is True and "cannot be reached" in got[2]


def test_a_request_is_called_off_while_it_waits(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs", refused(429, "Later.", Retry_After="60"))
    got = kit_page.run(f"""{ASK}
      const asked = refusal(ask({{}}));
      await until(() => waits.length);
      stop.abort();
      return asked;""")
    assert got[:2] == ["AbortError", False]
    assert len(kit_page.server.asked_of("/api/runs")) == 1


def test_one_viewer_of_a_run_is_withdrawn(kit_page: KitPage) -> None:
    kit_page.server.on("/api/runs/a b", Answer(status=204))
    kit_page.run(f"{ASK} withdrawRun({{ id: 'a b' }}, 'me'); await pass(100);")
    (asked,) = kit_page.server.asked_of("/api/runs/a b")
    assert (asked.method, asked.path, asked.query) == ("DELETE", "/api/runs/a b", {"viewer": "me"})
