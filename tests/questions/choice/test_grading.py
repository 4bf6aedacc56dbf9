import pytest

from app.errors import InvalidRequest
from app.questions.choice.grading import grade, shown_texts
from app.questions.choice.schema import ChoiceQuestion


@pytest.fixture
def single(question):
    return ChoiceQuestion.model_validate(question)


@pytest.fixture
def several(question):
    question["kind"] = "several"
    question["options"][2]["right"] = True
    return ChoiceQuestion.model_validate(question)


def id_of(question, text):
    return next(option.id for option in question.options if option.text == text)


def test_the_right_option_is_right_and_brings_its_own_feedback(single):
    result = grade(single, [id_of(single, "Red")])
    assert (result.verdict, result.feedback) == ("right", "Red it is.")


def test_a_wrong_option_is_wrong_and_brings_its_own_feedback(single):
    result = grade(single, [id_of(single, "Blue")])
    assert (result.verdict, result.feedback) == ("wrong", "Blue is another.")


@pytest.mark.parametrize(
    ("chosen", "verdict"),
    [
        (["Red", "Blue"], "right"),
        (["Blue", "Red"], "right"),
        (["Red"], "wrong"),
        (["Red", "A deep green", "Blue"], "wrong"),
        (["A deep green"], "wrong"),
    ],
)
def test_several_are_right_only_when_all_and_only_the_right_are_chosen(several, chosen, verdict):
    assert grade(several, [id_of(several, text) for text in chosen]).verdict == verdict


def test_each_chosen_option_of_several_gets_its_feedback(several):
    result = grade(several, [id_of(several, "Blue"), id_of(several, "Red")])
    assert result.feedback == "Red it is.\n\nBlue is another."
    assert result.feedback_html == "<div>Red it is.</div><div>Blue is another.</div>"


def test_no_option_is_refused(single):
    with pytest.raises(InvalidRequest, match="no option was chosen"):
        grade(single, [])


def test_an_option_named_twice_is_refused(several):
    with pytest.raises(InvalidRequest, match="chosen twice"):
        grade(several, [id_of(several, "Red")] * 2)


@pytest.mark.parametrize("unknown", ["", "0", "Red", "\0", "é" * 100])
def test_an_option_of_no_such_id_is_refused(single, unknown):
    with pytest.raises(InvalidRequest, match="does not have"):
        grade(single, [unknown])


def test_two_options_of_a_single_question_are_refused(single):
    with pytest.raises(InvalidRequest, match="takes one"):
        grade(single, [id_of(single, "Red"), id_of(single, "Blue")])


def test_the_texts_of_what_was_chosen_are_kept_under_their_ids(several):
    chosen = [id_of(several, "Blue"), id_of(several, "Red")]
    assert shown_texts(several, chosen) == [
        {"id": chosen[1], "text": "Red"},
        {"id": chosen[0], "text": "Blue"},
    ]
