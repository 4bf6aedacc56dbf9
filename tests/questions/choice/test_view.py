from itertools import pairwise

import pytest

from app.questions.choice.schema import ChoiceQuestion
from app.questions.choice.view import letters, offered, shuffled_options
from app.questions.kind import Turn


def test_the_order_is_the_same_for_the_same_learner_whatever_the_order_of_the_file(question):
    as_written = shuffled_options(ChoiceQuestion.model_validate(question), "learner")
    question["options"].reverse()
    turned_round = shuffled_options(ChoiceQuestion.model_validate(question), "learner")
    assert [option.id for option in as_written] == [option.id for option in turned_round]


def test_the_order_does_not_depend_on_which_option_is_right(question):
    before = shuffled_options(ChoiceQuestion.model_validate(question), "learner")
    question["options"][0]["right"], question["options"][1]["right"] = False, True
    after = shuffled_options(ChoiceQuestion.model_validate(question), "learner")
    assert [option.id for option in before] == [option.id for option in after]


def test_each_option_comes_first_for_about_a_third_of_the_learners(question):
    single = ChoiceQuestion.model_validate(question)
    firsts = [shuffled_options(single, f"learner {n}")[0].text for n in range(600)]
    for option in single.options:
        assert 150 < firsts.count(option.text) < 250


def test_letters_go_by_the_learners_order_and_say_what_was_chosen(question):
    single = ChoiceQuestion.model_validate(question)
    order = shuffled_options(single, "learner")
    shown = letters(single, Turn("learner", answers=([order[0].id], [order[1].id])))
    assert [(item.letter, item.option, item.chosen, item.tried) for item in shown] == [
        ("A", order[0], False, True),
        ("B", order[1], True, False),
        ("C", order[2], False, False),
    ]


@pytest.mark.parametrize("count", [2, 3])
def test_the_order_changes_from_each_round_to_the_next(question, count):
    question["options"] = question["options"][:count]
    single = ChoiceQuestion.model_validate(question)
    for learner in ("one", "another", "third"):
        orders = [shuffled_options(single, learner, rounds) for rounds in range(9)]
        assert all(set(order) == set(single.options) for order in orders)
        assert all(order != following for order, following in pairwise(orders))
        assert orders[5] == shuffled_options(single, learner, 5)


def test_no_round_s_order_depends_on_which_option_is_right(question):
    before = [shuffled_options(ChoiceQuestion.model_validate(question), "learner", n) for n in range(5)]
    question["options"][0]["right"], question["options"][1]["right"] = False, True
    after = [shuffled_options(ChoiceQuestion.model_validate(question), "learner", n) for n in range(5)]
    assert [[one.id for one in order] for order in before] == [[one.id for one in order] for order in after]


def test_a_client_is_offered_ids_and_texts_and_nothing_else(question):
    single = ChoiceQuestion.model_validate(question)
    order = shuffled_options(single, "learner")
    assert offered(single, Turn("learner")) == {
        "options": [{"id": one.id, "text": one.text} for one in order]
    }
