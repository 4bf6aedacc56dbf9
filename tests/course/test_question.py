import re

import pytest
from pydantic import ValidationError

from app.course.question import Question


@pytest.fixture
def table(question):
    """What every question has, whatever its kind."""
    del question["options"]
    return question


def test_an_experiment_needs_its_picture_and_a_measure_of_its_kind(table):
    context = {"pictures": {"dot.png": ""}}
    table["experiment"] = {"kind": "predict_once", "model": "digits", "picture": "gone.png", "noise": 0.5}
    with pytest.raises(ValidationError, match=r"there is no picture 'gone.png'"):
        Question.model_validate(table, context=context)
    table["experiment"] |= {"picture": "dot.png"}
    Question.model_validate(table, context=context)
    table["experiment"] |= {"claims": [{"measure": "change_when_repeated", "below": 1.0}]}
    with pytest.raises(ValidationError, match="kind 'predict_once' is measured by error_left"):
        Question.model_validate(table, context=context)


@pytest.mark.parametrize("field", ["stem", "final_answer", "quick_check"])
def test_the_version_changes_with_any_part_of_the_content(table, field):
    version = Question.model_validate(table).version
    assert version == Question.model_validate(dict(reversed(table.items()))).version
    assert version != Question.model_validate(table | {field: "Something else."}).version


def test_ids_within_a_text_begin_with_the_questions_so_that_two_may_share_a_page(table):
    table["stem"] = "## A heading\n\nA word.[^1]\n\n[^1]: Its note.\n"
    table["final_answer"] = "Red.[^1]\n\n[^1]: Another note.\n"

    def ids(name):
        read = Question.model_validate(table | {"id": name}, context={"question": name})
        return re.findall(r' id="([^"]+)"', read.stem_html + read.final_answer_html)

    first, second = ids("one"), ids("two")
    assert len(first) == len(set(first)) == 5  # a heading, and two footnotes with their references
    assert set(first).isdisjoint(second)
    assert all("one" in name for name in first)
