"""What the colon fences of a lesson mean: `:::{name} argument`, `:option: value` lines, a body, `:::`.

| fence | what it makes |
|---|---|
| `:::{lab} player` | a lab, handed to the page; options are its first settings, the body its caption |
| `:::{margin} Title` | a note that stands in the margin where there is room |
| `:::{figure} file.png` | a picture with `:alt:`, enlarged `:scale:` times; the body is its caption |
| `:::{takeaways}` | the points to keep |
| `:::{code} snippets/x.py` | a file of the lesson, shown; the body is its caption |
| `:::{output} snippets/x.out` | what a snippet prints (the check compares); `:alt:` describes a drawing |
| `:::{source} app.module:name` | the text of a function of this program, as it runs |
| `:::{symbols} x0 eps` | rows of the table of symbols |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TypeVar

from markdown_it.token import Token
from PIL import Image

from app.course.formulas import mathml
from app.course.markdown import Place, code_block, parser
from app.course.sources import function_source
from app.diffusion.notation import SYMBOLS

T = TypeVar("T")

INFO = re.compile(r"\{(\w+)\}\s*(.*)")
OPTION = re.compile(r":([\w-]+):\s*(.*)")
LANGUAGES = {".py": "python", ".toml": "toml", ".sh": "bash", ".out": "text", ".txt": "text"}


@dataclass(frozen=True)
class Lab:
    """A lab in a lesson's text, as written: what its kind and its options mean is known in `app/labs`.

    Args:
        kind: the word after `{lab}`.
        id: of the plate on its page.
        number: of the plate.
        caption_html: the body, rendered.
        options: as written.
        line: of the file at which the fence begins.
        lines: that of each option.
    """

    kind: str
    id: str
    number: int
    caption_html: str
    options: Mapping[str, str]
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Directive:
    """A colon fence, taken apart; `first_line` is that of its body in the file, `line` that of the fence."""

    name: str
    argument: str
    options: dict[str, str]
    body: str
    first_line: int
    line: int


class Refused(ValueError):
    """A directive that cannot be rendered; the text says why."""


class Writer:
    """Renders the directives of one lesson; it counts its labs and figures."""

    def __init__(self, folder: Path, pictures: Mapping[str, str]) -> None:
        self.folder = folder
        self.pictures = pictures
        self.labs = 0
        self.figures = 0
        self.kinds: dict[str, Callable[[Directive, Place], str]] = {
            "margin": self._margin,
            "figure": self._figure,
            "takeaways": self._takeaways,
            "code": self._code,
            "output": self._output,
            "source": self._source,
            "symbols": self._symbols,
        }

    def fence(self, token: Token, place: Place) -> str:
        """Render one directive other than a lab; a faulty one is noted and left out."""
        try:
            directive = take_apart(token, place)
            if directive.name == "lab":
                raise Refused("a lab stands on its own, not inside a list or another directive")
            if directive.name not in self.kinds:
                known = ", ".join(sorted([*self.kinds, "lab"]))
                raise Refused(f"unknown directive {directive.name!r}; there are {known}")
            return self.kinds[directive.name](directive, place)
        except ValueError as error:
            place.fault(token, str(error))
            return ""

    def lab(self, token: Token, place: Place) -> Lab | None:
        """Read a lab; a faulty one is noted and left out."""
        try:
            directive = take_apart(token, place)
        except ValueError as error:
            place.fault(token, str(error))
            return None
        self.labs += 1
        caption = self._inside(directive, place)
        return Lab(
            kind=directive.argument,
            id=f"lab-{self.labs}",
            number=self.labs,
            caption_html=caption,
            options=directive.options,
            line=directive.line,
            lines={name: directive.line + place for place, name in enumerate(directive.options, 1)},
        )

    def _inside(self, directive: Directive, place: Place) -> str:
        inner = Place(place.pictures, directive.first_line, place.faults)
        return str(parser(self.fence).render(directive.body, {"place": inner}))

    def _margin(self, directive: Directive, place: Place) -> str:
        _allow(directive)
        title = escape(directive.argument)
        head = f'<p class="margin-title">{title}</p>\n' if title else ""
        label = f' aria-label="{title}"' if title else ""
        return f'<div class="margin" role="note"{label}>\n{head}{self._inside(directive, place)}</div>\n'

    def _takeaways(self, directive: Directive, place: Place) -> str:
        _allow(directive)
        return f'<div class="takeaways">\n{self._inside(directive, place)}</div>\n'

    def _figure(self, directive: Directive, place: Place) -> str:
        _allow(directive, "alt", "scale")
        name, alt = directive.argument, directive.options.get("alt", "")
        if name not in self.pictures:
            raise Refused(f"there is no picture {name!r} in the lesson's folder")
        if not alt:
            raise Refused(f"the figure {name!r} needs an :alt: for those who cannot see it")
        scale = int(_read("scale", directive.options.get("scale", "1"), int))
        width, height = (side * scale for side in _size(self.folder / name))
        self.figures += 1
        pixels = ' class="pixels"' if scale > 1 else ""
        return (
            f'<figure class="figure" id="figure-{self.figures}">\n'
            f'<img{pixels} src="{escape(self.pictures[name])}" alt="{escape(alt)}" '
            f'width="{width}" height="{height}" loading="lazy">\n'
            f'<figcaption><span class="figure-number">Figure {self.figures}</span>\n'
            f"{self._inside(directive, place)}</figcaption>\n</figure>\n"
        )

    def _code(self, directive: Directive, place: Place) -> str:
        _allow(directive)
        path = self._included(directive.argument)
        code = code_block(path.read_text(encoding="utf-8"), LANGUAGES.get(path.suffix, "text"))
        return self._listing("listing", path.name, code, directive, place)

    def _output(self, directive: Directive, place: Place) -> str:
        _allow(directive, "alt")
        path = self._included(directive.argument)
        code = code_block(path.read_text(encoding="utf-8"), "text", alt=directive.options.get("alt"))
        return self._listing("output", f"{path.stem}.py prints", code, directive, place)

    def _included(self, name: str) -> Path:
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()) or not path.is_file():
            raise Refused(f"there is no file {name!r} in the lesson's folder")
        return path

    def _source(self, directive: Directive, place: Place) -> str:
        _allow(directive)
        module, colon, name = directive.argument.partition(":")
        if not colon:
            raise Refused("a source is named as module:function, as app.diffusion.samplers.ddim:ddim")
        source = function_source(module, name)
        code = code_block(source.text, "python", source.first_line)
        return self._listing("listing", source.path, code, directive, place)

    def _listing(self, kind: str, title: str, code: str, directive: Directive, place: Place) -> str:
        caption = f'<span class="file-name">{escape(title)}</span>\n{self._inside(directive, place)}'
        return f'<figure class="{kind}">\n<figcaption>{caption}</figcaption>\n{code}</figure>\n'

    def _symbols(self, directive: Directive, place: Place) -> str:
        _allow(directive)
        symbols = {symbol.code: symbol for symbol in SYMBOLS}
        rows = []
        for code in directive.argument.split():
            if code not in symbols:
                raise Refused(f"unknown symbol {code!r}; there are {', '.join(symbols)}")
            formula = mathml(symbols[code].latex, display=False)
            rows.append(
                f'<tr><td>{formula}</td><th scope="row"><code>{escape(code)}</code></th>'
                f"<td>{escape(symbols[code].meaning)}</td></tr>\n"
            )
        head = '<tr><th scope="col">sign</th><th scope="col">in code</th><th scope="col">meaning</th></tr>'
        body = f"<thead>{head}</thead>\n<tbody>\n{''.join(rows)}</tbody>"
        return f'<table class="symbols" tabindex="0">\n{body}\n</table>\n'


def take_apart(token: Token, place: Place) -> Directive:
    """Split a colon fence into name, argument, options and body.

    Raises:
        Refused: the fence has no `{name}`, is never closed, or gives an option twice.
    """
    info = INFO.fullmatch(token.info.strip())
    if info is None:
        raise Refused(f"a directive begins with :::{{name}}, not with :::{token.info.strip()}")
    lines = token.content.splitlines(keepends=True)
    start, end = token.map or [0, 0]
    if end - start != len(lines) + 2:
        raise Refused(f"the directive {info.group(1)!r} is never closed by a line of {token.markup}")
    options: dict[str, str] = {}
    while lines and (option := OPTION.fullmatch(lines[0].strip())):
        name, value = option.groups()
        if name in options:
            raise Refused(f"the option {name!r} is given twice")
        options[name] = value.strip()
        lines.pop(0)
    first_line = place.first_line + end - 1 - len(lines)
    line = place.first_line + start
    return Directive(info.group(1), info.group(2).strip(), options, "".join(lines), first_line, line)


def _size(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as picture:
            return picture.size
    except OSError as error:
        raise Refused(f"{path.name!r} is no picture that can be read") from error


def _allow(directive: Directive, *names: str) -> None:
    unknown = [name for name in directive.options if name not in names]
    if unknown:
        allowed = f"it takes {', '.join(names)}" if names else "it takes none"
        raise Refused(f"unknown option {unknown[0]!r} of {directive.name}; {allowed}")


def _read(name: str, value: str, reader: Callable[[str], T]) -> T:
    try:
        return reader(value)
    except ValueError as error:
        raise Refused(f"the option {name!r} cannot be {value!r}") from error
