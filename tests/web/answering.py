"""An app over a course of two questions, answers sent to it, and what of them was recorded."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from fastapi import FastAPI

from app.course.catalogue import Catalogue
from app.course.lesson import Lesson
from app.course.outline import outline_of
from app.questions.choice.schema import ChoiceQuestion
from app.questions.registry import KINDS
from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from app.web.practice import api
from tests.web.services import serve_with

TEXTS = ("Red", "Green", "Blue", "Yellow")
ATTEMPT = "attempt-0123456789abcdef"


def question(name, kind, right, marks="", texts=TEXTS):
    return ChoiceQuestion.model_validate(
        {
            "id": name,
            "kind": kind,
            "level": "recall",
            "concepts": ["colour"],
            "stem": "Which *colour*?",
            "options": [
                {"text": text, "right": text in right, "feedback": f"Feedback on {text}.{marks}"}
                for text in texts
            ],
            "steps": [f"First.{marks}", f"Second.{marks}"],
            "final_answer": f"It is {', '.join(right)}.{marks}",
            "quick_check": f"Look again.{marks}",
            "mistakes": [f"Not looking.{marks}"],
        }
    )


def catalogue(single_right="Red", several_right=("Red", "Blue"), marks="", *, two=False):
    questions = (
        question("one", "single", [single_right], marks),
        question("some", "several", several_right, marks),
        *([question("two", "single", [single_right], marks, TEXTS[:2])] if two else []),
    )
    lesson = Lesson(
        slug="colours",
        number=1,
        folder=Path("01-colours"),
        title="Colours",
        unit="Seeing",
        minutes=5,
        summary="About colours.",
        hook="Which?",
        concepts=("colour",),
        toc=(),
        blocks=(),
        questions=questions,
        pictures={},
        text="",
    )
    return Catalogue((lesson,), outline_of([lesson]))


def app_for(records, course, **limits):
    app = FastAPI()
    install_error_handlers(app)
    install_guards(app, Settings())
    app.include_router(api.router)
    serve_with(app, limits, catalogue=course, kinds=KINDS, records=records)
    return app


def rows(url, table="attempts"):
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    finally:
        connection.close()


def ids(*texts, name="one"):
    chosen = {option.text: option.id for option in catalogue().question(name).options}
    return [chosen[text] for text in texts]


def answer(client, options, attempt=ATTEMPT, name="one", **kwargs):
    body = {"options": options, "attempt": attempt}
    return client.post(f"/api/questions/{name}/answers", json=body, **kwargs)
