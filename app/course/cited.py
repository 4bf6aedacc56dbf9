"""Objects of this program that lessons lead to: named with dots, found by reading files, never by importing.

Public modules below `app` and what they define at their top: functions, classes with what these define, and
names that a value is given to. Nothing else of this machine can be named.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.course.sources import LONGEST_NAME, ROOT, Definition

PROGRAM = "app"
EXAMPLE = "app.diffusion.samplers.ddim.ddim"
CODE_PAGES = "/code/"
"""What the addresses of the pages begin with that show modules."""

Lines = tuple[int, int]
"""The first line and the last one of something, counted from the top of its file."""


@dataclass(frozen=True)
class Cited:
    """A module of this program, or an object in it.

    Args:
        dotted: the whole name, as `app.diffusion.schedules.Cosine`.
        path: of the file, as a person would look for it: `app/diffusion/schedules.py`.
        name: within the file, as `Cosine` or `Cosine.t_from_sigma`; empty for the whole file.
        lines: decorators, and the text below a name that describes it, included.
    """

    dotted: str
    path: str
    name: str
    lines: Lines

    @property
    def anchor(self) -> str:
        """The id of its lines on the page of the file; empty for the whole file."""
        return f"code-{self.name}" if self.name else ""

    @property
    def address(self) -> str:
        """Where it is shown."""
        return f"{CODE_PAGES}{self.path}" + (f"#{self.anchor}" if self.name else "")


def find_cited(dotted: str) -> Cited:
    """Find a module of this program, or an object in one, by its name.

    Raises:
        ValueError: there is none of that name, or it is private; the text says which names there are.
    """
    parts = dotted.split(".")
    if len(dotted) > LONGEST_NAME or not all(part.isidentifier() for part in parts):
        raise ValueError(f"{dotted[:80]!r} is no name of an object; it is written with dots, as {EXAMPLE}")
    if parts[0] != PROGRAM:
        raise ValueError(f"{dotted} is not of this program, whose names begin with {PROGRAM}.")
    private = next((part for part in parts if part.startswith("_")), None)
    if private:
        what = f"{dotted} is private, since {private} begins with an underscore"
        raise ValueError(f"{what}; name the public object that uses it")
    path, names = _module(parts)
    text = path.read_text(encoding="utf-8")
    shown = path.relative_to(ROOT).as_posix()
    if not names:
        return Cited(dotted, shown, "", (1, max(1, len(text.splitlines()))))
    module, body = ".".join(parts[: len(parts) - len(names)]), ast.parse(text).body
    lines = _lines_of(body, names)
    if lines is None:
        there_are = ", ".join(dict.fromkeys(_public(body))) or "nothing public"
        raise ValueError(f"{module} has no {'.'.join(names)}; it has {there_are}")
    return Cited(dotted, shown, ".".join(names), lines)


def _module(parts: Sequence[str]) -> tuple[Path, list[str]]:
    """Find the file of the module that a name begins with; return the rest of the name beside it."""
    folder = ROOT / PROGRAM
    for place, part in enumerate(parts[1:], 1):
        packages, modules = _within(folder)
        if part in modules:
            return folder / f"{part}.py", [*parts[place + 1 :]]
        if part not in packages:
            before = ".".join(parts[:place])
            raise ValueError(
                f"there is no module {before}.{part}; {before} has {', '.join([*packages, *modules])}"
            )
        folder /= part
    packages, modules = _within(folder)
    there_are = ", ".join([*packages, *modules]) or "none that is public"
    raise ValueError(f"{'.'.join(parts)} is a package; name one of its modules: {there_are}")


def _within(folder: Path) -> tuple[list[str], list[str]]:
    """List the public packages and modules of a package, as its folder spells them."""
    paths = [path for path in sorted(folder.iterdir()) if not path.name.startswith(("_", "."))]
    packages = [path.name for path in paths if (path / "__init__.py").is_file()]
    return packages, [path.stem for path in paths if path.suffix == ".py" and path.is_file()]


def _lines_of(body: Sequence[ast.stmt], names: Sequence[str]) -> Lines | None:
    """Find what a module or a class defines under a name, and what that defines under the next one."""
    for place, node in enumerate(body):
        if names[0] in _defined(node):
            if len(names) == 1:
                return _whole(body, place)
            return _lines_of(node.body, names[1:]) if isinstance(node, ast.ClassDef) else None
    return None


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, Definition):
        yield node.name
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            yield from (part.id for part in parts if isinstance(part, ast.Name))


def _public(body: Sequence[ast.stmt]) -> Iterator[str]:
    yield from (name for node in body for name in _defined(node) if not name.startswith("_"))


def _whole(body: Sequence[ast.stmt], place: int) -> Lines:
    """Return the lines of a definition; those of a name end with the text below that describes it."""
    node = body[place]
    first, last = node.lineno, node.end_lineno or node.lineno
    if isinstance(node, Definition):
        return min([first, *(decorator.lineno for decorator in node.decorator_list)]), last
    below = body[place + 1] if place + 1 < len(body) else None
    if (
        isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    ):
        last = below.end_lineno or last
    return first, last
