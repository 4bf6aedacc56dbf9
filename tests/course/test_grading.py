import pytest

from app.course.grading import grade, shuffled_options
from app.course.quiz import Question
from app.errors import InvalidRequest


@pytest.fixture
def single(question):
    return Question.model_validate(question)


@pytest.fixture
def several(question):
    question["kind"] = "several"
    question["options"][2]["right"] = True
    return Question.model_validate(question)


def id_of(question, text):
    return next(option.id for option in question.options if option.text == text)


def test_the_right_option_is_right_and_brings_its_own_feedback_and_the_solution(single):
    result = grade(single, [id_of(single, "Red")])
    assert (result.verdict, result.feedback) == ("right", "Red it is.")
    assert result.steps == ("Look.", "Tell.")
    assert (result.final_answer, result.quick_check) == ("Red.", "Look again.")
    assert result.mistakes == ("Not looking.",)


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


def test_the_order_is_the_same_for_the_same_learner_whatever_the_order_of_the_file(question):
    as_written = shuffled_options(Question.model_validate(question), "learner")
    question["options"].reverse()
    turned_round = shuffled_options(Question.model_validate(question), b"learner")
    assert [option.id for option in as_written] == [option.id for option in turned_round]


def test_the_order_does_not_depend_on_which_option_is_right(question):
    before = shuffled_options(Question.model_validate(question), "learner")
    question["options"][0]["right"], question["options"][1]["right"] = False, True
    after = shuffled_options(Question.model_validate(question), "learner")
    assert [option.id for option in before] == [option.id for option in after]


def test_each_option_comes_first_for_about_a_third_of_the_learners(single):
    firsts = [shuffled_options(single, f"learner {n}")[0].text for n in range(600)]
    for option in single.options:
        assert 150 < firsts.count(option.text) < 250
