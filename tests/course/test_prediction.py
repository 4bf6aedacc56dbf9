"""Predictions as a lesson writes them: what is read of the fence, and what is refused."""

from __future__ import annotations

import pytest

from app.course.page import render_page
from app.course.prediction import Kind, Prediction

HEAD = ":::{predict} how-far\n:lab: lab-1\n:kind: choice\n:measure: spread\n"
RANGES = "- below 0.3: Much alike.\n- 0.3 to 0.6: In *between*.\n- above 0.6: All different.\n"


def read(text, tmp_path):
    return render_page(text, tmp_path, {})


def choice(ranges, tmp_path):
    return read(f"{HEAD}\nHow far?\n\n{ranges}:::\n", tmp_path)


def test_a_choice_is_read_with_its_ranges(tmp_path):
    page = choice(RANGES, tmp_path)
    (found,) = page.blocks
    assert page.faults == ()
    assert isinstance(found, Prediction)
    assert (found.id, found.lab, found.kind, found.measure) == ("how-far", "lab-1", Kind.CHOICE, "spread")
    assert found.html == "<p>How far?</p>\n"
    assert [(one.id, one.low, one.high) for one in found.choices] == [
        ("a", None, 0.3),
        ("b", 0.3, 0.6),
        ("c", 0.6, None),
    ]
    assert found.choices[1].html == "In <em>between</em>."


@pytest.mark.parametrize(("value", "letter"), [(-1, "a"), (0.2999, "a"), (0.3, "b"), (0.6, "c"), (9, "c")])
def test_every_value_falls_into_one_range(value, letter, tmp_path):
    (found,) = choice(RANGES, tmp_path).blocks
    assert [one.id for one in found.choices if one.holds(value)] == [letter]


def test_a_choice_may_go_on_in_the_next_line(tmp_path):
    (found,) = choice("- below 1: Much\n  alike.\n- above 1: Not.\n", tmp_path).blocks
    assert found.choices[0].text == "Much alike."


def test_settings_that_are_changed_are_read_with_their_values(tmp_path):
    text = f"{HEAD}:with: steps 5; prompt a red house\n\nHow far?\n\n{RANGES}:::\n"
    (found,) = read(text, tmp_path).blocks
    assert found.changes == {"steps": "5", "prompt": "a red house"}
    assert found.lines["with"] == 5


BAD_RANGES = {
    "none": ("", "two to five ranges"),
    "one": ("- below 1: Yes.\n", "two to five ranges"),
    "a gap": ("- below 1: A.\n- 2 to 3: B.\n- above 3: C.\n", "begins where the one before ends"),
    "an overlap": ("- below 2: A.\n- 1 to 3: B.\n- above 3: C.\n", "begins where the one before ends"),
    "open below": ("- 0 to 1: A.\n- above 1: B.\n", "begins with 'below'"),
    "open above": ("- below 1: A.\n- 1 to 2: B.\n", "begins with 'below'"),
    "backwards": ("- below 3: A.\n- 3 to 2: B.\n- above 2: C.\n", "from a smaller number to a larger"),
    "plain text": ("- below 1: A.\n- the rest\n", "a choice is written"),
    "the same text twice": ("- below 1: Yes.\n- above 1: *Yes*.\n", "say the same"),
    "no text": ("- below 1:\n- above 1: B.\n", "a choice is written"),
}


@pytest.mark.parametrize("name", BAD_RANGES)
def test_ranges_that_leave_a_value_out_are_refused(name, tmp_path):
    ranges, why = BAD_RANGES[name]
    page = choice(ranges, tmp_path)
    assert page.blocks == ()
    ((line, what),) = page.faults
    assert line == 1
    assert why in what


def fence(options, body="How far?\n", name="how-far"):
    lines = "".join(f":{key}: {value}\n" for key, value in options.items())
    return f":::{{predict}} {name}\n{lines}\n{body}:::\n"


GOOD = {"lab": "lab-1", "kind": "step", "measure": "known_step"}
BAD = {
    "no lab": (fence(GOOD | {"lab": ""}), "needs :lab:"),
    "no measure": (fence({"lab": "lab-1", "kind": "step"}), "needs :measure:"),
    "an unknown kind": (fence(GOOD | {"kind": "guess"}), "one of choice, number, step, seen"),
    "an unknown option": (fence(GOOD | {"seed": "3"}), "unknown option 'seed'"),
    "no question": (fence(GOOD, body=""), "asks nothing"),
    "a bad id": (fence(GOOD, name="How far"), "small letters"),
    "no id": (fence(GOOD, name=""), "small letters"),
    "a number without within": (fence(GOOD | {"kind": "number"}), "needs :within:"),
    "a within that is none": (fence(GOOD | {"within": "some"}), "must be a number"),
    "a change without a value": (fence(GOOD | {"with": "steps"}), "write a setting and its value"),
    "a change made twice": (fence(GOOD | {"with": "steps 5; steps 6"}), "stands twice"),
    "choices of a step": (fence(GOOD, body=f"How far?\n\n{RANGES}"), "has no choices"),
    "twice in a text": (fence(GOOD) + "\n" + fence(GOOD), "stands twice in this text"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_missing_or_cannot_be_is_said(name, tmp_path):
    text, why = BAD[name]
    ((_, what),) = read(text, tmp_path).faults
    assert why in what


def test_within_a_list_it_is_refused(tmp_path):
    text = "- one\n\n  " + fence(GOOD).replace("\n", "\n  ")
    assert any("stands on its own" in what for _, what in read(text, tmp_path).faults)


def test_blank_lines_between_choices_and_a_list_in_the_question_are_taken_as_what_they_are(tmp_path):
    question = "Of these:\n\n- one thing\n- another\n\nhow far?\n\n"
    page = read(f"{HEAD}\n{question}- below 1: *Hardly*\n\n- above 1: $x_t$ & more\n:::\n", tmp_path)
    (found,) = page.blocks
    assert page.faults == ()
    assert "<li>one thing</li>" in found.html
    assert found.choices[0].plain == "Hardly."
    assert found.choices[1].plain.endswith("& more.")
