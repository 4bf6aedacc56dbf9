"""The controls of a clock: keys, buttons, the range input and the list of speeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

CONTROLS = """<section tabindex="0">
  <button data-go="first" disabled>|&lt;</button><button data-go="back" disabled>&lt;</button>
  <button data-go="play" aria-label="Play" disabled></button>
  <button data-go="forward" disabled>&gt;</button><button data-go="last" disabled>&gt;|</button>
  <input type="range" min="0" max="5" value="0" disabled aria-label="Step">
  <select><option value="0.5">½</option><option value="2" selected>2</option></select>
  <input type="text" value="seed"><textarea>a b</textarea>
</section><button data-go="play" id="named-by-text"></button>"""

BUILD = """
  document.body.innerHTML = given.html;
  const { Scrubber } = await kit("scrubber");
  const one = selector => document.querySelector(selector);
  window.said = [];
  window.clock = {
    step: 0, received: 0, speed: 1,
    seek(step) { this.step = Math.max(0, Math.min(step, this.received - 1)); said.push(`seek ${step}`); },
    toggle() { said.push("toggle"); },
  };
  window.scrubber = new Scrubber(
    { range: one("[type=range]"), buttons: [...document.querySelectorAll("[data-go]")], speed: one("select"),
      keys: one("section") },
    clock,
    () => said.push("steer"),
  );
  scrubber.begin(20);
  if (given.received) { clock.received = given.received; clock.step = 4; scrubber.at(4, "step 4 of 20"); }
"""


def build(kit_page: KitPage, received: int = 11) -> None:
    kit_page.run(BUILD, {"html": CONTROLS, "received": received})


def said(kit_page: KitPage) -> list[str]:
    """Return what was called, without what was said of it before."""
    got: list[str] = kit_page.run("return said.splice(0);")
    return got


def test_keys_step_go_to_the_ends_and_play(kit_page: KitPage) -> None:
    build(kit_page)
    kit_page.page.locator("section").focus()
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight", "End", "Home", "Space"):
        kit_page.page.keyboard.press(key)
    moves = ["seek 3", "seek 4", "seek 5", "seek 10", "seek 0", "toggle"]
    assert said(kit_page) == [call for move in moves for call in ("steer", move)]


def test_the_range_takes_the_same_keys(kit_page: KitPage) -> None:
    build(kit_page)
    kit_page.page.locator("[type=range]").focus()
    for key in ("ArrowRight", "End", "Space"):
        kit_page.page.keyboard.press(key)
    assert said(kit_page) == ["steer", "seek 5", "steer", "seek 10", "steer", "toggle"]


@pytest.mark.parametrize("field", ["[type=text]", "textarea", "select"])
def test_keys_that_a_field_uses_are_left_to_it(kit_page: KitPage, field: str) -> None:
    build(kit_page)
    kit_page.page.locator(field).focus()
    for key in ("ArrowLeft", "End", "Home", "Space"):
        kit_page.page.keyboard.press(key)
    assert said(kit_page) == []


def test_keys_pressed_with_others_are_left_to_the_browser(kit_page: KitPage) -> None:
    build(kit_page)
    kit_page.page.locator("section").focus()
    for key in ("Control+ArrowLeft", "Shift+End", "Alt+Home", "x"):
        kit_page.page.keyboard.press(key)
    kit_page.run("""for (const key of ["ArrowLeft", " "]) {
      document.querySelector("section").dispatchEvent(new KeyboardEvent("keydown", { key, metaKey: true }));
    }""")
    assert said(kit_page) == []


def test_space_on_a_button_presses_that_button_alone(kit_page: KitPage) -> None:
    build(kit_page)
    kit_page.page.locator("section [data-go=forward]").focus()
    kit_page.page.keyboard.press("Space")
    assert said(kit_page) == ["steer", "seek 5"]
    kit_page.page.keyboard.press("ArrowLeft")
    assert said(kit_page) == ["steer", "seek 4"]


def test_buttons_move_the_clock(kit_page: KitPage) -> None:
    build(kit_page)
    for move in ("first", "last", "back", "forward", "play"):
        kit_page.page.locator(f"section [data-go={move}]").click()
    moves = ["seek 0", "seek 10", "seek 9", "seek 10", "toggle"]
    assert said(kit_page) == [call for move in moves for call in ("steer", move)]


def test_a_step_that_is_not_here_yet_takes_the_range_back(kit_page: KitPage) -> None:
    build(kit_page)
    scrubber = kit_page.page.locator("[type=range]")
    scrubber.fill("18")
    assert said(kit_page) == ["steer", "seek 18"]
    assert scrubber.input_value() == "10"


def test_before_anything_is_here_controls_are_disabled_and_keys_do_nothing(kit_page: KitPage) -> None:
    build(kit_page, received=0)
    assert kit_page.page.locator("section :disabled").count() == 6
    kit_page.page.locator("section").focus()
    kit_page.page.keyboard.press("End")
    assert said(kit_page) == []


def test_what_was_enabled_once_stays_so_and_does_nothing_while_a_new_row_has_no_frame(
    kit_page: KitPage,
) -> None:
    build(kit_page)
    kit_page.run("clock.received = 0; scrubber.begin(8);")
    assert kit_page.page.locator(":disabled").count() == 0
    kit_page.page.locator("section [data-go=last]").click()
    kit_page.page.locator("section [data-go=play]").click()
    assert said(kit_page) == []


def test_a_step_is_said_in_words_until_a_new_row_begins(kit_page: KitPage) -> None:
    build(kit_page)
    scrubber = kit_page.page.locator("[type=range]")
    assert scrubber.get_attribute("aria-valuetext") == "step 4 of 20"
    assert [scrubber.get_attribute("max"), scrubber.input_value()] == ["20", "4"]
    kit_page.run("scrubber.begin(8);")
    assert scrubber.get_attribute("aria-valuetext") is None
    assert [scrubber.get_attribute("max"), scrubber.input_value()] == ["8", "0"]


def test_the_speed_is_that_of_the_list_from_the_start(kit_page: KitPage) -> None:
    build(kit_page)
    assert kit_page.run("return clock.speed;") == 2
    kit_page.page.locator("select").select_option("0.5")
    assert kit_page.run("return clock.speed;") == 0.5


def test_the_button_is_named_after_what_it_does_next(kit_page: KitPage) -> None:
    build(kit_page)
    names = """return [...document.querySelectorAll("[data-go=play]")].map(
      button => [button.getAttribute("aria-label"), button.textContent, button.className]);"""
    kit_page.run("scrubber.setPlaying(true);")
    assert kit_page.run(names) == [["Pause", "", "is-playing"], [None, "Pause", "is-playing"]]
    kit_page.run("scrubber.setPlaying(false);")
    assert kit_page.run(names) == [["Play", "", ""], [None, "Play", ""]]


def test_it_moves_a_real_clock(kit_page: KitPage) -> None:
    got = kit_page.run(
        """
        document.body.innerHTML = given;
        const [{ Clock }, { Scrubber }] = await Promise.all([kit("clock"), kit("scrubber")]);
        const range = document.querySelector("[type=range]");
        let scrubber;
        const clock = new Clock({ onStep: step => scrubber.at(step, `step ${step}`) });
        scrubber = new Scrubber({ range, keys: document.querySelector("section") }, clock);
        scrubber.begin(9);
        clock.load(9);
        const press = key => range.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        press("End");
        press("ArrowLeft");
        const stepped = [range.value, range.getAttribute("aria-valuetext"), clock.isPlaying];
        press(" ");
        return [stepped, clock.isPlaying];""",
        CONTROLS,
    )
    assert got == [["8", "step 8", False], True]
