"""A course with questions of several kinds, a page that holds them all, and a visitor who answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from app.learners.sessions import new_session
from app.main import create_app
from app.questions.registry import KINDS
from app.settings import ROOMS, Settings
from app.web.edge.services import services_of
from app.web.edge.session import keep_session, session_of
from app.web.practice.addresses import on_practice_page
from app.web.practice.asked import asked
from tests.browser.playwright_names import Browser, Page
from tests.browser.server_thread import served_in_thread
from tests.questions.guests.number.kind import NUMBER
from tests.web.small_course import LESSON, question

FAILED_REQUEST = re.compile("status of [45]|ERR_INTERNET_DISCONNECTED|Failed to fetch")
GUESTS = Path(__file__).parent.parent / "questions" / "guests"
HOW_MANY = """[[question]]
id = "how-many"
kind = "number"
level = "apply"
concepts = ["colour"]
stem = "How many are there?"
right = 7
when_right = "That many."
when_wrong = "Count again."
steps = ["Look.", "Count."]
final_answer = "Seven."
quick_check = "Count twice."
mistakes = ["Not counting."]
"""
EXPERIMENT = """
[question.experiment]
kind = "run"
model = "digits"
"""
IN_TEXT = f"""
{"A line of text. " * 400}

:::{{question}} one
:::

{"Another line of text. " * 400}

:::{{question}} some
:::
"""
PAGE = """{% extends "base.html" %}
{% block styles %}<link rel="stylesheet" href="{{ asset('practice/question.css') }}">
{% for style in styles %}<link rel="stylesheet" href="{{ asset(style) }}">{% endfor %}{% endblock %}
{% block scripts %}<script src="{{ asset('practice/practice.js') }}" type="module"></script>
{% for script in scripts %}<script src="{{ asset(script) }}" type="module"></script>{% endfor %}{% endblock %}
{% block main %}<article class="wrap"><h1 id="practice">Two at once</h1>
{% for asked in questions %}<h2>{{ asked.label }}</h2>{% include "practice/asked.html" %}{% endfor %}
</article>{% endblock %}"""


def with_page_of_several(app: FastAPI) -> FastAPI:
    """Add a page that asks all questions of the lesson at once."""

    @app.get("/several")
    async def several(request: Request, names: str = "one,some,how-many") -> HTMLResponse:
        services = services_of(request)
        learner = session_of(request) or new_session(services.secret)
        (lesson,) = services.catalogue.lessons
        questions = [
            asked(
                lesson,
                services.catalogue.question(name),
                services.kinds,
                learner.learner_key,
                page=on_practice_page(lesson, services.catalogue.question(name)),
            )
            for name in names.split(",")
        ]
        scripts = dict.fromkeys(one.kind.script for one in questions)
        styles = dict.fromkeys(one.kind.style for one in questions)
        template = services.templates.env.from_string(PAGE)
        response = HTMLResponse(template.render(questions=questions, scripts=scripts, styles=styles))
        keep_session(request, response, learner)
        return response

    return app


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("course")
    lesson = folder / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(LESSON + IN_TEXT)
    several = question("some", ("Red", "Blue"), kind="several")
    (lesson / "quiz.toml").write_text(question("one", ("Red",)) + EXPERIMENT + several + HOW_MANY)
    settings = Settings(
        lessons=folder / "lessons",
        models=folder / "none",
        database_url=f"sqlite:///{folder / 'records.sqlite3'}",
    )
    app = create_app(settings, {**KINDS, "number": NUMBER}, {**ROOMS, "guests": GUESTS})
    with served_in_thread(with_page_of_several(app)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert [error for error in errors if not FAILED_REQUEST.search(error)] == []
