"""A kind of question is added as one folder and one line of the registry, and is then known everywhere.

The folder is `guests/number`; it is given to the functions that read and serve a course, and to nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.questions.catalogue import load_catalogue, read_course
from app.questions.check import check_course
from app.questions.registry import KINDS
from app.settings import PACKAGE, ROOMS, Settings
from tests.questions.guests.number.kind import NUMBER
from tests.web.small_course import LESSON, question

WITH_NUMBER = {**KINDS, "number": NUMBER}
NUMBER_QUESTION = """[[question]]
id = "how-many"
kind = "number"
level = "apply"
concepts = ["colour"]
stem = "How many *colours* has light?"
right = 7
when_right = "CANARY That many."
when_wrong = "CANARY Count again."
steps = ["CANARY Look.", "CANARY Count."]
final_answer = "CANARY Seven."
quick_check = "CANARY Count twice."
mistakes = ["CANARY Not counting."]
"""
PRACTICE = "/lessons/colours/practice"


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    folder = tmp_path / "lessons" / "01-colours"
    folder.mkdir(parents=True)
    (folder / "lesson.md").write_text(LESSON)
    (folder / "quiz.toml").write_text(question("one", ("Red",)) + NUMBER_QUESTION)
    return tmp_path / "lessons"


@pytest.fixture
def client(lessons: Path, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(
        lessons=lessons, models=tmp_path, database_url=f"sqlite:///{tmp_path / 'records.sqlite3'}"
    )
    app = create_app(settings, WITH_NUMBER, {**ROOMS, "guests": Path(__file__).parent / "guests"})
    with TestClient(app, base_url="http://localhost", headers={"accept": "text/html"}) as client:
        yield client


def rewrite(lessons: Path, old: str, new: str) -> None:
    path = lessons / "01-colours" / "quiz.toml"
    path.write_text(path.read_text().replace(old, new))


def send(client: TestClient, number: str, attempt: str = "attempt-0123456789"):
    return client.post(f"{PRACTICE}?q=how-many", data={"option": number, "attempt": attempt})


def test_every_kind_has_its_folder_and_its_schema_takes_the_names_of_the_registry() -> None:
    for kind in KINDS.values():
        names = {name for name, other in KINDS.items() if other is kind}
        assert set(get_args(kind.schema.model_fields["kind"].annotation)) == names
        folder = PACKAGE / "questions" / kind.name
        assert {"schema.py", "grading.py", "lint.py", "view.py", "kind.py"} <= {
            p.name for p in folder.iterdir()
        }
        for name in (kind.template, kind.script, kind.style):
            assert (PACKAGE / name).is_file()
    folders = {path.parent.name for path in (PACKAGE / "questions").glob("*/schema.py")}
    assert folders == {kind.name for kind in KINDS.values()}


def test_without_its_line_in_the_registry_it_is_a_fault(lessons: Path) -> None:
    [problem] = read_course(lessons)[1]
    assert problem.what == "kind: must be 'single' or 'several'; received 'number'"


def test_it_is_read_from_the_quiz_beside_other_kinds(lessons: Path) -> None:
    one, how_many = load_catalogue(lessons, WITH_NUMBER).lesson("colours").questions
    assert (one.kind, how_many.kind) == ("single", "number")
    assert how_many.stem_html == "<p>How many <em>colours</em> has light?</p>\n"


def test_a_fault_in_it_has_its_line(lessons: Path) -> None:
    rewrite(lessons, "right = 7", 'right = "seven"')
    [problem] = read_course(lessons, WITH_NUMBER)[1]
    lines = (lessons / "01-colours" / "quiz.toml").read_text().splitlines()
    assert (problem.line, problem.question) == (lines.index('right = "seven"') + 1, "how-many")
    assert problem.what.startswith("right: must be a number, without quotes; received 'seven'")


def line_of(lessons: Path, question: int) -> int:
    """Return the line at which a question begins."""
    lines = (lessons / "01-colours" / "quiz.toml").read_text().splitlines()
    return [number for number, line in enumerate(lines, 1) if line == "[[question]]"][question]


def test_the_course_check_lints_it(lessons: Path) -> None:
    rewrite(lessons, "has light?", "has light with its 7?")
    report = check_course(lessons, kinds=WITH_NUMBER)
    assert report.problems == (
        f"01-colours/quiz.toml:{line_of(lessons, 1)}: how-many: the stem says the right number",
    )
    rewrite(lessons, "right = 7", "right = 7.5")
    twice = (lessons / "01-colours" / "quiz.toml").read_text() + NUMBER_QUESTION.replace("how-many", "again")
    (lessons / "01-colours" / "quiz.toml").write_text(twice.replace("right = 7\n", "right = 7.5\n"))
    warnings = check_course(lessons, kinds=WITH_NUMBER).warnings
    what = "a broken number has to be met exactly; allow a tolerance"
    assert f"01-colours/quiz.toml:{line_of(lessons, 2)}: again: {what}" in warnings
    assert "01-colours/quiz.toml: all 2 numbers are the same" in warnings


def test_it_is_asked_on_the_practice_page_with_its_own_fields_and_script(client: TestClient) -> None:
    page = client.get(f"{PRACTICE}?q=how-many").text
    assert 'id="question-how-many"' in page
    assert '<input type="number" name="option"' in page
    assert "data-choice" not in page
    assert "CANARY" not in page
    (script,) = re.findall(r'src="(/static/guests/[^"]+)"', page)
    assert script.startswith("/static/guests/number/question.js?v=")
    assert "answer-key" in client.get(script).text
    assert re.search(r'<link rel="stylesheet" href="/static/guests/number/question.css\?v=', page)
    other = client.get(f"{PRACTICE}?q=one").text
    assert "data-choice" in other
    assert "guests/" not in other


@pytest.mark.parametrize(
    ("numbers", "verdict", "feedback"),
    [(["7"], "Right.", "That many."), (["9", "8.5"], "Not right.", "Count again.")],
)
def test_it_is_graded_explained_and_recorded(
    client: TestClient, numbers: list[str], verdict: str, feedback: str
) -> None:
    *earlier, number = numbers
    for place, wrong in enumerate(earlier):
        first = send(client, wrong, f"attempt-before-{place}").text
        assert "CANARY Count again." in first
        assert f'value="{wrong}"' in first
        assert "CANARY Look." not in first
    page = send(client, number).text
    places = [
        page.index(part)
        for part in (verdict, f"You entered {number}.", feedback, "CANARY Look.", "CANARY Seven.")
    ]
    assert places == sorted(places)
    assert "1 of 2 answered" in client.get(f"{PRACTICE}/summary").text
    assert send(client, number).text.count("CANARY Seven.") == 1, "sent again, it is the same answer"
    assert send(client, "3").status_code == 409


def test_without_a_number_it_asks_for_one(client: TestClient) -> None:
    page = send(client, " ")
    assert page.status_code == 422
    assert "Enter a number first." in page.text
    assert "CANARY" not in page.text


def test_what_is_no_number_is_refused(client: TestClient) -> None:
    for entered in ("many", "nan", "1e999"):
        refused = send(client, entered)
        assert refused.status_code == 422
        assert "no number" in refused.text
    assert "Nothing answered yet" in client.get(f"{PRACTICE}/summary").text


def test_a_client_is_offered_it_and_answers_it(client: TestClient) -> None:
    asked = client.get("/api/questions/how-many").json()
    assert asked == {
        "id": "how-many",
        "kind": "number",
        "stem": "How many *colours* has light?",
        "unit": "none",
    }
    body = {"options": ["7"], "attempt": "attempt-0123456789"}
    reply = client.post("/api/questions/how-many/answers", json=body).json()
    assert (reply["verdict"], reply["feedback"]) == ("right", "CANARY That many.")
    assert reply["final_answer"] == "CANARY Seven."
    assert client.get("/api/lessons").json()[0]["questions"] == ["one", "how-many"]
