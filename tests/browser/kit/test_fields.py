"""The fields of a form: read, checked, set from outside and marked, over a form that is put together here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

Use = Callable[..., Any]

FORM = """
<form><details><input name="whole" type="text" data-number value="3"></details>
<input name="real" type="text" data-number value="0.5">
<select name="choice"><option value="a" selected><option value="b"></select>
<select name="label"><option value=""><option value="one" selected></select>
<textarea name="text">sea</textarea><input name="tick" type="checkbox" value="true" checked>
<input name="held" type="hidden" value="7"><input name="held_tick" type="hidden" value="true">
<input name="other" value="not a control"><p id="fault" hidden></p></form>
"""
SETUP = """
  const { Fields } = await kit("fields");
  document.body.innerHTML = given;
  const usual = { cost: null, fixed: false };
  const controls = [
    { name: "text", kind: "text", title: "Text", longest: 5 },
    { name: "label", kind: "label", title: "Class" },
    { name: "whole", kind: "whole", title: "Whole", least: 1, most: 9 },
    { name: "choice", kind: "choice", title: "Choice" },
    { name: "real", kind: "real", title: "Real", least: 0, most: 1 },
    { name: "tick", kind: "tick", title: "Tick" },
    { name: "held", kind: "whole", title: "Held", least: 1, most: 9, fixed: true },
    { name: "held_tick", kind: "tick", title: "Held tick", fixed: true },
    { name: "absent", kind: "whole", title: "Absent", least: 1, most: 9 },
  ].map((control) => ({ ...usual, ...control }));
  const element = document.querySelector("form");
  const fields = new Fields(element, controls, document.querySelector("#fault"));
"""
ALL = {
    "text": "sea",
    "label": "one",
    "whole": 3,
    "choice": "a",
    "real": 0.5,
    "tick": True,
    "held": 7,
    "held_tick": True,
}


@pytest.fixture
def use(kit_page: KitPage) -> Use:
    """Run statements that have `fields`, then return the value of an expression."""
    return lambda result, before="": kit_page.run(f"{SETUP} {before} return {result};", FORM)


def test_values_come_in_the_order_of_the_controls_each_of_its_kind(use: Use) -> None:
    values = use("fields.values()")
    assert list(values.items()) == list(ALL.items())
    assert [type(value) for value in values.values()] == [type(value) for value in ALL.values()]


def test_what_is_empty_disabled_or_not_ticked_is_left_out(use: Use) -> None:
    script = """
    for (const name of ["text", "label", "whole"]) fields.field(name).value = "";
    fields.field("choice").disabled = true;
    fields.field("tick").checked = false;
    fields.field("held_tick").value = "false";"""
    assert use("fields.values()", script) == {"real": 0.5, "held": 7}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("whole", "0", "Whole must be a whole number from 1 to 9."),
        ("whole", "10", "Whole must be a whole number from 1 to 9."),
        ("whole", "1.5", "Whole must be a whole number from 1 to 9."),
        ("whole", "", "Whole must be a whole number from 1 to 9."),
        ("whole", "1,500", "Whole must be a whole number from 1 to 9; write 1500."),
        ("whole", "\uff11\uff0c\uff15\uff10\uff10", "Whole must be a whole number from 1 to 9; write 1500."),
        ("real", "1,500", "Real must be a number from 0 to 1; write 1500, or 1.500."),
        ("real", "-12,345", "Real must be a number from 0 to 1; write -12345, or -12.345."),
        ("real", "1,5", "Real must be a number from 0 to 1."),
        ("real", "1.01", "Real must be a number from 0 to 1."),
        ("real", "-0.1", "Real must be a number from 0 to 1."),
        ("whole", "9", None),
        ("real", "1", None),
        ("real", "1e-7", None),
        ("held", "5000", None),  # the server's affair
    ],
)
def test_the_first_number_out_of_range_is_named(use: Use, name: str, text: str, message: str | None) -> None:
    put = f"fields.field('{name}').value = '{text}';"
    problem = use("fields.problem()", put)
    assert problem == (message and {"field": name, "message": message})
    assert use("fields.problem()", f"{put} fields.field('{name}').disabled = true;") is None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("whole", "9", 9),
        ("whole", " 5", 5),
        ("real", "1e-7", 1e-7),
        ("choice", "b", "b"),
        ("label", "", None),
        ("text", "hills", "hills"),
        ("text", "", None),
        ("tick", "false", None),
        ("tick", "true", True),
        ("held", "7.0", 7),
        ("held_tick", "true", True),
    ],
)
def test_a_value_that_a_field_can_hold_is_taken(use: Use, name: str, text: str, value: object) -> None:
    taken, values = use(f"[fields.accept('{name}', '{text}'), fields.values()]")
    assert taken is True
    assert values.get(name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("whole", text) for text in ("", "0", "10", "1.5", "0x5", "five", "Infinity")),
        *(("real", text) for text in ("", "1.1", "NaN", "-1")),
        *(("choice", text) for text in ("", "c", "A")),
        ("label", "two"),
        ("text", "forest"),
        *(("tick", text) for text in ("", "yes", "1")),
        *(("held", text) for text in ("", "8", "seven")),
        ("held_tick", "false"),
        ("other", "anything"),
        ("absent", "3"),
        ("__proto__", "3"),
    ],
)
def test_a_value_that_it_cannot_hold_changes_nothing(use: Use, name: str, text: str) -> None:
    assert use(f"[fields.accept('{name}', '{text}'), fields.values()]") == [False, ALL]


def test_a_fixed_field_is_neither_set_nor_emptied(use: Use) -> None:
    script = """
    fields.set("held", 1);
    fields.set("whole", 8);
    fields.empty();"""
    seen = '[fields.values(), ...["held", "whole", "absent"].map((name) => fields.isOpen(name))]'
    values = {"whole": 8, "choice": "a", "real": 0.5, "held": 7, "held_tick": True}
    assert use(seen, script) == [values, False, True, False]


def test_a_complaint_stands_at_its_field_until_it_is_cleared(use: Use) -> None:
    script = """
    const seen = () => [
      document.querySelector("#fault").hidden ? "" : document.querySelector("#fault").textContent,
      [...document.querySelectorAll("[aria-invalid=true][aria-errormessage=fault]")].map(({ name }) => name),
      document.querySelector("details").open,
      document.activeElement.name ?? null,
    ];
    fields.complain({ field: "whole", message: "Too large." });
    const first = seen();
    fields.complain({ field: "held", message: "Refused." });
    const second = seen();
    fields.clearComplaint();"""
    assert use("[first, second, seen()]", script) == [
        ["Too large.", ["whole"], True, "whole"],
        ["Refused.", [], True, "whole"],
        ["", [], True, "whole"],
    ]
