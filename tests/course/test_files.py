"""Files as systems write them: read, passed over, or refused for the right reason; none from outside."""

import io
import os
import struct
import zlib

import pytest
from PIL import Image

from app.course.files import is_left_behind
from app.questions.catalogue import read_course
from app.questions.check import check_course
from app.questions.lint import find_warnings

FAULTY = "## One\n\nEvery colour.\n\nSee [a](#nope).\n"


def told(course):
    return [str(problem) for problem in read_course(course.folder)[1]]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width, height):
    """Make the header of a PNG of any size, and hardly any data."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"\0" * 99)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg():
    out = io.BytesIO()
    Image.new("L", (30, 30)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    "written",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: ("\ufeff" + text.replace("\n", "\r\n")).encode(),
        lambda text: text.replace("Every", "Ev\u2028e\u0085r\x0cy").encode(),
    ],
    ids=["mark", "CRLF", "CR", "mark and CRLF", "other separators"],
)
@pytest.mark.parametrize("name", ["lesson.md", "quiz.toml"])
def test_every_way_to_end_lines_is_read_and_faults_keep_their_lines(course, question, written, name):
    question["stem"] = "Every\n\none?"
    question["options"][2]["text"] = "> 1"
    folder = course.lesson(body=FAULTY, questions=[question])
    before = told(course)
    text = (folder / name).read_text()
    (folder / name).write_bytes(written(text if name == "lesson.md" else text.replace("\x0c", "")))
    if name == "quiz.toml" and b"\x0c" in (folder / name).read_bytes():
        return  # TOML has no such sign in its texts
    assert told(course) == before
    assert len(before) == 2


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        ("é".encode("latin-1"), 2, "is not UTF-8 (the byte E9 stands here); save it as UTF-8"),
        ("“x”".encode("cp1252"), 2, "is not UTF-8 (the byte 93 stands here)"),
        (b"\xc3", 2, "is not UTF-8"),
        (b"\0", 2, "holds a control character (U+0000); delete it"),
        (b"\x1b[31m", 2, "holds a control character (U+001B)"),
        (b"x" * 300_000, None, "has 300,003 bytes; at most 300,000 are read"),
    ],
    ids=["latin-1", "cp1252", "cut off", "NUL", "escape", "large"],
)
@pytest.mark.parametrize(
    "name", ["lesson.md", "quiz.toml", "ids.toml", "snippets/say.py", "snippets/say.out", ""]
)
def test_what_is_no_text_is_refused_for_that_reason_alone(course, name, data, line, what):
    path = course.lesson() / name if name else course.folder / "course.toml"
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".out":
        path.with_suffix(".py").write_text("")
    path.write_bytes(b"#\n" + data + b"\n")
    (fault,) = told(course)
    shown = path.relative_to(course.folder).as_posix()
    assert fault.startswith(f"{shown}:{line}: {what}" if line else f"{shown}: {what}")


@pytest.mark.parametrize("name", ["lesson.md", "quiz.toml"])
def test_utf_16_a_folder_and_a_pipe_are_told_as_what_they_are(course, name):
    path = course.lesson() / name
    path.write_bytes("x".encode("utf-16"))
    assert told(course) == [f"01-colours/{name}: is saved as UTF-16; save it as UTF-8"]
    path.unlink()
    path.mkdir()
    assert told(course) == [f"01-colours/{name}: is no file"]
    path.rmdir()
    os.mkfifo(path)
    assert told(course) == [f"01-colours/{name}: is no file"]


@pytest.mark.parametrize(("name", "found"), [("lesson.md", "lesson.md.txt"), ("quiz.toml", "Quiz.toml")])
def test_a_file_under_a_name_that_is_nearly_right_is_named(course, name, found):
    folder = course.lesson()
    (folder / name).rename(folder / found)
    assert told(course) == [f"01-colours/{name}: is missing; there is {found!r}: rename it to {name!r}"]


@pytest.mark.parametrize("name", ["ids.toml.txt", "Ids.toml", "IDS.TOML"])
def test_ids_under_another_name_are_not_simply_left_out(course, name):
    (course.lesson() / name).write_text("published = []\n")
    assert told(course) == [f"01-colours/{name}: is not read; rename it to 'ids.toml'"]


LEFT = [".DS_Store", "._lesson.md", "._dot.png", "Thumbs.db", "desktop.ini", "~$lesson.md", "lesson.md~"]
LEFT += [".lesson.md.swp", "__pycache__/a.py", ".ipynb_checkpoints/lesson.md", "snippets/._say.py"]


@pytest.mark.parametrize("name", LEFT)
def test_what_systems_and_editors_leave_behind_is_passed_over(course, name):
    for folder in (course.lesson(), course.folder):
        (folder / name).parent.mkdir(exist_ok=True)
        if folder != course.folder or not name.startswith("snippets"):
            (folder / name).write_bytes(b"\0\xff")
    (course.folder / "snippets").rmdir() if (course.folder / "snippets").exists() else None
    (course.folder / "__MACOSX").mkdir()
    assert check_course(course.folder).problems == ()


def test_names_of_the_course_are_not_passed_over():
    assert not any(map(is_left_behind, ["lesson.md", "quiz.toml", "a~b.png", "thumbs.png", "pycache.py"]))


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("big.png", png_of(15_000, 15_000), "has far more than the 16,000,000 pixels"),
        ("big.png", png_of(4_001, 4_000), "has 4,001 x 4,000 pixels; a picture may have 16,000,000 in all"),
        ("none.png", b"no picture", "is no picture that can be read"),
        ("empty.jpg", b"", "is no picture that can be read"),
        ("drawing.webp", b"<svg></svg>", "is no picture that can be read"),
        ("cut.png", png_of(300, 300), "is a damaged picture"),
        ("photo.png", jpeg(), "is a JPEG by its content"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_told_once_however_often_it_is_used(course, name, data, what):
    text = f"![d]({name})\n\n:::{{figure}} {name}\n:alt: A dot\n:::\n"
    for body in ("Nothing.\n", text):
        (course.lesson(body=body) / name).write_bytes(data)
        (fault,) = told(course)
        assert fault.startswith(f"01-colours/{name}: {what}")


def test_a_file_of_ten_gigabytes_is_not_read(course):
    path = course.lesson() / "large.png"
    path.touch()
    os.truncate(path, 10**10)
    assert told(course) == ["01-colours/large.png: has 10,000,000,000 bytes; a picture may have 8,000,000"]


def test_pictures_in_folders_and_under_any_name_have_an_address_that_works(course):
    names = ["photos/sea.png", "mö w?#%.png"]
    folder = course.lesson(body="![a](./photos/sea.png) ![b](photos/sea.png) ![c](<mö w?#%.png>)\n")
    (folder / "photos").mkdir()
    for name in ("photos/sea.png", "mo\u0308 w?#%.png"):  # as macOS writes it, in parts
        Image.new("L", (3, 2)).save(folder / name)
    catalogue, problems = read_course(course.folder)
    assert problems == []
    (lesson,) = catalogue.lessons
    assert set(names) < set(lesson.pictures)
    page = str(lesson.blocks)
    assert page.count('src="/lessons/colours/files/photos/sea.png?v=') == 2
    assert "/files/m%C3%B6%20w%3F%23%25.png?v=" in page


@pytest.fixture
def outside(tmp_path):
    """A folder that is no lesson, and holds what nobody is to see."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("lesson.md", "quiz.toml", "ids.toml", "secret.txt", "say.out"):
        (folder / name).write_text("CANARY\n")
    (folder / "say.py").write_text('open("ran", "w").close()\n')
    Image.new("L", (3, 2)).save(folder / "dot.png")
    return folder


@pytest.mark.parametrize(
    ("name", "target", "text"),
    [
        ("lesson.md", "lesson.md", ""),
        ("quiz.toml", "quiz.toml", ""),
        ("ids.toml", "ids.toml", ""),
        ("s.png", "dot.png", "![d](s.png)"),
        ("s.png", "dot.png", ":::{figure} s.png\n:alt: A dot\n:::"),
        ("s.txt", "secret.txt", ":::{code} s.txt\n:::"),
        ("snippets/say.py", "say.py", ":::{code} snippets/say.py\n:::"),
        ("snippets/say.out", "say.out", ":::{output} snippets/say.out\n:::"),
        ("snippets", "", ":::{code} snippets/say.py\n:::"),
    ],
)
def test_a_link_that_leads_out_of_the_folder_is_refused(course, outside, name, target, text):
    folder = course.lesson(body=f"{text}\n")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(outside / target)
    report = check_course(course.folder)
    assert report.problems == (
        f"01-colours/{name}: is a link that leads out of the folder; put the file itself here",
    )
    assert not (outside / "ran").exists()
    assert "CANARY" not in str(report.catalogue.lessons)
    assert all(name not in lesson.pictures for lesson in report.catalogue.lessons)


def test_a_lesson_s_folder_and_the_outline_are_not_read_from_outside(course, outside):
    course.lesson()
    (course.folder / "02-light").symlink_to(outside)
    (course.folder / "course.toml").symlink_to(outside / "ids.toml")
    what = "is a link that leads out of the folder; put the file itself here"
    assert told(course) == [f"course.toml: {what}", f"02-light: {what}"]


def test_links_within_the_folder_are_followed_and_loops_are_not(course):
    folder = course.lesson(body="![d](same.png)\n")
    (folder / "same.png").symlink_to("dot.png")
    (folder / "here").symlink_to(".")
    assert told(course) == []
    (folder / "loop.png").symlink_to("loop.png")
    assert told(course) == ["01-colours/loop.png: is a link that leads nowhere"]


def test_a_name_that_is_no_utf_8_is_told_without_a_traceback(course):
    folder = course.lesson()
    (folder / os.fsdecode(b"p\xff.png")).touch()
    (fault,) = told(course)
    fault.encode("utf-8")
    assert fault.endswith("has a name that is not UTF-8; rename it")


def test_faults_of_the_head_do_not_hide_those_of_the_text(course):
    folder = course.lesson(body="[a](#nope)\n")
    text = (folder / "lesson.md").read_text()
    (folder / "lesson.md").write_text(text.replace("minutes = 10", 'minutes = "10"'))
    minutes, link = told(course)
    assert minutes.startswith("01-colours/lesson.md:4: head: minutes: must be a whole number, without quotes")
    assert link.startswith("01-colours/lesson.md:9: the link '#nope'")


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('unit = "Seeing"', "unit = Seeing", 3, "text stands in quotes"),
        ("minutes = 10", "minutes = ", 4, "a value belongs behind '='"),
        ('hook = "What', 'hook = What"', 6, "the value cannot be read"),
        ("minutes = 10", "minutes = 10\nminutes = 11", 5, "is given twice"),
    ],
)
def test_a_head_that_is_no_toml_is_told_at_its_line_of_the_file(course, old, new, line, what):
    folder = course.lesson()
    text = (folder / "lesson.md").read_text()
    (folder / "lesson.md").write_text(text.replace(old, new))
    (fault,) = told(course)
    assert fault.startswith(f"01-colours/lesson.md:{line}: the head is not valid TOML: ")
    assert what in fault


@pytest.mark.parametrize(
    ("file", "text", "hidden"),
    [
        ("lesson.md", "+++\ntitle = \n+++\n", ("no lab", "never names", "which no lesson taught")),
        ("lesson.md", "nonsense", ("no lab", "questions: ", "which no lesson taught")),
        ("quiz.toml", "nonsense", ("questions: ", "rest on an experiment")),
    ],
)
def test_warnings_that_only_follow_from_a_fault_are_not_told(course, file, text, hidden):
    (course.lesson() / file).write_text(text)
    catalogue, problems = read_course(course.folder)
    warnings = find_warnings(catalogue, faulty={problem.path for problem in problems})
    assert problems
    assert [str(one) for one in warnings if any(what in one.what for what in hidden)] == []
