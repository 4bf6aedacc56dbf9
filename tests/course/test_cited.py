"""Objects of the program that lessons lead to: found where they stand, and nothing else."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.course import cited
from app.course.cited import find_cited
from app.course.sources import ROOT

PACKAGE = {
    "app/__init__.py": "",
    "app/deep/__init__.py": "",
    "app/deep/__main__.py": "x = 1\n",
    "app/deep/_own.py": "x = 1\n",
    "app/deep/empty.py": "",
    "app/deep/shapes.py": '''"""Shapes."""

raise SystemExit("imported")

SIDES: dict[str, int] = {
    "square": 4,
}
"""How many each has."""

WIDE = HIGH = 3
LEFT, RIGHT = 0, 1
SIDES["triangle"] = 3


@decorated
@twice(
    4
)
def area(side):
    def inner():
        pass
    return side * side


class Shape:
    name = "shape"

    @property
    def sides(self):
        return 0

    class Corner:
        angle = 90

    def _hidden(self):
        pass


def _private():
    pass
''',
    "app/data/notes.py": "x = 1\n",
    "outside.py": "x = 1\n",
}
"""`data` is no package."""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in PACKAGE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(cited, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("SIDES", "SIDES: dict[str, int] = {", '"""How many each has."""'),
        ("WIDE", "WIDE = HIGH = 3", "WIDE = HIGH = 3"),
        ("HIGH", "WIDE = HIGH = 3", "WIDE = HIGH = 3"),
        ("RIGHT", "LEFT, RIGHT = 0, 1", "LEFT, RIGHT = 0, 1"),
        ("area", "@decorated", "    return side * side"),
        ("Shape", "class Shape:", "        pass"),
        ("Shape.name", '    name = "shape"', '    name = "shape"'),
        ("Shape.sides", "    @property", "        return 0"),
        ("Shape.Corner.angle", "        angle = 90", "        angle = 90"),
    ],
)
def test_an_object_is_found_with_all_of_its_lines_and_without_being_imported(
    program: Path, name: str, first: str, last: str
) -> None:
    found = find_cited(f"app.deep.shapes.{name}")
    lines = PACKAGE["app/deep/shapes.py"].splitlines()[found.lines[0] - 1 : found.lines[1]]
    assert (lines[0], lines[-1]) == (first, last)
    assert (found.path, found.name) == ("app/deep/shapes.py", name)
    assert found.address == f"/code/app/deep/shapes.py#code-{name}"


def test_a_whole_module_is_all_of_its_lines(program: Path) -> None:
    found = find_cited("app.deep.shapes")
    assert found.lines == (1, len(PACKAGE["app/deep/shapes.py"].splitlines()))
    assert (found.name, found.anchor, found.address) == ("", "", "/code/app/deep/shapes.py")
    assert find_cited("app.deep.empty").lines == (1, 1)


@pytest.mark.parametrize(
    ("dotted", "what"),
    [
        ("app.deep.shapes.circle", "app.deep.shapes has no circle; it has SIDES, WIDE, HIGH, LEFT, RIGHT, "),
        ("app.deep.shapes.area.inner", "has no area.inner"),
        ("app.deep.shapes.Shape.gone", "has no Shape.gone"),
        ("app.deep.empty.x", "app.deep.empty has no x; it has nothing public"),
        ("app.deep.gone", "there is no module app.deep.gone; app.deep has empty, shapes"),
        ("app.Deep.shapes", "there is no module app.Deep; app has deep"),
        ("app.gone.shapes.area", "there is no module app.gone; app has deep"),
        ("app.data.notes", "there is no module app.data"),
        ("app.deep", "app.deep is a package; name one of its modules: empty, shapes"),
        ("app", "app is a package; name one of its modules: deep"),
        ("app.deep.shapes._private", "is private, since _private begins with an underscore"),
        ("app.deep.shapes.Shape._hidden", "is private"),
        ("app.deep._own.x", "is private, since _own"),
        ("app.deep.__main__", "is private"),
        ("app.deep.shapes.Shape.__init__", "is private"),
        ("outside.x", "outside.x is not of this program, whose names begin with app."),
        ("os.path.join", "is not of this program"),
        ("tests.course.test_cited", "is not of this program"),
        ("", "is no name of an object"),
        ("app.", "is no name of an object"),
        ("app..deep", "is no name of an object"),
        ("app.deep.shapes:area", "is no name of an object"),
        ("app/deep/shapes.py", "is no name of an object"),
        ("app.../outside", "is no name of an object"),
        ("app.deep.shapes." + "a" * 5_000, "is no name of an object"),
        ("app.deep.shapes.area()", "is no name of an object"),
    ],
)
def test_what_is_not_there_or_not_for_readers_is_refused_in_words(
    program: Path, dotted: str, what: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(what)) as refused:
        find_cited(dotted)
    assert len(str(refused.value)) < 400


def test_every_public_definition_of_the_mathematics_is_found_where_it_begins() -> None:
    seen = 0
    for path in sorted((ROOT / "app" / "diffusion").glob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.parse("\n".join(lines)).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                first, last = find_cited(f"app.diffusion.{path.stem}.{node.name}").lines
                assert lines[first - 1].startswith(("def ", "class ", "@")), (path, node.name)
                assert f" {node.name}" in "\n".join(lines[first - 1 : last])
                seen += 1
    assert seen > 40


def test_modules_that_need_torch_are_read_without_it() -> None:
    script = (
        "import sys\nfrom app.course.cited import find_cited\n"
        "print(find_cited('app.training.trainer.Trainer').lines[0] > 1, 'torch' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["True", "False"]
