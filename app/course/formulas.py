"""LaTeX to MathML that a strict content security policy lets through: no `style` attributes."""

from __future__ import annotations

import re
from html import escape

from math_core import LatexError, LatexToMathML

STYLE = re.compile(r'\s*\bstyle="([^"]*)"')
CLASSES = {
    "text-align: right": "math-right",
    "text-align: left": "math-left",
    "padding-left: 1em": "math-gap",
}
"""Declarations that the style sheet offers as classes."""

LAYOUT = {"text-align", "justify-items", "padding-left", "padding-right", "width"}
"""Properties of a table's cells; what has no class in `CLASSES` is left to the browser's default."""


def mathml(latex: str, *, display: bool) -> str:
    """Convert a formula; its source is kept as `alttext` for those who cannot see it.

    Raises:
        ValueError: the formula is not LaTeX that can be converted, or asks for a colour.
    """
    converter = LatexToMathML(fancy_error=False)
    try:
        markup: str = converter.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise ValueError(f"the formula ${latex}$ cannot be set: {error}") from error
    markup = STYLE.sub(_as_class, markup)
    return markup.replace("<math", f'<math alttext="{escape(latex)}"', 1)


def _as_class(match: re.Match[str]) -> str:
    declarations = [part.partition(":") for part in match.group(1).split(";") if part.strip()]
    pairs = [(name.strip(), value.strip()) for name, _, value in declarations]
    for name, _ in pairs:
        if name not in LAYOUT:
            raise ValueError(f"a formula may not set {name!r}: it would need an inline style")
    classes = [CLASSES[f"{name}: {value}"] for name, value in pairs if f"{name}: {value}" in CLASSES]
    return f' class="{" ".join(classes)}"' if classes else ""
