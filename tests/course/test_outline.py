"""`lessons/course.toml`: the course's units and planned lessons, and the lessons that must agree with it."""

import pytest

from app.course.outline import PlannedLesson
from app.questions.catalogue import load_catalogue, read_course

OUTLINE = """[[unit]]
number = 1
title = "Seeing"

[[unit.lesson]]
number = 1
slug = "colours"
title = "Colours"
idea = "What they are."

[[unit.lesson]]
number = 2
slug = "light"
title = "Light"
idea = "What they are made of."
prerequisites = ["colours"]

[[unit]]
number = 2
title = "Painting"
"""


def write(course, text=OUTLINE):
    course.folder.mkdir(parents=True, exist_ok=True)
    (course.folder / "course.toml").write_text(text)


def problems_of(course):
    return [str(problem) for problem in read_course(course.folder)[1]]


def head(course, *lines, unit="Seeing"):
    """Change the head of the first lesson, and return the lines of its file."""
    text = (course.folder / "01-colours/lesson.md").read_text()
    text = text.replace('unit = "Seeing"', f'unit = "{unit}"')
    text = text.replace("minutes", "\n".join([*lines, "minutes"]), 1)
    (course.folder / "01-colours/lesson.md").write_text(text)
    return text.splitlines()


def test_units_and_planned_lessons_are_read(course):
    course.lesson()
    write(course)
    catalogue = load_catalogue(course.folder)
    assert [(unit.number, unit.title) for unit in catalogue.outline.units] == [(1, "Seeing"), (2, "Painting")]
    assert catalogue.outline.planned[1] == PlannedLesson(
        number=2,
        slug="light",
        title="Light",
        idea="What they are made of.",
        prerequisites=("colours",),
    )
    assert catalogue.unit_number(catalogue.lesson("colours")) == 1


def test_without_the_file_the_units_are_those_of_the_lessons_in_their_order(course, question):
    course.lesson("03-shades", questions=[question | {"id": "shades"}])
    head_of_second = (course.folder / "03-shades/lesson.md").read_text().replace("Seeing", "Painting")
    (course.folder / "03-shades/lesson.md").write_text(head_of_second)
    course.lesson("02-light", questions=[question | {"id": "light"}])
    catalogue = load_catalogue(course.folder)
    assert [(unit.number, unit.title) for unit in catalogue.outline.units] == [(1, "Seeing"), (2, "Painting")]
    assert [catalogue.unit_number(lesson) for lesson in catalogue.lessons] == [1, 2]


def test_a_unit_that_the_course_does_not_have_is_a_fault_with_its_line_and_those_it_has(course):
    course.lesson()
    write(course)
    line = head(course, unit="Hearing").index('unit = "Hearing"') + 1
    assert problems_of(course) == [
        f"01-colours/lesson.md:{line}: head: unit: "
        "must be one of the course's units, 'Seeing', 'Painting'; received 'Hearing'"
    ]


def test_a_unit_other_than_the_one_that_the_outline_plans_is_a_fault_with_its_line(course):
    course.lesson()
    write(course)
    line = head(course, unit="Painting").index('unit = "Painting"') + 1
    assert problems_of(course) == [
        f"01-colours/lesson.md:{line}: head: unit: course.toml plans this lesson in the unit 'Seeing'; "
        "received 'Painting'; change one of the two"
    ]


def test_a_lesson_that_was_not_planned_may_be_of_any_unit(course):
    course.lesson("07-shades")
    write(course)
    text = (course.folder / "07-shades/lesson.md").read_text().replace("Seeing", "Painting")
    (course.folder / "07-shades/lesson.md").write_text(text)
    assert problems_of(course) == []


def test_prerequisites_of_the_head_go_before_those_of_the_outline(course, question):
    course.lesson()
    folder = course.lesson("02-light", questions=[question | {"id": "light"}])
    write(course)
    catalogue = load_catalogue(course.folder)
    assert catalogue.prerequisites(catalogue.lesson("light")) == ("colours",)
    text = (folder / "lesson.md").read_text()
    (folder / "lesson.md").write_text(text.replace("minutes", "prerequisites = []\nminutes", 1))
    catalogue = load_catalogue(course.folder)
    assert catalogue.prerequisites(catalogue.lesson("light")) == ()


@pytest.mark.parametrize(
    ("slug", "what"),
    [
        ("shades", "there is no lesson 'shades' in the course; there are colours, light"),
        ("light", "'light' is lesson 2; it must come before this one"),
        ("colours", "'colours' is lesson 1; it must come before this one"),
    ],
)
def test_a_prerequisite_that_does_not_come_before_is_a_fault(course, slug, what):
    course.lesson()
    write(course)
    lines = head(course, f'prerequisites = ["{slug}"]')
    line = lines.index(f'prerequisites = ["{slug}"]') + 1
    assert problems_of(course) == [f"01-colours/lesson.md:{line}: head: prerequisites: {what}"]


def test_a_lesson_that_cannot_be_read_is_there_all_the_same_for_those_that_build_on_it(course, question):
    course.lesson()
    head(course, "colour = 3")
    folder = course.lesson("02-light", questions=[question | {"id": "light"}])
    text = (folder / "lesson.md").read_text()
    (folder / "lesson.md").write_text(text.replace("minutes", 'prerequisites = ["colours"]\nminutes', 1))
    [problem] = problems_of(course)
    assert "01-colours/lesson.md" in problem


def test_prerequisites_are_checked_in_a_course_without_an_outline_too(course):
    course.lesson()
    head(course, 'prerequisites = ["shades"]')
    [problem] = problems_of(course)
    assert problem.endswith("there is no lesson 'shades' in the course; there are colours")


@pytest.mark.parametrize(
    ("folder", "what"),
    [
        ("03-light", "course.toml has 'light' as lesson 2; rename the folder or change the number"),
        ("02-lamps", "course.toml has 'light' as lesson 2; change its slug, or take another number"),
    ],
)
def test_a_lesson_that_the_outline_has_elsewhere_is_a_fault(course, folder, what):
    course.lesson(folder)
    write(course)
    assert problems_of(course) == [f"{folder}: {what}"]


def test_a_planned_lesson_may_build_on_one_that_is_only_written(course):
    course.lesson("03-shades")
    write(course)
    outline = course.folder / "course.toml"
    planned = '[[unit.lesson]]\nnumber = {}\nslug = "depths"\ntitle = "D"\nidea = "D."\n'
    planned += 'prerequisites = ["shades"]\n'
    text = outline.read_text()
    outline.write_text(text + planned.format(8))
    assert problems_of(course) == []
    outline.write_text(
        text + planned.format(0).replace("number = 0", "number = 2").replace('"depths"', '"deep"')
    )
    (problem,) = [one for one in problems_of(course) if "prerequisites" in one]
    assert "'shades' is lesson 3 and does not come before lesson 2" in problem


@pytest.mark.parametrize(("right", "wrong"), [("unit.lesson", "unit.lessons"), ("unit", "units")])
def test_a_table_of_another_name_is_refused(course, right, wrong):
    write(course)
    outline = course.folder / "course.toml"
    outline.write_text(outline.read_text().replace(f"[[{right}]]", f"[[{wrong}]]"))
    assert any("unknown key" in problem or "stands before" in problem for problem in problems_of(course))


def test_a_lesson_that_was_not_planned_is_no_fault(course):
    course.lesson("07-shades")
    write(course)
    assert problems_of(course) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("number = 2\nslug", "number = 1\nslug", "number = 1", "number: another lesson has 1 too"),
        ('slug = "light"', 'slug = "colours"', 'slug = "colours"', "slug: another lesson has 'colours' too"),
        (
            'title = "Painting"',
            'title = "Seeing"',
            'title = "Seeing"',
            "title: another unit has 'Seeing' too",
        ),
        ('number = 2\ntitle = "P', 'number = 1\ntitle = "P', "number = 1", "number: another unit has 1 too"),
        ('idea = "What they are."', "idea = 7", "idea = 7", "idea: must be text in quotes; received 7"),
        ('idea = "What they are."', 'idae = "x"', 'idae = "x"', "idae: unknown key"),
        (
            'slug = "light"',
            'slug = "The Light"',
            'slug = "The Light"',
            "slug: must be words in small letters",
        ),
        ("number = 2\nslug", "number = 0\nslug", "number = 0", "number: "),
        (
            'prerequisites = ["colours"]',
            'prerequisites = ["shades"]',
            'prerequisites = ["shades"]',
            "prerequisites: there is no lesson 'shades', neither here nor as a folder",
        ),
        (
            'prerequisites = ["colours"]',
            'prerequisites = ["light"]',
            'prerequisites = ["light"]',
            "prerequisites: 'light' is lesson 2 and does not come before lesson 2",
        ),
    ],
)
def test_a_fault_in_the_outline_has_its_line(course, old, new, line, what):
    course.lesson()
    write(course, OUTLINE.replace(old, new, 1))
    lines = (course.folder / "course.toml").read_text().splitlines()
    places = [number for number, text in enumerate(lines, 1) if text == line]
    [problem] = [one for one in problems_of(course) if what in one]
    assert problem.startswith(f"course.toml:{places[-1]}: {what}")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('slug = "colours"', 'slug = "Colours"'),
        ('slug = "colours"', "slug = 3"),
        ('slug = "colours"', ""),
        ('["colours"]', '["The Colours"]'),
    ],
)
def test_a_faulty_slug_is_told_once_and_not_by_those_that_name_it(course, old, new):
    course.lesson()
    write(course, OUTLINE.replace(old, new, 1))
    assert len(problems_of(course)) == 1


def test_faults_in_the_outline_are_reported_all_at_once(course):
    course.lesson()
    text = OUTLINE.replace('slug = "light"', 'slug = "colours"').replace(
        "number = 1\ntitle", "number = 'one'\ntitle"
    )
    write(course, text + 'subject = "all"\n')
    found = problems_of(course)
    assert [problem.split(": ")[1] for problem in found] == ["number", "subject", "slug", "prerequisites"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("unit = 3\n", "course.toml:1: unit: "),
        ("", "course.toml:1: unit: is missing"),
        ("[[unit]\n", "course.toml:1: is not valid TOML"),
        ("[[unit]]\nnumber = 1\n", "course.toml:1: title: is missing"),
        ("[[unit]]\nnumber = 1\ntitle = 'Seeing'\nlesson = 3\n", "course.toml:4: lesson: "),
    ],
)
def test_an_outline_that_cannot_be_read_is_reported_and_nothing_that_follows_from_it(course, text, what):
    course.lesson()
    head(course, 'prerequisites = ["light"]', unit="Hearing")
    write(course, text)
    [problem] = problems_of(course)
    assert problem.startswith(what)
