"""Waiting for a model: asked about until it is ready, and not while the page is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.kit.kit_server import Answer, as_json

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

MODELS = "/api/models"
ASK = """
  const { readyModel } = await kit("model");
  const asleep = [];
  const stop = new AbortController();
  const ready = readyModel("digits", {
    signal: stop.signal, onAsleep: report => asleep.push(report.fault), everyMs: 20,
  });
"""


def models(ready: bool, fault: str | None = None) -> Answer:
    other: dict[str, Any] = {"name": "painter", "ready": True}
    return as_json([other, {"name": "digits", "ready": ready, "fault": fault, "rate": 80.0}])


def test_a_ready_model_is_reported_at_once(kit_page: KitPage) -> None:
    kit_page.server.on(MODELS, models(True))
    got = kit_page.run(f"{ASK} return [(await ready).rate, asleep];")
    assert got == [80.0, []]


def test_a_model_that_wakes_up_is_waited_for_and_each_look_is_told(kit_page: KitPage) -> None:
    kit_page.server.on(MODELS, models(False), models(False, "no weights"), models(True))
    got = kit_page.run(f"{ASK} return [(await ready).name, asleep];")
    assert got == ["digits", [None, "no weights"]]


def test_a_server_without_an_answer_is_asked_again_and_not_told_of(kit_page: KitPage) -> None:
    kit_page.server.on(MODELS, Answer(status=500), Answer(b"no JSON"), as_json([]), models(True))
    got = kit_page.run(f"{ASK} return [(await ready).name, asleep];")
    assert got == ["digits", []]
    assert len(kit_page.server.asked) == 4


def test_nobody_asks_while_the_page_is_hidden(kit_page: KitPage) -> None:
    kit_page.server.on(MODELS, models(False), models(True))
    got = kit_page.run(f"""{ASK}
      await until(() => asleep.length);
      hide(true);
      await pass(150);
      let isReady = false;
      ready.then(() => {{ isReady = true; }});
      await pass(10);
      const whileHidden = isReady;
      hide(false);
      return [whileHidden, (await ready).name];""")
    assert got == [False, "digits"]


def test_the_wait_can_be_called_off(kit_page: KitPage) -> None:
    kit_page.server.on(MODELS, models(False))
    got = kit_page.run(f"""{ASK}
      await until(() => asleep.length);
      stop.abort();
      return ready.catch(error => error.name);""")
    assert got == "AbortError"
