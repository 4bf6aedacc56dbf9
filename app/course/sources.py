"""Source code for pages: a function's own text, read without importing it, and its highlighting."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from pygments import highlight as pygmentize
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from app.course.quantities import mark_code

ROOT = Path(__file__).parents[2]
"""The folder that holds the package `app`."""

LONGEST_NAME = 200

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Source:
    """A piece of a file: `path` as a person would look for it, `first_line` counted from 1."""

    path: str
    first_line: int
    text: str


def module_source(module: str, name: str) -> Source:
    """Return the text of a function or class of this program, as `function_source` does.

    Args:
        module: a dotted name from `app` down; nothing else of this machine can be named.
        name: as for `function_source`.

    Raises:
        ValueError: there is no such module or no such definition in it.
    """
    return function_source(_file_of(module), name, module)


def function_source(path: Path, name: str, module: str = "") -> Source:
    """Return the text of a function or class as it stands in its file, decorators included.

    Args:
        path: of a Python file.
        name: of a function or class at the module's top, or `Class.method`.
        module: how a fault names the file.

    Raises:
        ValueError: there is no such definition in it.
    """
    text = path.read_text(encoding="utf-8")
    found = _find(ast.parse(text).body, name.split("."))
    if found is None:
        raise ValueError(f"{module or path.name} has no function or class {name[:80]!r}")
    first = min([found.lineno, *(decorator.lineno for decorator in found.decorator_list)])
    lines = text.split("\n")[first - 1 : found.end_lineno]
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(path.name)
    return Source(shown.as_posix(), first, "\n".join(lines) + "\n")


def highlight(code: str, language: str = "python", first_line: int = 1) -> str:
    """Colour code with CSS classes only, to be put inside `<pre><code>`; the lines of `highlighted_lines`.

    Raises:
        ValueError: there is no such language.
    """
    return "".join(highlighted_lines(code, language, first_line))


def highlighted_lines(code: str, language: str = "python", first_line: int = 1) -> list[str]:
    """Colour code, line by line.

    Returns:
        The lines; each is a `<span class="line" data-line="N">` that holds its own line break, so that a
        style sheet may show lines as blocks or in the flow.

    Raises:
        ValueError: there is no such language.
    """
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound as error:
        raise ValueError(f"no language {language!r} to highlight code in") from error
    markup = mark_code(pygmentize(code, lexer, HtmlFormatter(nowrap=True)))
    lines = markup.removesuffix("\n").split("\n")
    return [
        f'<span class="line" data-line="{number}">{line}\n</span>'
        for number, line in enumerate(lines, start=first_line)
    ]


def _file_of(module: str) -> Path:
    parts = module.split(".")
    if parts[0] != "app" or len(module) > LONGEST_NAME or not all(part.isidentifier() for part in parts):
        raise ValueError(f"{module[:80]!r} is no module below app")
    path = ROOT.joinpath(*parts).with_suffix(".py")
    if not path.is_file():
        path = ROOT.joinpath(*parts, "__init__.py")
    if not path.is_file() or not path.resolve().is_relative_to((ROOT / "app").resolve()):
        raise ValueError(f"there is no module {module}")
    return path


def _find(body: list[ast.stmt], names: list[str]) -> Definition | None:
    for node in body:
        if isinstance(node, Definition) and node.name == names[0]:
            return node if len(names) == 1 else _find(node.body, names[1:])
    return None
