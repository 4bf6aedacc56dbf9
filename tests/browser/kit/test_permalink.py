"""The state of a plate, written into an address and read back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

Use = Callable[..., Any]

CALL = """
  const [name, ...rest] = given;
  const result = (await kit("permalink"))[name](...rest);
  return result instanceof Map ? [...result] : result;
"""


@pytest.fixture
def use(kit_page: KitPage) -> Use:
    """Call a function of the module."""
    return lambda *call: kit_page.run(CALL, list(call))


def test_a_state_is_written_in_its_order(use: Use) -> None:
    state = {"label": "4", "seed": 12, "eta": 0.5, "attention": True, "frame": 0}
    assert use("encode", "lab-1", state) == "#lab-1?label=4&seed=12&eta=0.5&attention=true&frame=0"
    assert use("encode", "lab-1", {}) == "#lab-1?"


@pytest.mark.parametrize(
    "text", ["Haus, house & hills + 50%", "a=b#c?d", "בית 🚀", "", " ", "\u202e", "a\nb"]
)
def test_any_text_comes_back_as_it_was(use: Use, text: str) -> None:
    hash_ = use("encode", "lab-1", {"prompt": text, "seed": 3})
    assert use("decode", "lab-1", hash_) == [["prompt", text], ["seed", "3"]]


def test_a_state_that_is_too_long_has_no_link_and_is_not_read(use: Use) -> None:
    longest = {"prompt": "a" * (2000 - len("#lab-1?prompt="))}
    hash_ = use("encode", "lab-1", longest)
    assert len(hash_) == 2000
    assert use("decode", "lab-1", hash_) == [["prompt", longest["prompt"]]]
    assert use("encode", "lab-1", {"prompt": longest["prompt"] + "a"}) is None
    assert use("decode", "lab-1", hash_ + "a") is None


@pytest.mark.parametrize(
    "hash_", ["", "#", "#lab-1", "#lab-12?seed=1", "#lab-2?seed=1", "#heading", "lab-1?seed=1"]
)
def test_an_address_of_another_place_is_not_of_this_plate(use: Use, hash_: str) -> None:
    assert use("decode", "lab-1", hash_) is None


def test_a_name_that_is_given_twice_has_its_last_value(use: Use) -> None:
    assert use("decode", "lab-1", "#lab-1?seed=1&steps=2&seed=3") == [["seed", "3"], ["steps", "2"]]
    assert use("decode", "lab-1", "#lab-1?seed&=x&%zz=1") == [["seed", ""], ["", "x"], ["%zz", "1"]]
