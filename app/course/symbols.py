"""The table of what signs mean, as `:::{symbols} x0 eps` shows it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from app.course.fences import Refused
from app.course.formulas import mathml
from app.course.quantities import QUANTITIES, mark
from app.diffusion.notation import SYMBOLS


def table_of_symbols(codes: Iterable[str]) -> str:
    """Make the table of some signs, by their names in code.

    Raises:
        Refused: there is no such name, or none is given.
    """
    symbols = {symbol.code: symbol for symbol in SYMBOLS}
    rows = []
    for code in codes:
        if code not in symbols:
            raise Refused(f"unknown symbol {code[:40]!r}; there are {', '.join(symbols)}")
        formula = mathml(symbols[code].latex, display=False)
        rows.append(
            f'<tr><th scope="row">{formula} {_named(code)}</th>'
            f"<td>{escape(symbols[code].meaning)}</td></tr>\n"
        )
    if not rows:
        raise Refused(f"a table of symbols names some; there are {', '.join(symbols)}")
    head = '<tr><th scope="col">sign, and in code</th><th scope="col">meaning</th></tr>'
    body = f"<thead>{head}</thead>\n<tbody>\n{''.join(rows)}</tbody>"
    return f'<table class="symbols" tabindex="0">\n{body}\n</table>\n'


def _named(code: str) -> str:
    marked = f' class="{mark(code)}"' if code in QUANTITIES else ""
    return f'<code translate="no"{marked}>{escape(code)}</code>'
