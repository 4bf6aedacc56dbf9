import pytest

from app.questions.catalogue import read_course
from app.questions.choice.schema import ChoiceQuestion


def faults(course, *questions):
    course.lesson(questions=questions)
    return [str(problem) for problem in read_course(course.folder)[1]]


def test_a_sound_question_is_read_with_its_markdown_rendered(course, question):
    course.lesson(questions=[question])
    [read] = read_course(course.folder)[0].lessons[0].questions
    assert isinstance(read, ChoiceQuestion)
    assert read.stem == "Which *colour*?"
    assert read.stem_html == "<p>Which <em>colour</em>?</p>\n"
    assert read.options[0].text_html == "Red"
    assert read.steps_html == ("Look.", "Tell.")
    assert (read.final_answer_html, read.quick_check_html) == ("Red.", "Look again.")
    assert read.mistakes_html == ("Not looking.",)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"kind": "many"}, "kind: must be 'single' or 'several'; received 'many'"),
        ({"level": "guess"}, "level: "),
        ({"concepts": []}, "concepts: "),
        ({"stem": "  "}, "stem: must be text that is not empty"),
        ({"steps": ["One."]}, "steps: "),
        ({"steps": ["One."] * 5}, "steps: "),
        ({"mistakes": []}, "mistakes: "),
        ({"hint": "Think."}, "hint: unknown key"),
        ({"stem": "Red or $\\nothing$?"}, "cannot be set"),
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
    assert "which-colour: option 2, feedback: must be text that is not empty" in fault


def test_an_option_without_feedback_is_a_fault_and_reported_once(course, question):
    question["options"] = question["options"][:2]
    del question["options"][1]["feedback"]
    [fault] = faults(course, question)
    assert fault.endswith("which-colour: option 2, feedback: is missing")


def test_a_header_inside_a_multiline_text_does_not_shift_the_lines(course, question):
    question["stem"] = "What does this say?\n\n```toml\n[[question]]\nid = 1\n```\n"
    question["level"] = "guess"
    [fault] = faults(course, question)
    line = int(fault.split(":")[1])
    text = (course.folder / "01-colours/quiz.toml").read_text().splitlines()
    assert text[line - 1].startswith("level =")


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


def test_a_question_of_an_unknown_kind_is_read_for_its_other_faults(course, question):
    found = faults(course, question | {"kind": "many", "level": "guess", "steps": ["One."]})
    assert [fault.split(": ")[2] for fault in found] == ["kind", "level", "steps"]


def test_a_question_without_a_kind_is_a_fault(course, question):
    del question["kind"]
    [fault] = faults(course, question)
    assert fault.endswith("which-colour: kind: is missing")


@pytest.mark.parametrize("kind", ["1", '["single"]', "{}"])
def test_a_kind_that_is_no_text_is_a_fault(course, question, kind):
    folder = course.lesson(questions=[question])
    text = (folder / "quiz.toml").read_text().replace("kind = '''single'''", f"kind = {kind}")
    (folder / "quiz.toml").write_text(text)
    [fault] = [str(problem) for problem in read_course(course.folder)[1]]
    assert "which-colour: kind: must be 'single' or 'several'; received" in fault
