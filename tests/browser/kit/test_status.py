"""What a lab says about itself: its state and line, what is said aloud, and the sentences about a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

SETUP = """
  const { Status } = await kit("status");
  document.body.innerHTML = '<div data-state="idle"><p id="line"></p><p id="voice" role="status"></p></div>';
  const one = selector => document.querySelector(selector);
  const status = new Status({ element: one("div"), line: one("#line"), voice: one("#voice") });
  const said = () => [status.state, status.text, one("#voice").textContent];
"""


def test_a_state_is_shown_and_a_new_one_is_said_aloud(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const seen = [said()];
      status.set("asking", "Asking."); seen.push(said());
      status.tell("busy", "Next try in 2 s."); seen.push(said());
      status.tell("busy", "Next try in 1 s."); seen.push(said());
      status.announce("Added."); seen.push(said());
      return [seen, one("div").dataset.state];""")
    assert got == [
        [
            ["idle", "", ""],
            ["asking", "Asking.", ""],
            ["busy", "Next try in 2 s.", "Next try in 2 s."],
            ["busy", "Next try in 1 s.", "Next try in 2 s."],
            ["busy", "Next try in 1 s.", "Added."],
        ],
        "busy",
    ]


def test_a_line_that_is_said_again_is_not_written_again(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      status.set("idle", "Ready.");
      const written = one("#line").firstChild;
      status.set("done", "Ready.");
      return written === one("#line").firstChild;""")
    assert got is True


@pytest.mark.parametrize(
    ("name", "given", "text"),
    [
        (
            "waitingText",
            {"isWaking": True, "message": "Not yet.", "seconds": 2},
            "The model is waking up; the run then starts by itself. Next try in 2 s.",
        ),
        (
            "waitingText",
            {"isWaking": False, "message": "The queue is full.", "seconds": 1},
            "The queue is full. It starts by itself as soon as it can. Next try in 1 s.",
        ),
        ("queueText", 0, "Next in line."),
        ("queueText", 1, "Waiting for a turn: 1 other run under way."),
        ("queueText", 3, "Waiting for a turn: 3 other runs under way."),
        ("doneText", {"steps": 1, "calls": 1}, "Finished: 1 step, 1 call of the model."),
        (
            "doneText",
            {"steps": 50, "calls": 99, "seconds": 1.234},
            "Finished: 50 steps, 99 calls of the model, 1.2 s.",
        ),
        (
            "doneText",
            {"steps": 9, "calls": 9, "seconds": 71.6},
            "Finished: 9 steps, 9 calls of the model, 72 s.",
        ),
    ],
)
def test_a_run_is_spoken_of_in_sentences(kit_page: KitPage, name: str, given: Any, text: str) -> None:
    script = "const messages = await kit('messages'); return messages[given.name](given.given);"
    assert kit_page.run(script, {"name": name, "given": given}) == text
