"""Numbers that people type, and the keys that step them: scripts read a field as the server does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from tests.number_table import NUMBERS

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

READ = """
  const { decimalNumber, wholeNumber } = await kit("numbers");
  const shown = (number) => (Number.isNaN(number) ? null : number);
  return given.map((text) => [shown(decimalNumber(text)), shown(wholeNumber(text))]);
"""
STEP = """
  await kit("numbers");
  const field = document.createElement("input");
  Object.assign(field.dataset, { number: "", least: "0", most: "10" });
  field.value = given.from;
  document.body.append(field);
  let told = 0;
  field.addEventListener("input", () => (told += 1));
  for (const key of given.keys) field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  field.remove();
  return [field.value, told];
"""
KEY = """
  const { latinKey } = await kit("keys");
  return given.map(([key, code]) => latinKey(new KeyboardEvent("keydown", { key, code })));
"""


def test_scripts_read_every_number_as_the_server_does(kit_page: KitPage) -> None:
    read = kit_page.run(READ, list(NUMBERS))
    assert dict(zip(NUMBERS, map(tuple, read), strict=True)) == NUMBERS
    assert kit_page.run(READ, ["1e400"]) == [[math.inf, None]]


@pytest.mark.parametrize(
    ("start", "keys", "after"),
    [
        ("4", ["ArrowUp", "ArrowUp", "ArrowDown"], ["5", 3]),
        ("9,5", ["ArrowUp"], ["10", 1]),
        ("0", ["ArrowDown"], ["0", 1]),
        ("1.1", ["ArrowUp"], ["2.1", 1]),
        ("seven", ["ArrowUp"], ["seven", 0]),
        ("4", ["PageUp", "ArrowLeft"], ["4", 0]),
    ],
)
def test_arrow_keys_step_a_number_within_its_range(
    kit_page: KitPage, start: str, keys: list[str], after: list[object]
) -> None:
    assert kit_page.run(STEP, {"from": start, "keys": keys}) == after


def test_a_key_counts_by_what_it_types_and_else_by_its_place(kit_page: KitPage) -> None:
    presses = {
        ("b", "KeyB"): "b",
        ("B", "KeyB"): "b",
        ("x", "KeyB"): "x",  # Dvorak
        ("\u0438", "KeyB"): "b",  # Cyrillic
        ("\u03b2", "KeyB"): "b",  # Greek
        ("\u0630", "KeyB"): "b",  # Arabic
        ("\u0661", "Digit1"): "1",
        ("\u0968", "Digit2"): "2",  # Devanagari
        ("\u3142", "KeyQ"): "q",  # Korean
        ("&", "Digit1"): "&",  # French, without Shift
        ("é", "Digit2"): "é",
        (".", "KeyE"): ".",  # Dvorak
        (",", "KeyW"): ",",
        ("å", "KeyQ"): "å",  # Swedish Dvorak
        ("Dead", "KeyE"): "Dead",
        ("2", "Numpad2"): "2",
        ("Enter", "Enter"): "Enter",
        ("ä", "Quote"): "ä",
        (".", "Period"): ".",
    }
    assert kit_page.run(KEY, [list(press) for press in presses]) == list(presses.values())
