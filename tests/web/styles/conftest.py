"""The pages of the site: those of the shipped course, and those that need an engine, over a small one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.labs.registry import LABS
from app.main import create_app
from app.questions.catalogue import load_catalogue
from app.settings import Settings, files_folder
from tests.web.fake_engine import CARDS, FakeEngine
from tests.web.services import change_services
from tests.web.small_course import LESSON as SMALL_LESSON
from tests.web.small_course import question
from tests.web.styles.site_pages import LESSON, SitePage, give_answer, read_page

PRACTICE = f"{LESSON}/practice"
FRAGMENT = {"hx-request": "true"}
FURTHER = """
A claim.[^1] And $\\begin{aligned} a &= b \\\\ &= c \\end{aligned}$

$$\\begin{cases} a & b \\end{cases}$$

:::{lab} player
:model: photos

A model whose weights are still to be made.
:::

:::{question} one
:::

[^1]: Its source.
"""
"""What a lesson may hold, and the shipped one does not."""

EXPERIMENT = """
[question.experiment]
kind = "run"
model = "tiny"
seed = 3
steps = 4
"""


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, SitePage]:
    """Give every page of the site by a name for it."""
    folder = tmp_path_factory.mktemp("site")
    return dict([*shipped_pages(folder), *pages_with_an_engine(folder)])


def client_of(folder: Path, **settings: Any) -> TestClient:
    settings |= {"database_url": f"sqlite:///{folder / 'records.sqlite3'}"}
    return TestClient(
        create_app(Settings(**settings)), base_url="http://localhost", headers={"accept": "text/html"}
    )


def shipped_pages(folder: Path) -> Iterator[tuple[str, SitePage]]:
    with client_of(folder) as client:

        def page(address: str, *fragments: str, fragment: bool = False) -> SitePage:
            texts = [client.get(other, headers=FRAGMENT).text for other in fragments]
            return read_page(client, client.get(address).text, *texts)

        yield "a question", page(PRACTICE, "/nowhere")
        yield "several answers", page(f"{PRACTICE}?q=l1-copying")
        yield (
            "no answer",
            read_page(client, client.post(f"{PRACTICE}?q=l1-purpose", data={"attempt": "a"}).text),
        )
        yield "a question with code", page(f"{PRACTICE}?q=l1-predict-once")
        for name, verdict, again in (
            ("wrong", "wrong", 0),
            ("last wrong", "wrong", 0),
            ("right", "right", 1),
        ):
            answer = give_answer(client, f"{PRACTICE}?q=l1-predict-once", verdict, again)
            yield f"a {name} answer", read_page(client, answer)
        for verdict in ("wrong", "right"):
            answer = give_answer(client, f"{PRACTICE}?q=l1-loss-rises", verdict)
        yield "a right second answer", read_page(client, answer)
        yield "a solution", read_page(client, client.post(f"{PRACTICE}/solution?q=l1-purpose").text)
        yield "a handout", page("/lessons/from-noise-to-picture/print")
        yield "a prediction", page("/predictions/l1-one-step")
        yield "the summary", page(f"{PRACTICE}/summary")
        yield "home", page("/", "/fragments/progress")
        yield "a lesson", page(LESSON, "/fragments/progress/from-noise-to-picture")
        yield "privacy", page("/privacy")
        yield "licences", page("/licences")
        yield "the glossary", page("/glossary")
        yield "a search", page("/search?q=noise")
        yield "a file of the program", page("/code/app/diffusion/schedules.py")
        yield "the labs", page("/labs")
        for lab in LABS:
            yield f"the lab {lab}", page(f"/labs/{lab}")
        yield "an error", page("/nowhere")
        yield "before deleting", page("/learner/forget")
        yield "forgotten", read_page(client, client.post("/learner/forget").text)


def pages_with_an_engine(folder: Path) -> Iterator[tuple[str, SitePage]]:
    lesson = folder / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    (folder / "models").mkdir()
    (lesson / "lesson.md").write_text(SMALL_LESSON, encoding="utf-8")
    (lesson / "quiz.toml").write_text(question("one", ("Red",)) + EXPERIMENT, encoding="utf-8")
    with client_of(folder, lessons=lesson.parent, models=folder / "models") as client:
        yield "a lesson without its model", read_page(client, client.get("/lessons/colours").text)
    (lesson / "lesson.md").write_text(SMALL_LESSON + FURTHER, encoding="utf-8")
    with client_of(folder, lessons=lesson.parent, models=files_folder("models")) as client:
        html = client.get("/lessons/colours").text
        here = client.get("/fragments/questions/one", headers=FRAGMENT).text
        told = client.post("/fragments/questions/one/solution").text
        yield "a lesson with more in it", read_page(client, html, here, told)
        catalogue = load_catalogue(lesson.parent)
        change_services(client.app, catalogue=catalogue, cards=CARDS, engine=FakeEngine())
        before = give_answer(client, "/lessons/colours/practice?q=one", "right", 1)
        outcome = client.get("/questions/one/experiment", headers=FRAGMENT).text
        assert "<img" in outcome
        yield "an outcome below its question", read_page(client, before, outcome)
        yield "an experiment", read_page(client, client.get("/questions/one/experiment").text)
        run = client.post("/runs", data={"model": "painter", "prompt": "a red castle"}).text
        assert re.search(r"<li>.*castle", run)
        yield "a run", read_page(client, run)
