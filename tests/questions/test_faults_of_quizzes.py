"""What a quiz may have wrong: each input makes one fault with file, line and question, in our own words."""

import pytest

from app.questions.catalogue import read_course

VALIDATORS_OWN = ("Input should", "validation error", "type=", "Field required", "loc")
RUN = {"kind": "run", "model": "digits", "count": 2, "steps": 1}
ONCE = {"kind": "predict_once", "model": "digits", "picture": "dot.png", "noise": 0.5}


def read(course):
    return [str(problem) for problem in read_course(course.folder)[1]]


def rewritten(course, old, new):
    folder = course.lesson()
    text = (folder / "quiz.toml").read_text()
    assert old in text
    (folder / "quiz.toml").write_text(text.replace(old, new, 1))
    return read(course)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("> 1", r"is taken for a quotation; if it is plain text, write '\> 1'"),
        ("- 1", r"is taken for a list; if it is plain text, write '\- 1'"),
        ("* 1", r"is taken for a list; if it is plain text, write '\* 1'"),
        ("1986. A year", r"is taken for a numbered list; if it is plain text, write '1986\. A year'"),
        ("1) First", r"write '1\) First'"),
        ("# 1", "is taken for a heading"),
        ("---", "is taken for a rule"),
        ("```\nx\n```", "is taken for a block of code"),
        ("$$x$$", "is taken for a formula on lines of its own"),
        ("| a |\n|---|", "is taken for a table"),
        (":::{lab} player\n:::", "is taken for a directive"),
        ("One.\n\nTwo.", "must be one paragraph"),
        ("A note.[^1]\n\n[^1]: One.", "is taken for a footnote"),
        ("A formula $x", "a formula is never closed"),
        ("<!-- red -->", "an HTML comment is shown"),
        ("[a](gone.md)", "a link leads to https://"),
    ],
)
def test_the_text_of_an_option_is_one_line_of_markdown(course, question, text, what):
    question["options"][1]["text"] = text
    course.lesson(questions=[question])
    (fault,) = read(course)
    assert fault.startswith("01-colours/quiz.toml:16: which-colour: option 2, text: ")
    assert what in fault


@pytest.mark.parametrize("text", ["*Red* or `blue`", "$x$", "![A dot](dot.png)", r"\> 1", r"1986\. A year"])
def test_what_stands_in_one_line_is_an_option(course, question, text):
    question["options"][1]["text"] = text
    course.lesson(questions=[question])
    assert read(course) == []


@pytest.mark.parametrize("key", ["stem", "final_answer", "quick_check"])
@pytest.mark.parametrize("text", ["> 1", "- 1", "1986. A year", "# 1"])
def test_a_text_of_one_line_is_no_list_by_accident(course, question, key, text):
    course.lesson(questions=[question | {key: text}])
    (fault,) = read(course)
    assert f"which-colour: {key}: is taken for a" in fault


@pytest.mark.parametrize("mark", ['"yes"', '"true"', "1", "0", "[]"])
def test_right_is_true_or_false_and_nothing_like_it(course, mark):
    (fault,) = rewritten(course, "right = true", f"right = {mark}")
    assert fault.startswith("01-colours/quiz.toml:13: which-colour: option 1, right: must be true or false")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "level = '''recall'''",
            "level = 3",
            "level: must be one of 'recall', 'understand', 'apply', 'debug'",
        ),
        ("concepts = ['''colour''']", "concepts = 'colour'", "concepts: must be a list in square brackets"),
        ("concepts = ['''colour''']", "concepts = ['']", "concept 1: must be text that is not empty"),
        ("steps = ['''Look.''', ", "steps = [", "steps: must have at least 2, has 1"),
        ("'''Tell.'''", "7", "step 2: must be text in quotes; received 7"),
        ("id = '''which-colour'''", "id = 7", "question 1: id: must be text in quotes; received 7"),
        ("id = '''which-colour'''", "id = 'Which Colour'", "id: must be small letters, digits"),
        ("id = '''which-colour'''", f"id = '{'x' * 61}'", "id: must have at most 60 letters"),
        ("id = '''which-colour'''\n", "", "question 1: id: is missing"),
        ("quick_check", "quick_chek", "quick_chek: unknown key; 'quick_check' is needed"),
        ("kind = '''single'''", "kind = [1]", "kind: must be 'single' or 'several'; received a list of 1"),
        ("stem = '''Which", "stem = '''\nOne $x\n\nWhich", "stem: a formula is never closed"),
    ],
)
def test_a_fault_is_told_in_plain_words(course, old, new, what):
    (fault,) = rewritten(course, old, new)
    assert what in fault
    assert not any(word in fault for word in VALIDATORS_OWN)


@pytest.mark.parametrize("key", ["level", "mistakes"])
def test_a_key_that_stands_below_a_table_of_its_question_is_told_once(course, key):
    folder = course.lesson()
    lines = (folder / "quiz.toml").read_text().splitlines()
    moved = next(line for line in lines if line.startswith(key))
    (folder / "quiz.toml").write_text("\n".join([*(line for line in lines if line != moved), moved, ""]))
    (fault,) = read(course)
    what = f"option 3, {key}: is a key of the question: it stands above its tables, as [[question.options]]"
    assert fault == f"01-colours/quiz.toml:{len(lines)}: which-colour: {what}"


def test_an_id_of_another_form_is_not_taken_for_lost(course, question):
    folder = course.lesson(questions=[question | {"id": "Which_Colour"}])
    (folder / "ids.toml").write_text('published = ["which-colour", "old"]\n[renamed]\nold = "which-colour"\n')
    (fault,) = read(course)
    assert "Which_Colour: id: must be small letters" in fault


def test_the_line_of_a_fault_is_that_within_a_long_text(course):
    (fault,) = rewritten(course, "stem = '''Which *colour*?'''", "stem = '''\nOne.\n\nTwo $x.\n'''")
    assert fault.startswith("01-colours/quiz.toml:9: which-colour: stem: ")


@pytest.mark.parametrize(
    ("experiment", "key", "what"),
    [
        (
            RUN | {"kind": "walk"},
            "",
            "kind must be one of 'predict_once', 'run'; received 'walk'",
        ),
        ({"model": "digits"}, "", "experiment: kind is missing"),
        (RUN | {"steps": 0}, "steps", "experiment.steps: must be at least 1; received 0"),
        (RUN | {"steps": 10**9}, "steps", "experiment.steps: must be at most 1,000; received 1000000000"),
        (RUN | {"steps": "five"}, "steps", "experiment.steps: must be a whole number, without quotes"),
        (RUN | {"colour": 1}, "colour", "experiment.colour: unknown key"),
        (ONCE | {"noise": 0}, "noise", "experiment.noise: must be above 0; received 0"),
        (ONCE | {"noise": "0.5"}, "noise", "experiment.noise: must be a number, without quotes"),
        (ONCE | {"picture": "gone.png"}, "", "there is no picture 'gone.png'"),
        (ONCE | {"seed": True}, "seed", "experiment.seed: must be a whole number"),
    ],
)
def test_a_fault_of_an_experiment_has_its_line(course, question, experiment, key, what):
    course.lesson(questions=[question | {"experiment": experiment}])
    (fault,) = read(course)
    line = (course.folder / "01-colours/quiz.toml").read_text().split("\n")[int(fault.split(":")[1]) - 1]
    assert line.startswith(key or "[question.experiment]")
    assert what in fault
    assert not any(word in fault for word in VALIDATORS_OWN)


@pytest.mark.parametrize("bound", ["below = nan", "below = inf", "below = 1\nabove = 2", "", "below = '1'"])
def test_a_claim_that_nothing_could_meet_is_a_fault(course, question, bound):
    folder = course.lesson(questions=[question | {"experiment": RUN}])
    claim = f'steps = 1\n[[question.experiment.claims]]\nmeasure = "change_when_repeated"\n{bound}\n'
    text = (folder / "quiz.toml").read_text().replace("steps = 1\n", claim, 1)
    (folder / "quiz.toml").write_text(text)
    (fault,) = read(course)
    assert "experiment, claim 1" in fault


def test_a_question_without_a_right_option_is_told_by_its_number_whatever_else_is_wrong(course, question):
    other = {**question, "id": "other", "level": "guess"}
    other["options"] = [option | {"right": False} for option in question["options"]]
    course.lesson(questions=[question, other])
    level, right = read(course)
    assert "other: level: must be one of" in level
    assert "other: question 2 has no right option" in right


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[[question]]\nid = "a"\nkind = single\n', 3, "text stands in quotes"),
        ('[[question]]\nstem = "x\n', 2, "a text is not closed on its line"),
        ('[[question]]\nstem = """\nx\n\n\n', 2, "the triple quotes that open here are never closed"),
        ('[[question]]\nid = "a"\nid = "b"\n', 3, "is given twice"),
        ("[[question]\n", 1, "needs its closing bracket"),
        ("[[question]]\nid\n", 2, "a key needs '='"),
        ("[[question]]\nx = [1,\n", 2, "never closed by its bracket"),
        ('[[question]]\nx = "\\q"\n', 2, "a backslash in double quotes must be written twice"),
        ("x = 1 y = 2\n", 1, "one key a line"),
        ("x = {a = 1, a = 2}\n", 1, "a key is given twice"),
        (f"x = {'[' * 5000}{']' * 5000}\n", 1, "more than 50 brackets"),
        ("x = " + "[\n" * 5000, 1, "nested too deeply"),
        (f"{'a.' * 3000}a = 1\n", 1, "more than 50 brackets or dots"),
        (f"x = {'9' * 5000}\n", 1, "a number or a date cannot be read"),
    ],
)
def test_what_is_no_toml_is_told_at_its_line_in_plain_words(course, text, line, what):
    (course.lesson() / "quiz.toml").write_text(text)
    (fault,) = read(course)
    assert fault.startswith(f"01-colours/quiz.toml:{line}: is not valid TOML: ")
    assert what in fault
    assert "line" not in fault.split("TOML: ")[1].replace("one key a line", "").replace("on its line", "")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[question]\nid = 'a'\n", "questions must be written as [[question]] tables"),
        ("question = 3\n", "questions must be written as [[question]] tables"),
        ("[[question]]\n" * 201, "has 201 questions; at most 200 are read"),
    ],
)
def test_a_quiz_is_a_list_of_questions(course, text, what):
    (course.lesson() / "quiz.toml").write_text(text)
    (fault,) = read(course)
    assert fault == f"01-colours/quiz.toml:1: {what}"


def test_a_link_within_a_question_has_to_hold_on_every_page_that_asks_it(course, question):
    course.lesson(questions=[question | {"final_answer": "See [it](#one)."}], body="## One\n")
    (fault,) = read(course)
    assert fault.startswith("01-colours/quiz.toml:8: which-colour: the link '#one' stands in a question")
    course.lesson(questions=[question | {"final_answer": "See [it](/lessons/colours#one)."}], body="## One\n")
    assert read(course) == []


ASKED = ":::{question} whichcolour\n:::\n"


@pytest.mark.parametrize("spoil", ["level = '''recall'''", "right = true", "[[question]]"])
def test_a_question_that_is_not_there_is_told_while_the_quiz_is_faulty_too(course, spoil):
    folder = course.lesson(body=ASKED)
    text = (folder / "quiz.toml").read_text()
    (folder / "quiz.toml").write_text(text.replace(spoil, "level = 'x'" if "level" in spoil else "[[x", 1))
    found = read(course)
    assert any("has no question 'whichcolour'; there are which-colour" in fault for fault in found)
    assert any("quiz.toml" in fault for fault in found)


@pytest.mark.parametrize(
    ("ids", "what"),
    [
        ('[renamed]\nold = "which-colour"\n', "it is called 'which-colour' now"),
        ('[dropped]\nold = "too easy"\n', "it was dropped: too easy"),
        ("", "there are which-colour"),
    ],
)
def test_a_retired_question_that_a_text_asks_is_told_with_what_became_of_it(course, ids, what):
    folder = course.lesson(body=":::{question} old\n:::\n")
    published = '["which-colour", "old"]' if ids else '["which-colour"]'
    (folder / "ids.toml").write_text(f"published = {published}\n{ids}")
    (fault,) = read(course)
    assert fault == f"01-colours/lesson.md:9: this lesson has no question 'old'; {what}"


def test_a_question_of_another_lesson_is_told_as_that(course, question):
    course.lesson(
        "02-light", body=":::{question} which-colour\n:::\n", questions=[question | {"id": "light"}]
    )
    course.lesson()
    (fault,) = read(course)
    assert fault.endswith("this lesson has no question 'which-colour'; the lesson 'colours' has it")
