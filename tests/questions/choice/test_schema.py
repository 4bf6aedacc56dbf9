import pytest
from pydantic import ValidationError

from app.questions.choice.schema import ChoiceQuestion


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


def test_a_single_question_has_exactly_one_right_option(question):
    question["options"][1]["right"] = True
    [fault] = faults(question)
    assert "exactly one right option; this one has 2" in fault


def test_a_question_of_several_has_a_right_option(question):
    question["kind"] = "several"
    question["options"][0]["right"] = False
    [fault] = faults(question)
    assert "at least one right option" in fault


def test_two_options_may_not_read_the_same(question):
    question["options"][1]["text"] = "Red"
    [fault] = faults(question)
    assert "two options have the same text" in fault


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
