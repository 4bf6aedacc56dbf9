import time

import pytest

from app.course import snippets
from app.questions.check import check_course


def with_snippet(course, text, out=None):
    folder = course.lesson()
    (folder / "snippets").mkdir()
    (folder / "snippets/say.py").write_text(text)
    if out is not None:
        (folder / "snippets/say.out").write_text(out, encoding="utf-8")
    return check_course(course.folder, timeout_s=5.0).problems


def test_a_sound_course_has_no_problems_and_its_snippets_are_run(course):
    assert with_snippet(course, 'open("ran", "w").close()\n') == ()
    assert (course.folder / "01-colours/snippets/ran").exists()


@pytest.mark.parametrize("page", ["cp1252", "ascii", "cp437:strict"])
def test_a_snippet_prints_the_same_under_every_code_page(course, monkeypatch, page):
    monkeypatch.setenv("PYTHONIOENCODING", page)
    assert with_snippet(course, 'print("\\u2192 \\u2603")\n', out="\u2192 \u2603\n") == ()


def test_a_snippet_that_fails_is_reported_with_its_last_words(course):
    assert with_snippet(course, 'raise ValueError("no red left")\n') == (
        "01-colours/snippets/say.py:1: failed with exit status 1: ValueError: no red left",
    )


def test_a_snippet_that_never_ends_is_stopped_and_reported(course):
    folder = course.lesson()
    (folder / "snippets").mkdir()
    (folder / "snippets/say.py").write_text("while True:\n    pass\n")
    [problem] = check_course(course.folder, timeout_s=0.3).problems
    assert problem.endswith("ran longer than 0.3 s")


@pytest.mark.parametrize(
    ("program", "what"),
    [
        (
            'import sys; sys.stdout.buffer.write(b"one\\n\\xff\\n")',
            "prints bytes that are not UTF-8, in line 2",
        ),
        ('import sys; sys.stdout.buffer.write(b"\\xff\\xfe")', "prints bytes that are not UTF-8, in line 1"),
        ('import sys; sys.stdout.buffer.write(b"\\xc3")', "prints bytes that are not UTF-8, in line 1"),
        ('while True: print("x" * 10_000)', "prints more than 300,000 bytes"),
        ('import sys\nwhile True: sys.stderr.write("x" * 10_000)', "prints more than 300,000 bytes"),
        ('import sys; sys.stderr.buffer.write(b"\\xff"); sys.exit(3)', "failed with exit status 3: "),
        ("input()", "failed with exit status 1: EOFError"),
    ],
)
def test_whatever_a_snippet_prints_ends_in_a_message(course, program, what):
    (problem,) = with_snippet(course, program + "\n")
    assert problem.replace("say.py:1:", "say.py:").startswith(f"01-colours/snippets/say.py: {what}")


def test_a_snippet_is_told_with_the_line_of_it_that_failed(course):
    (problem,) = with_snippet(course, "import json\n\n\ndef f():\n    json.loads('x')\n\n\nf()\n")
    assert problem.startswith("01-colours/snippets/say.py:5: failed with exit status 1: json.decoder")


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ("1\n3\n", "from line 2 on: '2' and not '3'"),
        ("1\n", "from line 2 on: '2' and not ''"),
        ("1\n2\n3\n", "from line 3 on: '' and not '3'"),
        ("1\n2", "from line 3 on: '' and not ''"),
    ],
)
def test_another_output_is_told_at_the_first_line_that_differs(course, told, what):
    (problem,) = with_snippet(course, "print(1)\nprint(2)\n", told)
    assert f"prints something else than say.out says, {what}; run it again" in problem


def test_a_process_that_a_snippet_leaves_behind_holds_nobody_up(course):
    sleeper = (
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    )
    started = time.monotonic()
    assert with_snippet(course, f"{sleeper}print(1)\n", "1\n") == ()
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("out", ["a\r\nb\r\n", "\ufeffa\nb\n", "a\rb\r"])
def test_the_output_may_be_kept_as_any_system_writes_it(course, out):
    assert with_snippet(course, "print('a')\nprint('b')\n", out) == ()


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("snippets/gone.out", "is what a program prints, and there is no gone.py beside it"),
        ("gone.out", "is what a program prints, and there is no gone.py beside it"),
        ("snippets/deep/gone.out", "is what a program prints"),
        ("demo.py", "is a program outside snippets/, so the check does not run it; move it there"),
        ("code/demo.py", "is a program outside snippets/"),
        ("snippet/demo.py", "is a program outside snippets/"),
    ],
)
def test_a_program_and_its_output_lie_where_the_check_runs_them(course, name, what):
    path = course.lesson() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1 / 0\n")
    (problem,) = check_course(course.folder).problems
    assert problem.startswith(f"01-colours/{name}: {what}")


def test_a_program_that_makes_files_is_neither_run_nor_shown(course):
    folder = course.lesson()
    (folder / "make_dot.py").write_text("1 / 0\n")
    assert check_course(course.folder).problems == ()
    course.lesson(body=":::{code} make_dot.py\n:::\n")
    (problem,) = check_course(course.folder).problems
    assert "the program 'make_dot.py' is never run by the check" in problem


def test_a_program_in_a_folder_of_snippets_is_run_too(course):
    folder = course.lesson() / "snippets" / "deep"
    folder.mkdir(parents=True)
    (folder / "say.py").write_text("1 / 0\n")
    (problem,) = check_course(course.folder).problems
    assert problem.startswith(
        "01-colours/snippets/deep/say.py:1: failed with exit status 1: ZeroDivisionError"
    )


def test_one_lesson_is_checked_alone_and_the_others_are_known_to_it(course, question):
    course.lesson(body=":::{video} x\n:::\n")
    light = course.lesson("02-light", body="[a](/lessons/colours)\n", questions=[question | {"id": "light"}])
    for folder in (light, course.folder / "01-colours"):
        (folder / "snippets").mkdir()
        (folder / "snippets/say.py").write_text('open("ran", "w").close()\n')
    report = check_course(course.folder, only="02-light")
    assert report.problems == ()
    assert all(line.startswith("02-light/") for line in report.warnings)
    assert not any("no lesson taught" in line for line in report.warnings)
    assert (light / "snippets/ran").exists()
    assert not (course.folder / "01-colours/snippets/ran").exists()
    assert len(check_course(course.folder, only="01-colours").problems) == 1


def test_a_snippet_that_prints_something_else_than_the_lesson_says_is_reported(course):
    assert "say.out" in with_snippet(course, 'print("blau")\n', "blue\n")[0]


def test_a_snippet_that_prints_what_the_lesson_says_is_fine(course):
    assert with_snippet(course, 'print("blüe ░")\n', "blüe ░\n") == ()


def test_problems_of_text_lint_and_snippets_come_together(course, question):
    question["options"][1]["text"] = "All of the above"
    folder = course.lesson(body=":::{video} x\n:::\n", questions=[question])
    (folder / "snippets").mkdir()
    (folder / "snippets/say.py").write_text("1 / 0\n")
    problems = " ".join(check_course(course.folder).problems)
    for part in ("unknown directive", "another order", "ZeroDivisionError"):
        assert part in problems


def test_an_interrupt_ends_the_snippets_that_run_and_begins_no_other(course, monkeypatch):
    began, told = [], []

    def run(snippet, timeout_s, is_over):
        began.append(snippet.name)
        if len(began) == 1:
            raise KeyboardInterrupt
        told.append(is_over.wait(5.0))

    monkeypatch.setattr(snippets, "cores", lambda: 1)
    monkeypatch.setattr(snippets, "run_snippet", run)
    folder = course.lesson()
    (folder / "snippets").mkdir()
    for name in ("a", "b", "c"):
        (folder / f"snippets/{name}.py").write_text("print(1)\n")
    with pytest.raises(KeyboardInterrupt):
        check_course(course.folder)
    assert told == [True] * (len(began) - 1)
