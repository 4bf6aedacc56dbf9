import pytest

from app.questions.catalogue import load_catalogue
from app.questions.lint import find_problems, find_warnings


def warnings_of(course, *questions, **lesson):
    course.lesson(questions=questions, **lesson)
    return [str(warning) for warning in find_warnings(load_catalogue(course.folder))]


def about_questions(warnings):
    return [warning for warning in warnings if "quiz.toml" in warning]


def test_a_sound_question_is_left_alone(course, question):
    assert about_questions(warnings_of(course, question)) == []


def test_a_key_that_stands_out_by_its_length_is_noticed(course, question):
    question["options"][0]["text"] = "A red that is told at length"
    [warning] = about_questions(warnings_of(course, question))
    assert "which-colour: the right option is by far the longest (28 characters, the next has 12)" in warning
    for option in question["options"][1:]:
        option["text"] += ", which is told at even greater length than that"
    [warning] = about_questions(warnings_of(course, question))
    assert "which-colour: the right option is by far the shortest (28 characters, the next has 52)" in warning


def test_a_key_that_is_longest_by_little_is_left_alone(course, question):
    question["options"][0]["text"] = "A bright red"
    question["options"][1]["text"] = "Some green"
    assert about_questions(warnings_of(course, question)) == []


@pytest.mark.parametrize(
    "stem", ["Which is not red?", "All except one?", "Which isn't?", "Which can never be?"]
)
def test_a_negated_stem_is_noticed(course, question, stem):
    [warning] = about_questions(warnings_of(course, question | {"stem": stem}))
    assert "ask for what is true" in warning


def test_a_negation_in_code_is_not_noticed(course, question):
    stem = "What does this do?\n\n```python\nif not red:\n    pass\n```\nAnd `not`?"
    assert about_questions(warnings_of(course, question | {"stem": stem})) == []


def test_a_word_of_order_in_an_option_is_noticed(course, question):
    question["options"][1]["text"] = "The colour above"
    [warning] = about_questions(warnings_of(course, question))
    assert "'above'" in warning


@pytest.mark.parametrize(
    "text", ["All of the above", "None of the others", "Option A or B", "Answers A and C"]
)
def test_an_option_that_names_places_is_a_problem(course, question, text):
    question["options"][1]["text"] = text
    course.lesson(questions=[question])
    [problem] = find_problems(load_catalogue(course.folder))
    assert problem.question == "which-colour"
    assert "another order" in problem.what


def test_a_concept_that_no_lesson_taught_so_far_is_noticed(course, question):
    [warning] = about_questions(warnings_of(course, question | {"concepts": ["colour", "light"]}))
    assert "asks for 'light', which no lesson taught so far" in warning


def test_a_concept_of_an_earlier_lesson_may_be_asked_later(course, question):
    course.lesson()
    head = (
        course.folder.joinpath("01-colours/lesson.md")
        .read_text()
        .split("Every")[0]
        .replace("colour", "light")
    )
    warnings = warnings_of(course, question | {"id": "later"}, name="02-light", body="A light.\n", head=head)
    assert about_questions(warnings) == []


def test_a_listed_concept_that_the_text_never_names_is_noticed(course, question):
    warnings = warnings_of(course, question, body="Nothing of the kind.\n")
    assert any("'colour' is listed, but the text never names it" in warning for warning in warnings)


def test_keys_that_stand_mostly_at_one_place_are_noticed(course, question):
    questions = [question | {"id": f"q{n}"} for n in range(4)]
    assert any("stands at A in 4 of 4" in warning for warning in warnings_of(course, *questions))
    for n in (0, 1):
        questions[n] = questions[n] | {"options": question["options"][::-1]}
    assert not any("stands at" in warning for warning in warnings_of(course, *questions))


def test_too_few_questions_labs_and_experiments_are_noticed(course, question):
    warnings = " ".join(warnings_of(course, question))
    assert "has no lab" in warnings
    assert "questions: 1; 8 are the fewest" in warnings
    assert "0 questions rest on an experiment" in warnings


def test_an_experiment_without_a_claim_is_a_problem_at_the_line_of_its_question(course, question):
    run = {"kind": "run", "model": "digits", "steps": 1}
    folder = course.lesson(questions=[question, question | {"id": "other", "experiment": run}])
    (problem,) = find_problems(load_catalogue(course.folder))
    line = (folder / "quiz.toml").read_text().split("[[question]]")[1].count("\n") + 1
    assert str(problem).startswith(f"01-colours/quiz.toml:{line}: other: the experiment has no claims")
