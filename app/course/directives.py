"""What the colon fences of a lesson mean: `:::{name} argument`, `:option: value` lines, a body, `:::`.

`fences.py` describes each; `Writer` renders them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TypeVar

from markdown_it.token import Token
from PIL import Image

from app.course.fences import FENCES, Directive, Refused, check_options, take_apart
from app.course.formulas import mathml
from app.course.markdown import Place, code_block, parser
from app.course.prediction import Prediction, read_prediction
from app.course.quantities import QUANTITIES, mark
from app.course.sources import function_source
from app.diffusion.notation import SYMBOLS

T = TypeVar("T")

APART = ("lab", "question", "predict")
"""Directives that are blocks of the page, between stretches of text."""

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
class QuestionHere:
    """A place in a lesson's text at which one of its questions is asked; `line` is that of the fence."""

    question_id: str
    line: int


class Writer:
    """Renders the directives of one lesson; it counts its labs and figures, and knows the questions asked."""

    def __init__(self, folder: Path, pictures: Mapping[str, str]) -> None:
        self.folder = folder
        self.pictures = pictures
        self.labs = 0
        self.figures = 0
        self.asked: set[str] = set()
        self.predicted: set[str] = set()
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
            if directive.name in APART:
                raise Refused(f"a {directive.name} stands on its own, not inside a list or another directive")
            if directive.name not in self.kinds:
                known = ", ".join(sorted(FENCES))
                raise Refused(f"unknown directive {directive.name!r}; there are {known}")
            check_options(directive, FENCES[directive.name].options)
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

    def question(self, token: Token, place: Place) -> QuestionHere | None:
        """Read the place of a question; a faulty one is noted and left out."""
        try:
            directive = take_apart(token, place)
            check_options(directive, FENCES["question"].options)
            if directive.body.strip():
                raise Refused("a question has no body: its text stands in quiz.toml")
            if directive.argument in self.asked:
                raise Refused(f"the question {directive.argument!r} is asked twice in this text; ask it once")
        except ValueError as error:
            place.fault(token, str(error))
            return None
        self.asked.add(directive.argument)
        return QuestionHere(directive.argument, directive.line)

    def prediction(self, token: Token, place: Place) -> Prediction | None:
        """Read a prediction; a faulty one is noted and left out."""
        try:
            directive = take_apart(token, place)
            check_options(directive, FENCES["predict"].options)
            found = read_prediction(directive, lambda text, line: self._rendered(text, line, place))
            if found.id in self.predicted:
                raise Refused(f"the prediction {found.id!r} stands twice in this text")
        except ValueError as error:
            place.fault(token, str(error))
            return None
        self.predicted.add(found.id)
        return found

    def _inside(self, directive: Directive, place: Place) -> str:
        return self._rendered(directive.body, directive.first_line, place)

    def _rendered(self, text: str, line: int, place: Place) -> str:
        inner = Place(place.pictures, line, place.faults)
        return str(parser(self.fence).render(text, {"place": inner}))

    def _margin(self, directive: Directive, place: Place) -> str:
        title = escape(directive.argument)
        head = f'<p class="margin-title">{title}</p>\n' if title else ""
        label = f' aria-label="{title}"' if title else ""
        return f'<div class="margin" role="note"{label}>\n{head}{self._inside(directive, place)}</div>\n'

    def _takeaways(self, directive: Directive, place: Place) -> str:
        return f'<div class="takeaways">\n{self._inside(directive, place)}</div>\n'

    def _figure(self, directive: Directive, place: Place) -> str:
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
        path = self._included(directive.argument)
        code = code_block(path.read_text(encoding="utf-8"), LANGUAGES.get(path.suffix, "text"))
        return self._listing("listing", path.name, code, directive, place)

    def _output(self, directive: Directive, place: Place) -> str:
        path = self._included(directive.argument)
        code = code_block(path.read_text(encoding="utf-8"), "text", alt=directive.options.get("alt"))
        return self._listing("output", f"{path.stem}.py prints", code, directive, place)

    def _included(self, name: str) -> Path:
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()) or not path.is_file():
            raise Refused(f"there is no file {name!r} in the lesson's folder")
        return path

    def _source(self, directive: Directive, place: Place) -> str:
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
        symbols = {symbol.code: symbol for symbol in SYMBOLS}
        rows = []
        for code in directive.argument.split():
            if code not in symbols:
                raise Refused(f"unknown symbol {code!r}; there are {', '.join(symbols)}")
            formula = mathml(symbols[code].latex, display=False)
            rows.append(
                f'<tr><th scope="row">{formula} {_named(code)}</th>'
                f"<td>{escape(symbols[code].meaning)}</td></tr>\n"
            )
        head = '<tr><th scope="col">sign, and in code</th><th scope="col">meaning</th></tr>'
        body = f"<thead>{head}</thead>\n<tbody>\n{''.join(rows)}</tbody>"
        return f'<table class="symbols" tabindex="0">\n{body}\n</table>\n'


def _named(code: str) -> str:
    marked = f' class="{mark(code)}"' if code in QUANTITIES else ""
    return f"<code{marked}>{escape(code)}</code>"


def _size(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as picture:
            return picture.size
    except OSError as error:
        raise Refused(f"{path.name!r} is no picture that can be read") from error


def _read(name: str, value: str, reader: Callable[[str], T]) -> T:
    try:
        return reader(value)
    except ValueError as error:
        raise Refused(f"the option {name!r} cannot be {value!r}") from error
