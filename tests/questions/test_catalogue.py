import pytest
from PIL import Image

from app.course.directives import Lab
from app.course.page import Prose
from app.errors import CourseError, NotFound
from app.questions.catalogue import load_catalogue
from app.questions.choice.schema import ChoiceQuestion


def problems_of(course):
    with pytest.raises(CourseError) as caught:
        load_catalogue(course.folder)
    return caught.value.problems


def test_lessons_come_in_order_with_their_questions(course, question):
    course.lesson("02-light", questions=[question | {"id": "light"}])
    course.lesson("01-colours", body="## Red\n\n:::{lab} player\n:::\n")
    catalogue = load_catalogue(course.folder)
    assert [(lesson.number, lesson.slug) for lesson in catalogue.lessons] == [(1, "colours"), (2, "light")]
    first = catalogue.lesson("colours")
    assert (first.title, first.unit, first.minutes, first.hook) == ("Colours", "Seeing", 10, "What is red?")
    assert [heading.id for heading in first.toc] == ["red"]
    assert isinstance(first.blocks[1], Lab)
    assert catalogue.question("light").id == "light"
    assert catalogue.find("light") == (catalogue.lesson("light"), catalogue.question("light"))


def test_pictures_have_an_address_that_changes_with_their_content(course):
    folder = course.lesson(body="![A dot](dot.png)\n")
    before = load_catalogue(course.folder).lesson("colours")
    assert before.pictures == {"dot.png": folder / "dot.png"}
    first = before.blocks[0]
    assert isinstance(first, Prose)
    assert 'src="/lessons/colours/files/dot.png?v=' in first.html
    Image.new("L", (3, 2), 9).save(folder / "dot.png")
    assert load_catalogue(course.folder).lesson("colours").blocks != before.blocks


@pytest.mark.parametrize("name", ["gone", "", "../01-colours", "x" * 10_000])
def test_what_is_not_there_is_not_found(course, name):
    course.lesson()
    catalogue = load_catalogue(course.folder)
    for find in (catalogue.lesson, catalogue.question, catalogue.find):
        with pytest.raises(NotFound) as caught:
            find(name)
        assert len(str(caught.value)) < 200


def test_two_faults_in_two_files_are_both_reported(course, question):
    course.lesson("01-colours", body="See :::\n\n:::{video} x\n:::\n")
    course.lesson("02-light", questions=[question | {"id": "light", "level": "guess"}])
    first, second = problems_of(course)
    assert first.startswith("01-colours/lesson.md:11: unknown directive 'video'")
    assert second.startswith("02-light/quiz.toml:")
    assert ": light: level: " in second


def test_an_id_used_twice_is_reported_in_both_lessons(course):
    course.lesson("01-colours")
    course.lesson("02-light")
    assert problems_of(course) == [
        "01-colours/quiz.toml:1: which-colour: a question of 02-light has this id too; ids are kept for ever",
        "02-light/quiz.toml:1: which-colour: a question of 01-colours has this id too; ids are kept for ever",
    ]


def test_an_id_used_twice_in_a_lesson_is_reported_at_the_second(course, question):
    course.lesson(questions=[question, question | {"stem": "Which?"}])
    assert problems_of(course) == [
        "01-colours/quiz.toml:24: which-colour: the question of line 1 has this id too; ids are kept for ever"
    ]


def test_a_number_used_twice_is_reported(course, question):
    course.lesson("01-colours")
    course.lesson("01-light", questions=[question | {"id": "light"}])
    assert problems_of(course) == [
        "01-colours: 01-light has the number 01 too; rename one of the folders",
        "01-light: 01-colours has the number 01 too; rename one of the folders",
    ]


def test_a_folder_that_is_no_lesson_is_reported_and_hidden_ones_are_not(course):
    course.lesson()
    (course.folder / ".git").mkdir()
    (course.folder / "_drafts").mkdir()
    (course.folder / "notes").mkdir()
    [problem] = problems_of(course)
    assert problem.startswith("notes: a lesson's folder is named NN-slug")


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("", "lesson.md:1: the file must begin"),
        ("+++\ntitle = Colours\n+++\n", "not valid TOML"),
        ('+++\ntitle = "Colours"\n', "never closed"),
        ('+++\ntitle = "C"\nunit="S"\nminutes=0\nsummary="s"\nhook="h"\nconcepts=["c"]\n+++\n', "minutes"),
        (
            '+++\nname="C"\ntitle="C"\nunit="S"\nminutes=1\nsummary="s"\nhook="h"\nconcepts=["c"]\n+++\n',
            "name",
        ),
    ],
)
def test_a_faulty_head_is_reported(course, head, what):
    course.lesson(head=head)
    assert any(what in problem for problem in problems_of(course))


def test_missing_files_and_missing_folders_are_reported(course, tmp_path):
    (tmp_path / "lessons/01-empty").mkdir(parents=True)
    assert [problem.split(":")[0] for problem in problems_of(course)] == [
        "01-empty/lesson.md",
        "01-empty/quiz.toml",
    ]
    course.folder = tmp_path / "nowhere"
    assert problems_of(course) == ["nowhere: there is no such folder of lessons"]
    course.folder.mkdir()
    assert problems_of(course) == ["nowhere: there are no lessons in this folder"]


def test_two_courses_that_differ_only_in_keys_and_feedback_show_the_same(course, question):
    def shown():
        lesson = load_catalogue(course.folder).lesson("colours")
        questions = [one for one in lesson.questions if isinstance(one, ChoiceQuestion)]
        assert len(questions) == len(lesson.questions)
        return lesson.blocks, [
            (q.id, q.stem_html, sorted((o.id, o.text_html) for o in q.options)) for q in questions
        ]

    course.lesson(questions=[question])
    before = shown()
    for option in question["options"]:
        option["right"] = option["text"] == "Blue"
        option["feedback"] = "canary"
    course.lesson(questions=[question | {"final_answer": "canary", "steps": ["canary", "canary"]}])
    assert shown() == before
    assert "canary" not in str(before)
