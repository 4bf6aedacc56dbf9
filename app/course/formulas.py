"""LaTeX to MathML that a strict content security policy lets through: no `style` attributes."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from html import escape

from math_core import LatexError, LatexToMathML

from app.course.quantities import QUANTITIES, mark

STYLE = re.compile(r'\s*\bstyle="([^"]*)"')
CLASSES = {
    "text-align: right": "math-right",
    "text-align: left": "math-left",
    "padding-left: 1em": "math-gap",
}
"""Declarations that the style sheet offers as classes."""

LAYOUT = {"text-align", "justify-items", "padding-left", "padding-right", "width"}
"""Properties of a table's cells; what has no class in `CLASSES` is left to the browser's default."""

NUMERATOR = "<mfrac><mrow>"
STRUT = '<mspace depth="0.5em"/>'
"""Keeps the bar of a fraction clear of the line under what is marked: Firefox gives that no room."""


def mathml(latex: str, *, display: bool) -> str:
    """Convert a formula; its source is kept as `alttext` for those who cannot see it.

    Raises:
        ValueError: the formula is not LaTeX that can be converted, or asks for a colour.
    """
    try:
        markup = _convert(latex, display=display)
    except LatexError as error:
        why = re.sub(r"^\d+: ", "", str(error)).rstrip(".")  # the place is counted from another beginning
        raise ValueError(f"the formula ${latex}$ cannot be set: {why}") from error
    markup = STYLE.sub(_as_class, markup)
    for plain, marked in _marks().items():
        if plain in markup:
            markup = markup.replace(plain, marked).replace(NUMERATOR + STRUT, NUMERATOR)
            markup = markup.replace(NUMERATOR, NUMERATOR + STRUT)
    return markup.replace("<math", f'<math translate="no" alttext="{escape(latex)}"', 1)


def _convert(latex: str, *, display: bool) -> str:
    converter = LatexToMathML(fancy_error=False)
    return str(converter.convert_with_local_state(latex, displaystyle=display))


@functools.cache
def _marks() -> Mapping[str, str]:
    """Give each quantity as it is set, and the same with its mark."""
    set_plainly = {
        name: re.sub(r"</?math[^>]*>", "", _convert(latex, display=False))
        for name, latex in QUANTITIES.items()
    }
    return {
        plain: re.sub(r"^<(\w+)", rf'<\1 class="{mark(name)}"', plain) for name, plain in set_plainly.items()
    }


def _as_class(match: re.Match[str]) -> str:
    declarations = [part.partition(":") for part in match.group(1).split(";") if part.strip()]
    pairs = [(name.strip(), value.strip()) for name, _, value in declarations]
    for name, _ in pairs:
        if name not in LAYOUT:
            raise ValueError(f"a formula may not set {name!r}: it would need an inline style")
    classes = [CLASSES[f"{name}: {value}"] for name, value in pairs if f"{name}: {value}" in CLASSES]
    return f' class="{" ".join(classes)}"' if classes else ""
