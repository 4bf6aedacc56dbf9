"""static/kit/permalink.js by itself: the state of a plate to an address and back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.fake_server import Scenario

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

USE = """async ([name, ...given]) => {
  const permalink = await import("/static/kit/permalink.js");
  const result = permalink[name](...given);
  return result instanceof Map ? [...result] : result;
}"""


@pytest.fixture
def use(page: Page, scenario: Scenario) -> Any:
    """Call a function of the module."""
    page.route("**/plain", lambda route: route.fulfill(body="<body></body>", content_type="text/html"))
    page.goto("/plain")
    return lambda *call: page.evaluate(USE, list(call))


def test_a_state_is_written_in_its_order(use: Any) -> None:
    state = {"label": "4", "seed": 12, "eta": 0.5, "attention": True, "frame": 0}
    assert use("encode", "lab-1", state) == "#lab-1?label=4&seed=12&eta=0.5&attention=true&frame=0"
    assert use("encode", "lab-1", {}) == "#lab-1?"


@pytest.mark.parametrize(
    "text", ["Haus, house & hills + 50%", "a=b#c?d", "בית 🚀", "", " ", "\u202e", "a\nb"]
)
def test_any_text_comes_back_as_it_was(use: Any, text: str) -> None:
    hash_ = use("encode", "lab-1", {"prompt": text, "seed": 3})
    assert use("decode", "lab-1", hash_) == [["prompt", text], ["seed", "3"]]


def test_a_state_that_is_too_long_has_no_link_and_is_not_read(use: Any) -> None:
    longest = {"prompt": "a" * (2000 - len("#lab-1?prompt="))}
    hash_ = use("encode", "lab-1", longest)
    assert len(hash_) == 2000
    assert use("decode", "lab-1", hash_) == [["prompt", longest["prompt"]]]
    assert use("encode", "lab-1", {"prompt": longest["prompt"] + "a"}) is None
    assert use("decode", "lab-1", hash_ + "a") is None


@pytest.mark.parametrize(
    "hash_", ["", "#", "#lab-1", "#lab-12?seed=1", "#lab-2?seed=1", "#heading", "lab-1?seed=1"]
)
def test_an_address_of_another_place_is_not_of_this_plate(use: Any, hash_: str) -> None:
    assert use("decode", "lab-1", hash_) is None


def test_a_name_that_is_given_twice_has_its_last_value(use: Any) -> None:
    assert use("decode", "lab-1", "#lab-1?seed=1&steps=2&seed=3") == [["seed", "3"], ["steps", "2"]]
    assert use("decode", "lab-1", "#lab-1?seed&=x&%zz=1") == [["seed", ""], ["", "x"], ["%zz", "1"]]
