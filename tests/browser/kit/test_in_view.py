"""Bringing what was started into view: only where it is not, and with its beginning at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

SCROLLED = """
  const { bringIntoView } = await kit("in_view");
  const first = document.createElement("div");
  const last = document.createElement("div");
  for (const [part, top] of [[first, 2000], [last, 2300]]) {
    Object.assign(part.style, { position: "absolute", top: `${top}px`, height: "100px", width: "10px" });
    document.body.append(part);
  }
  document.body.style.height = "9000px";
  scrollTo(0, given);
  bringIntoView(first, last, { isCalm: true });
  return scrollY;
"""


@pytest.mark.parametrize("place", [0, 1700, 2001, 2300, 5000])
def test_what_is_cut_off_is_brought_to_the_top(kit_page: KitPage, place: int) -> None:
    assert kit_page.run(SCROLLED, place) == 2000


@pytest.mark.parametrize("place", [1800, 1900, 2000])
def test_what_is_in_view_as_a_whole_stays_where_it_is(kit_page: KitPage, place: int) -> None:
    assert kit_page.run(SCROLLED, place) == place
