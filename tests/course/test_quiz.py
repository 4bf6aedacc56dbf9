import pytest
from pydantic import ValidationError

from app.course.catalogue import read_course
from app.course.quiz import Question


def faults(course, *questions):
    course.lesson(questions=questions)
    return [str(problem) for problem in read_course(course.folder)[1]]


def test_a_sound_question_is_read_with_its_markdown_rendered(course, question):
    course.lesson(questions=[question])
    [read] = read_course(course.folder)[0].lessons[0].questions
    assert read.stem == "Which *colour*?"
    assert read.stem_html == "<p>Which <em>colour</em>?</p>\n"
    assert read.options[0].text_html == "Red"
    assert read.steps_html == ("Look.", "Tell.")
    assert (read.final_answer_html, read.quick_check_html) == ("Red.", "Look again.")
    assert read.mistakes_html == ("Not looking.",)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"kind": "many"}, "kind: Input should be 'single' or 'several'"),
        ({"level": "guess"}, "level: "),
        ({"concepts": []}, "concepts: "),
        ({"stem": "  "}, "stem: must be text that is not empty"),
        ({"steps": ["One."]}, "steps: "),
        ({"steps": ["One."] * 5}, "steps: "),
        ({"mistakes": []}, "mistakes: "),
        ({"hint": "Think."}, "hint: unknown key"),
        ({"stem": "<b>Red</b> or $\\nothing$?"}, "cannot be set"),
        ({"stem": "![a dot](gone.png)"}, "there is no picture 'gone.png'"),
        ({"stem": "![](dot.png)"}, "has no text for those who cannot see it"),
        ({"final_answer": ":::{lab} player\n:::"}, "can stand only in a lesson's text"),
        ({"id": "Which Colour"}, "id: "),
    ],
)
def test_a_fault_in_a_question_names_file_line_and_question(course, question, change, what):
    [fault] = faults(course, question | change)
    assert fault.startswith("01-colours/quiz.toml:")
    assert what in fault
    line = int(fault.split(":")[1])
    key = next(iter(change))
    text = (course.folder / "01-colours/quiz.toml").read_text().splitlines()
    assert text[line - 1].startswith(f"{key} =")
    assert f": {(question | change)['id']}: " in fault


def test_a_fault_in_an_option_names_the_line_inside_that_option(course, question):
    question["options"][1]["feedback"] = ""
    [fault] = faults(course, question)
    line = int(fault.split(":")[1])
    text = (course.folder / "01-colours/quiz.toml").read_text().splitlines()
    assert text[line - 1] == "feedback = ''''''"
    assert text[line - 3] == "text = '''A deep green'''"
    assert "which-colour: options.1.feedback: must be text that is not empty" in fault


def test_an_option_without_feedback_is_a_fault_and_reported_once(course, question):
    question["options"] = question["options"][:2]
    del question["options"][1]["feedback"]
    [fault] = faults(course, question)
    assert fault.endswith("which-colour: options.1.feedback: is missing")


def test_a_header_inside_a_multiline_text_does_not_shift_the_lines(course, question):
    question["stem"] = "What does this say?\n\n```toml\n[[question]]\nid = 1\n```\n"
    question["level"] = "guess"
    [fault] = faults(course, question)
    line = int(fault.split(":")[1])
    text = (course.folder / "01-colours/quiz.toml").read_text().splitlines()
    assert text[line - 1].startswith("level =")


@pytest.mark.parametrize("count", [0, 1, 6])
def test_two_to_five_options_are_allowed(course, question, count):
    question["options"] = [{"text": f"Option {n}", "right": n == 0, "feedback": "So."} for n in range(count)]
    assert faults(course, question)


def test_a_single_question_has_exactly_one_right_option(course, question):
    question["options"][1]["right"] = True
    [fault] = faults(course, question)
    assert "exactly one right option; this one has 2" in fault


def test_a_question_of_several_has_a_right_option(course, question):
    question["kind"] = "several"
    question["options"][0]["right"] = False
    [fault] = faults(course, question)
    assert "at least one right option" in fault


def test_two_options_may_not_read_the_same(course, question):
    question["options"][1]["text"] = "Red"
    [fault] = faults(course, question)
    assert "two options have the same text" in fault


def test_toml_that_cannot_be_read_is_reported_with_its_line(course):
    folder = course.lesson()
    (folder / "quiz.toml").write_text('[[question]]\nid = "a"\nkind = single\n')
    [fault] = [str(problem) for problem in read_course(course.folder)[1]]
    assert fault.startswith("01-colours/quiz.toml:3: is not valid TOML")


def test_a_table_that_is_no_question_is_a_fault(course):
    folder = course.lesson()
    with (folder / "quiz.toml").open("a") as file:
        file.write('[settings]\nshuffle = "no"\n')
    [fault] = [str(problem) for problem in read_course(course.folder)[1]]
    assert "unknown key 'settings'" in fault


def test_an_experiment_needs_its_picture_and_a_measure_of_its_kind(course, question):
    question["experiment"] = {"kind": "predict_once", "model": "digits", "picture": "gone.png", "noise": 0.5}
    [fault] = faults(course, question)
    assert "there is no picture 'gone.png'" in fault
    question["experiment"] |= {"picture": "dot.png"}
    assert faults(course, question) == []
    question["experiment"] |= {"claims": [{"measure": "change_when_repeated", "below": 1.0}]}
    with pytest.raises(ValidationError, match="kind predict_once is measured by error_left"):
        Question.model_validate(question, context={"pictures": {"dot.png": ""}})


def test_option_ids_depend_on_the_text_and_the_question_alone(question):
    first = Question.model_validate(question)
    for option in question["options"]:
        option["right"] = option["text"] == "Blue"
        option["feedback"] = "Another."
    question["options"].reverse()
    other = Question.model_validate(question)
    assert {o.id for o in first.options} == {o.id for o in other.options}
    assert len({o.id for o in first.options}) == 3
    elsewhere = Question.model_validate(question | {"id": "another-question"})
    assert {o.id for o in elsewhere.options}.isdisjoint(o.id for o in first.options)


def test_the_version_changes_with_any_part_of_the_content(question):
    version = Question.model_validate(question).version
    assert version == Question.model_validate(question).version
    question["options"][2]["feedback"] = "Blue is another colour."
    assert version != Question.model_validate(question).version
