"""What the colon fences of a lesson mean: `:::{name} argument`, `:option: value` lines, a body, `:::`.

`fences.py` describes each; `Writer` renders them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from html import escape
from pathlib import Path

from markdown_it.token import Token

from app.course.apart import Lab, QuestionHere
from app.course.fences import FENCES, MOST_SCALE, Directive, Refused, check_options, take_apart
from app.course.files import Files, Unreadable, read_text
from app.course.markdown import code_block, parser
from app.course.pictures import is_picture, picture_size
from app.course.pieces import render_inline, render_with
from app.course.place import Place
from app.course.prediction import Prediction, read_prediction
from app.course.sources import module_source
from app.course.symbols import table_of_symbols
from app.course.token_checks import LARGEST_SIDE, no_picture, picture_name
from app.course.where import Citation, read_where, where_html

__all__ = ["LANGUAGES", "Lab", "QuestionHere", "Writer"]

SNIPPETS = "snippets"
SECRET = ("quiz.toml", "ids.toml")
DEEPEST_PIECE = 6
APART = ("lab", "question", "predict")
"""Directives that are blocks of the page, between stretches of text."""

LANGUAGES = {".py": "python", ".toml": "toml", ".sh": "bash", ".out": "text", ".txt": "text"}


class ToldElsewhere(Exception):
    """A file cannot be shown, and the fault is told of the file itself."""


class Writer:
    """Renders the directives of one lesson; it counts its labs and figures, and knows what was named before.

    Args:
        files: of the lesson.
        pictures: addresses by name.
        told: names of files that are faulty, of which it is told elsewhere.
    """

    def __init__(self, files: Files, pictures: Mapping[str, str], told: Collection[str] = ()) -> None:
        self.files = files
        self.pictures = pictures
        self.told = {*told, *files.refused}
        self.labs = 0
        self.figures = 0
        self.asked: set[str] = set()
        self.predicted: set[str] = set()
        self.lists_of_code = 0
        self.citations: list[Citation] = []
        self.kinds: dict[str, Callable[[Directive, Place], str]] = {
            "margin": self._margin,
            "figure": self._figure,
            "takeaways": self._takeaways,
            "code": self._code,
            "output": self._output,
            "source": self._source,
            "symbols": self._symbols,
            "where": self._where,
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
        except Refused as error:
            place.leave_out(token, str(error))
            return ""
        try:
            check_options(directive, FENCES[directive.name].options)
            return self.kinds[directive.name](directive, place)
        except ToldElsewhere:
            pass
        except Refused as error:
            note(error, directive, place)
        self._inside(directive, place)  # for its faults
        return ""

    def lab(self, token: Token, place: Place) -> Lab | None:
        """Read a lab; a faulty one is noted and left out."""
        try:
            directive = take_apart(token, place)
        except Refused as error:
            place.leave_out(token, str(error))
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
            lines=directive.lines,
            loose=directive.loose,
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
        except Refused as error:
            place.leave_out(token, str(error))
            return None
        self.asked.add(directive.argument)
        return QuestionHere(directive.argument, directive.line)

    def prediction(self, token: Token, place: Place) -> Prediction | None:
        """Read a prediction; a faulty one is noted and left out."""
        try:
            directive = take_apart(token, place)
        except Refused as error:
            place.leave_out(token, str(error))
            return None
        try:
            check_options(directive, FENCES["predict"].options)
            found = read_prediction(directive, lambda text, line: self._rendered(text, line, place))
            if found.id in self.predicted:
                raise Refused(f"the prediction {found.id!r} stands twice in this text")
        except Refused as error:
            note(error, directive, place)
            return None
        self.predicted.add(found.id)
        return found

    def _inside(self, directive: Directive, place: Place) -> str:
        return self._rendered(
            directive.text, directive.first_line, place, f"the {directive.name} of line {directive.line}"
        )

    def _rendered(self, text: str, line: int, place: Place, within: str = "") -> str:
        if place.depth == DEEPEST_PIECE:
            place.faults.append((line, f"fences stand in one another more than {DEEPEST_PIECE} deep"))
            return ""
        return render_with(parser(self.fence), text, place.inside(line, within))

    def _margin(self, directive: Directive, place: Place) -> str:
        title = escape(directive.argument)
        head = f'<p class="margin-title">{title}</p>\n' if title else ""
        label = f' aria-label="{title}"' if title else ""
        return f'<div class="margin" role="note"{label}>\n{head}{self._inside(directive, place)}</div>\n'

    def _takeaways(self, directive: Directive, place: Place) -> str:
        return f'<div class="takeaways">\n{self._inside(directive, place)}</div>\n'

    def _figure(self, directive: Directive, place: Place) -> str:
        self.figures += 1  # whatever is wrong with it: the others keep their numbers
        name, alt = picture_name(directive.argument), directive.options.get("alt", "")
        scale, width, height = self._measured(directive, name, alt)
        pixels = ' class="pixels"' if scale > 1 else ""
        return (
            f'<figure class="figure" id="figure-{self.figures}">\n'
            f'<img{pixels} src="{escape(self.pictures[name])}" alt="{escape(alt)}" '
            f'width="{width}" height="{height}" loading="lazy">\n'
            f'<figcaption><span class="figure-number">Figure {self.figures}</span>\n'
            f"{self._inside(directive, place)}</figcaption>\n</figure>\n"
        )

    def _measured(self, directive: Directive, name: str, alt: str) -> tuple[int, int, int]:
        """Return the scale of a figure, and the width and height at which it is shown."""
        faults: list[str | tuple[str, str | None]] = []
        size = (1, 1)
        if name not in self.pictures and not self._is_told(name):
            faults.append(no_picture(name, self.pictures))
        elif not self._is_told(name):
            try:
                size = picture_size(self.files.paths[name])
            except Unreadable as fault:
                faults.append(f"the picture {name!r} {fault.what}")
        if not alt and not re.search(r"^:alt:", directive.body, re.MULTILINE):  # that is told where it stands
            faults.append(f"the figure {name!r} needs an :alt: for those who cannot see it")
        given = directive.options.get("scale", "1")
        scale = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
        if not 1 <= scale <= MOST_SCALE:
            faults.append(
                (f"scale must be a whole number from 1 to {MOST_SCALE}; received {given[:40]!r}", "scale")
            )
        elif scale > 1 and max(size) * scale > LARGEST_SIDE:
            what = f"{max(size)} pixels of {scale} dots each are wider or higher than {LARGEST_SIDE:,} dots"
            faults.append((f"scale: {what}", "scale"))
        if faults:
            raise Refused(*faults)
        if self._is_told(name) or not alt:
            raise ToldElsewhere
        return scale, size[0] * scale, size[1] * scale

    def _code(self, directive: Directive, place: Place) -> str:
        path, text = self._included(directive.argument)
        if path.suffix == ".py" and SNIPPETS not in path.relative_to(self.files.folder).parts:
            what = f"the program {path.name!r} is never run by the check"
            raise Refused(f"{what}; programs that are shown lie in {SNIPPETS}/")
        code = code_block(text, LANGUAGES.get(path.suffix, "text"))
        return self._listing("listing", path.name, code, directive, place)

    def _output(self, directive: Directive, place: Place) -> str:
        path, text = self._included(directive.argument)
        if path.suffix != ".out":
            raise Refused(f"an output is a file that ends in .out; received {directive.argument!r}")
        code = code_block(text, "text", alt=directive.options.get("alt"))
        return self._listing("output", f"{path.stem}.py prints", code, directive, place)

    def _is_told(self, name: str) -> bool:
        """Say whether a file, or the folder that it is in, is known to be faulty."""
        return any(name == told or name.startswith(f"{told}/") for told in self.told)

    def _included(self, written: str) -> tuple[Path, str]:
        """Find a file of the lesson, and read it."""
        name = picture_name(written)
        if self._is_told(name):
            raise ToldElsewhere
        if name not in self.files.paths:
            raise Refused(f"there is no file {written[:80]!r} in the lesson's folder")
        if is_picture(name):
            raise Refused(f"{name!r} is a picture; show it by :::{{figure}}")
        if name in SECRET:
            raise Refused(f"{name} holds the answers and cannot be shown")
        path = self.files.paths[name]
        try:
            return path, read_text(path, self.files.folder)
        except Unreadable as fault:
            where = f", line {fault.line}" if fault.line else ""
            raise Refused(f"the file {name!r}{where} {fault.what}") from fault

    def _source(self, directive: Directive, place: Place) -> str:
        module, colon, name = directive.argument.partition(":")
        if not colon:
            raise Refused("a source is named as module:function, as app.diffusion.samplers.ddim:ddim")
        try:
            source = module_source(module, name)
        except ValueError as error:
            raise Refused(str(error)) from error
        code = code_block(source.text, "python", source.first_line)
        return self._listing("listing", source.path, code, directive, place)

    def _listing(self, kind: str, title: str, code: str, directive: Directive, place: Place) -> str:
        caption = f'<span class="file-name">{escape(title)}</span>\n{self._inside(directive, place)}'
        return f'<figure class="{kind}">\n<figcaption>{caption}</figcaption>\n{code}</figure>\n'

    def _where(self, directive: Directive, place: Place) -> str:
        self.lists_of_code += 1
        anchor = f"in-code-{self.lists_of_code}"

        def words(text: str, line: int) -> str:
            return render_inline(text, place.inside(line))

        seen = {one.cited.dotted: one.line for one in self.citations}
        found, faults = read_where(directive, anchor, words, seen)
        self.citations += found
        place.faults += faults
        return where_html(found, anchor)

    def _symbols(self, directive: Directive, place: Place) -> str:
        return table_of_symbols(directive.argument.replace(",", " ").split())


def note(refused: Refused, directive: Directive, place: Place) -> None:
    """Note each fault of a directive at its option, or at the fence."""
    place.left_out.append(directive.line)
    for what, option in refused.faults:
        place.faults.append((directive.lines.get(option or "", directive.line), what))
