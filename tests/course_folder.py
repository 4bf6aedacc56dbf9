"""A small course, written to a folder, of which each test spoils one thing; and the fixtures of it."""

import copy
from pathlib import Path

import pytest
from PIL import Image

HEAD = """+++
title = "Colours"
unit = "Seeing"
minutes = 10
summary = "What colours are."
hook = "What is red?"
concepts = ["colour"]
+++
"""

QUESTION = {
    "id": "which-colour",
    "kind": "single",
    "level": "recall",
    "concepts": ["colour"],
    "stem": "Which *colour*?",
    "steps": ["Look.", "Tell."],
    "final_answer": "Red.",
    "quick_check": "Look again.",
    "mistakes": ["Not looking."],
    "options": [
        {"text": "Red", "right": True, "feedback": "Red it is."},
        {"text": "A deep green", "right": False, "feedback": "Green is another."},
        {"text": "Blue", "right": False, "feedback": "Blue is another."},
    ],
}


def toml_value(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    return f"'''{value}'''" if isinstance(value, str) else str(value)


def toml_of(questions):
    lines = []
    for question in questions:
        lines.append("[[question]]")
        lines += [f"{k} = {toml_value(v)}" for k, v in question.items() if k not in {"options", "experiment"}]
        if "experiment" in question:
            lines += ["[question.experiment]"]
            lines += [f"{k} = {toml_value(v)}" for k, v in question["experiment"].items()]
        for option in question.get("options", ()):
            lines += ["[[question.options]]", *(f"{k} = {toml_value(v)}" for k, v in option.items())]
    return "\n".join(lines) + "\n"


class Course:
    """A folder of lessons in the making."""

    def __init__(self, folder):
        self.folder = folder

    def lesson(self, name="01-colours", body="Every colour is a colour.\n", questions=(QUESTION,), head=HEAD):
        """Write a lesson, and return its folder."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lesson.md").write_text(head + body, encoding="utf-8")
        (folder / "quiz.toml").write_text(toml_of(questions), encoding="utf-8")
        Image.new("L", (3, 2)).save(folder / "dot.png")
        return folder


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path / "lessons")


@pytest.fixture
def question():
    """The table of a sound question, free to be changed."""
    return copy.deepcopy(QUESTION)
