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


def test_a_snippet_that_fails_is_reported_with_its_last_words(course):
    assert with_snippet(course, 'raise ValueError("no red left")\n') == (
        "01-colours/snippets/say.py: failed with exit status 1: ValueError: no red left",
    )


def test_a_snippet_that_never_ends_is_stopped_and_reported(course):
    folder = course.lesson()
    (folder / "snippets").mkdir()
    (folder / "snippets/say.py").write_text("while True:\n    pass\n")
    [problem] = check_course(course.folder, timeout_s=0.3).problems
    assert problem.endswith("ran longer than 0.3 s")


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
