"""A kind of lab is added as one folder and one line of the registry, and nothing else.

The program is copied, the folder and the line are added to the copy, and the copy is run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = '    "player": "app.labs.player",\n'
FILES = {
    "__init__.py": "",
    "options.py": """
from app.labs.options import BadOptions, OptionFault, only


def described():
    return {"speed": "How fast it turns, from 1 to 9."}


def read(lab, resources):
    faults = only(lab.options, ("speed",), lab.kind)
    speed = lab.options.get("speed", "1")
    if speed not in tuple("123456789"):
        faults.append(OptionFault(f"speed must be from 1 to 9, got {speed!r}", "speed"))
    if faults:
        raise BadOptions(faults)
    return int(speed)
""",
    "view.py": """
from dataclasses import dataclass

TITLE, SUMMARY, EXAMPLE = "A wheel", "It turns.", {"speed": "3"}


@dataclass(frozen=True)
class Wheel:
    id: str
    speed: int


def view(lab, settings, resources):
    return Wheel(lab.id, settings)
""",
    "view.html": '<figure class="plate big-wheel" id="{{ lab.id }}">turns at {{ lab.speed }}</figure>\n',
    "lab.js": "export const turns = true;\n",
    "lab.css": ".big-wheel { color: inherit; }\n",
    "routes.py": """
from fastapi import APIRouter


def router(labs):
    made = APIRouter()

    @made.get("/labs/big-wheel/speeds")
    async def speeds() -> list[int]:
        return list(range(1, 10))

    return made
""",
}
HEAD = """+++
title = "Wheels"
unit = "Turning"
minutes = 5
summary = "Wheels."
hook = "Do they turn?"
concepts = ["wheel"]
+++

A wheel.

"""
PROGRAM = """
import json, sys
from pathlib import Path
from starlette.testclient import TestClient
from app.cards import find_cards
from app.labs.registry import read_labs
from app.main import create_app
from app.questions.catalogue import read_course
from app.settings import Settings

folder = Path(sys.argv[1])
faulty = read_labs(read_course(folder / "faulty")[0], find_cards(folder / "models"))[1]
settings = Settings(
    lessons=folder / "lessons", models=folder / "models", database_url=f"sqlite:///{folder}/records.sqlite3"
)
with TestClient(create_app(settings), base_url="http://localhost") as client:
    paths = ["/lessons/wheels", "/labs", "/labs/big-wheel", "/static/labs/big_wheel/lab.js",
             "/static/labs/big_wheel/lab.css", "/labs/big-wheel/speeds"]
    answers = {path: client.get(path) for path in paths}
    statuses = {path: answer.status_code for path, answer in answers.items()}
    texts = {path: answer.text for path, answer in answers.items()}
print(json.dumps({"faults": [str(fault) for fault in faulty], "statuses": statuses, "texts": texts}))
"""


def write_lesson(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "lesson.md").write_text(HEAD + text)
    (folder / "quiz.toml").write_text("")


@pytest.mark.slow
def test_a_folder_and_a_line_of_the_registry_make_a_kind_of_lab(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__", "_files"))
    for name in ("templates", "static"):
        (tmp_path / name).symlink_to(ROOT / name)
    folder = tmp_path / "app" / "labs" / "big_wheel"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
    registry = tmp_path / "app" / "labs" / "registry.py"
    text = registry.read_text()
    assert text.count(LINE) == 1
    registry.write_text(text.replace(LINE, f'{LINE}    "big-wheel": "app.labs.big_wheel",\n'))
    write_lesson(tmp_path / "lessons" / "01-wheels", ":::{lab} big-wheel\n:speed: 7\n:::\n")
    write_lesson(tmp_path / "faulty" / "01-wheels", ":::{lab} big-wheel\n:speed: 70\n:::\n")
    (tmp_path / "models").mkdir()

    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["faults"] == ["01-wheels/lesson.md:13: speed must be from 1 to 9, got '70'"]
    assert set(found["statuses"].values()) == {200}
    page = found["texts"]["/lessons/wheels"]
    assert "turns at 7" in page
    for name in ("lab.js", "lab.css"):
        assert f"/static/labs/big_wheel/{name}?v=" in page
    assert "A wheel" in found["texts"]["/labs"]
    assert "turns at 3" in found["texts"]["/labs/big-wheel"]
