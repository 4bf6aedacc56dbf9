"""`ids.toml`: ids that learners have seen, and what became of those that are no longer asked."""

import pytest

from app.errors import NotFound
from app.questions.catalogue import load_catalogue, read_course
from app.questions.lint import find_warnings


def write(course, text, lesson="01-colours"):
    """Write a lesson's ids, and return the lines of the file."""
    (course.folder / lesson / "ids.toml").write_text(text)
    return text.splitlines()


def problems_of(course):
    return [str(problem) for problem in read_course(course.folder)[1]]


def test_a_renamed_question_is_found_by_every_name_it_had(course):
    course.lesson()
    write(course, 'published = ["a", "b", "which-colour"]\n[renamed]\na = "b"\nb = "which-colour"\n')
    catalogue = load_catalogue(course.folder)
    for name in ("a", "b", "which-colour"):
        lesson, found = catalogue.find(name)
        assert (lesson.slug, found.id) == ("colours", "which-colour")
    assert catalogue.retired.former(["which-colour"]) == {"a": "which-colour", "b": "which-colour"}
    assert catalogue.retired.former(["another"]) == {}


def test_a_question_may_have_moved_to_another_lesson(course, question):
    course.lesson()
    course.lesson("02-light", questions=[question | {"id": "what-is-light"}])
    write(course, 'published = ["which-colour", "light"]\n[renamed]\nlight = "what-is-light"\n')
    lesson, found = load_catalogue(course.folder).find("light")
    assert (lesson.slug, found.id) == ("light", "what-is-light")


def test_a_dropped_question_is_not_found(course):
    course.lesson()
    write(course, 'published = ["gone"]\n[dropped]\ngone = "It asked for two things at once."\n')
    catalogue = load_catalogue(course.folder)
    with pytest.raises(NotFound, match="'gone'"):
        catalogue.question("gone")
    assert catalogue.retired.former(["which-colour"]) == {}


def test_a_published_id_that_no_question_has_any_more_is_a_fault(course):
    course.lesson()
    write(course, 'published = [\n    "which-colour",\n    "gone",\n]\n')
    [problem] = problems_of(course)
    assert problem.startswith("01-colours/ids.toml:3: gone: was published, and no question has this id now")
    assert "[renamed]" in problem
    assert "[dropped]" in problem


def test_what_was_renamed_to_an_id_that_is_lost_is_told_of_that_id_alone(course):
    course.lesson()
    write(course, 'published = ["which-colour", "gone", "old"]\n[renamed]\nold = "gone"\n')
    [problem] = problems_of(course)
    assert "ids.toml:1: gone: was published" in problem


@pytest.mark.parametrize(
    "table", ['[renamed]\nwhich-colour = "other"', '[dropped]\nwhich-colour = "Unclear."']
)
def test_a_retired_id_that_is_still_in_use_is_a_fault(course, question, table):
    course.lesson(questions=[question, question | {"id": "other"}])
    write(course, f'published = ["which-colour"]\n{table}\n')
    [problem] = problems_of(course)
    assert problem.startswith("01-colours/ids.toml:3: which-colour: stands under [")
    assert "a question still has this id" in problem


def test_a_successor_that_does_not_exist_is_a_fault(course):
    course.lesson()
    write(course, 'published = ["old"]\n[renamed]\nold = "nowhere"\n')
    assert problems_of(course) == [
        "01-colours/ids.toml:3: old: is renamed to 'nowhere', and there is no such question in the course"
    ]


def test_a_successor_that_was_dropped_since_is_no_fault(course):
    course.lesson()
    write(course, 'published = ["old", "new"]\n[renamed]\nold = "new"\n[dropped]\nnew = "Unclear."\n')
    assert problems_of(course) == []


def test_names_that_lead_in_a_circle_are_faults_and_are_never_followed(course):
    course.lesson()
    write(course, 'published = []\n[renamed]\na = "b"\nb = "c"\nc = "b"\nd = "d"\n')
    found = problems_of(course)
    assert [problem.split(": ")[1] for problem in found] == ["a", "b", "c", "d"]
    assert all("never ends" in problem for problem in found)
    catalogue, _ = read_course(course.folder)
    assert catalogue.retired.current("a") == "a"


def test_an_id_that_is_retired_twice_is_a_fault(course, question):
    course.lesson()
    course.lesson("02-light", questions=[question | {"id": "light"}])
    write(course, 'published = []\n[renamed]\nold = "light"\n[dropped]\nold = "Unclear."\n')
    write(course, 'published = []\n[renamed]\nold = "light"\n', "02-light")
    assert problems_of(course) == [
        "01-colours/ids.toml:5: old: is retired twice; say once what became of it",
        "02-light/ids.toml:3: old: is retired twice; say once what became of it",
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('published = "old"\n', "ids.toml:1: published: "),
        ("renamed = {}\n", "ids.toml:1: published: is missing"),
        ('published = []\n[renamed]\nold = ""\n', "ids.toml:3: renamed.old: "),
        ('published = []\n[dropped]\nold = " "\n', "ids.toml:3: dropped.old: "),
        ('published = []\n[lost]\nold = "x"\n', "ids.toml:2: lost: unknown key"),
        ("published = [\n", "is not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault_with_its_line(course, text, what):
    course.lesson()
    write(course, text)
    [problem] = problems_of(course)
    assert what in problem


def test_an_id_whose_question_is_faulty_is_not_reported_as_missing_too(course, question):
    course.lesson(questions=[question | {"level": "guess"}])
    write(course, 'published = ["which-colour"]\n')
    [problem] = problems_of(course)
    assert "which-colour: level: " in problem


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("01-colours/lesson.md", "minutes = 10", "minutes = 150"),
        ("01-colours/lesson.md", "+++", ""),
        ("01-colours/ids.toml", "[renamed]", "[renamed"),
        ("01-colours/quiz.toml", "level = '''recall'''", "level = '''guess'''"),
    ],
)
def test_a_fault_elsewhere_makes_no_id_seem_lost(course, question, name, old, new):
    """Ids are followed from lesson to lesson: what cannot be read of one may hold those of another."""
    course.lesson()
    course.lesson("02-light", questions=[question | {"id": "light"}])
    write(course, 'published = ["which-colour"]\n[renamed]\nlamp = "which-colour"\n')
    write(course, 'published = ["light", "lamp", "lantern"]\n[renamed]\nlantern = "lamp"\n', "02-light")
    assert problems_of(course) == []
    file = course.folder / name
    file.write_text(file.read_text().replace(old, new, 1))
    assert {problem.partition(":")[0] for problem in problems_of(course)} == {name}


def test_a_folder_that_is_misnamed_makes_no_id_seem_lost(course):
    course.lesson()
    write(course, 'published = ["which-colour"]\n')
    (course.folder / "01-colours").rename(course.folder / "1-colours")
    [problem] = problems_of(course)
    assert problem.startswith("1-colours: ")


def test_a_lost_id_is_named_beside_a_faulty_head_where_the_questions_can_be_read(course):
    course.lesson(head="+++\n")
    write(course, 'published = ["which-colour", "gone"]\n')
    assert [problem.split(": ")[0] for problem in problems_of(course)] == [
        "01-colours/lesson.md:1",
        "01-colours/ids.toml:1",
    ]


def test_what_is_certain_of_ids_is_named_beside_a_faulty_quiz(course, question):
    course.lesson()
    course.lesson("02-light", questions=[question | {"id": "light", "level": "guess"}])
    write(course, 'published = []\n[renamed]\nwhich-colour = "light"\nb = "b"\n')
    found = [problem for problem in problems_of(course) if "ids.toml" in problem]
    assert ["still has this id" in found[0], "never ends" in found[1], len(found)] == [True, True, 2]


def test_a_question_that_is_not_listed_is_noticed_where_there_is_a_list(course):
    def found():
        warnings = find_warnings(load_catalogue(course.folder))
        return [str(warning) for warning in warnings if "published" in warning.what]

    course.lesson()
    assert found() == []
    write(course, 'published = ["which-colour"]\n')
    assert found() == []
    write(course, "\npublished = []\n")
    [warning] = found()
    assert warning.startswith("01-colours/ids.toml:2: which-colour: is not listed under `published`")
