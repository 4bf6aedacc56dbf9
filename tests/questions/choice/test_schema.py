import pytest
from pydantic import ValidationError

from app.questions.choice.schema import ChoiceQuestion, together


def faults(question):
    try:
        ChoiceQuestion.model_validate(question)
    except ValidationError as error:
        return [fault["msg"] for fault in error.errors()]
    return []


@pytest.mark.parametrize("count", [0, 1, 6])
def test_two_to_five_options_are_allowed(question, count):
    question["options"] = [{"text": f"Option {n}", "right": n == 0, "feedback": "So."} for n in range(count)]
    assert faults(question)


@pytest.mark.parametrize(
    ("kind", "marks", "what"),
    [
        ("single", [False, False, False], "has no right option; mark one with right = true"),
        ("several", [False, False, False], "has no right option; mark one with right = true"),
        ("single", [True, True, False], "has 2 right options; a question of the kind 'single' has one"),
        ("single", [True, False, False], None),
        ("several", [True, True, True], None),
        ("single", ["yes", False, False], None),  # of the mark itself it is told elsewhere
    ],
)
def test_how_many_options_are_right_is_judged_whatever_else_is_wrong(question, kind, marks, what):
    question |= {"kind": kind, "level": "guess"}
    for option, mark in zip(question["options"], marks, strict=True):
        option["right"] = mark
    found = [text for _, text in together(question)]
    assert [text.startswith(what or "") for text in found] == ([True] if what else [])


@pytest.mark.parametrize("text", ["Red", " Red ", "Red\n"])
def test_two_options_may_not_read_the_same(question, text):
    question["options"][1]["text"] = text
    [(place, what)] = together(question)
    assert (place, what) == (("options", 1, "text"), "has the same text in option 1 and option 2")


@pytest.mark.parametrize("options", [None, 3, [], [3], [{}, {}], [{"text": 3}, {"text": 3}]])
def test_what_are_no_options_is_left_to_the_schema(question, options):
    assert list(together(question | {"options": options})) == []


def test_option_ids_depend_on_the_text_and_the_question_alone(question):
    first = ChoiceQuestion.model_validate(question)
    for option in question["options"]:
        option["right"] = option["text"] == "Blue"
        option["feedback"] = "Another."
    question["options"].reverse()
    other = ChoiceQuestion.model_validate(question)
    assert {o.id for o in first.options} == {o.id for o in other.options}
    assert len({o.id for o in first.options}) == 3
    elsewhere = ChoiceQuestion.model_validate(question | {"id": "another-question"})
    assert {o.id for o in elsewhere.options}.isdisjoint(o.id for o in first.options)
