"""Elements looked up with their type: found, optional, all, and the errors that name the selector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

SETUP = """
  const { find, findAll, findOptional } = await kit("elements");
  document.body.innerHTML = '<form><input name="a"><button name="b">1</button><button>2</button></form>';
  const form = find(document, "form", HTMLFormElement);
  const fault = look => {
    try { return look(); } catch (error) { return `${error.name}: ${error.message}`; }
  };
"""


def test_the_first_match_is_found_and_all_matches_in_order(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      return [
        find(form, "button", HTMLButtonElement).textContent,
        findAll(form, "button", HTMLButtonElement).map(button => button.textContent),
        findAll(form, "[name]", HTMLButtonElement).length,
        findAll(form, "select", HTMLSelectElement),
      ];""")
    assert got == ["1", ["1", "2"], 1, []]


def test_what_may_be_missing_is_null(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const input = findOptional(form, "input", HTMLInputElement);
      return [findOptional(form, "select", HTMLSelectElement), input.name];""")
    assert got == [None, "a"]


def test_what_is_missing_or_of_another_kind_is_named(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      return [
        fault(() => find(form, "[data-role=start]", HTMLButtonElement)),
        fault(() => find(form, "[name=a]", HTMLSelectElement)),
        fault(() => findOptional(form, "[name=b]", HTMLInputElement)),
      ];""")
    assert got == [
        "TypeError: no element matches [data-role=start]; expected one of HTMLButtonElement",
        "TypeError: [name=a] matches a <input>; expected one of HTMLSelectElement",
        "TypeError: [name=b] matches a <button>; expected one of HTMLInputElement",
    ]
