"""Numbers as people write them in a form: with a decimal comma, or with the digits of another script.

`static/kit/numbers.js` reads fields by the same rules, and one table of tests holds both to them.
"""

from __future__ import annotations

import re
import unicodedata

POINTS = {
    "\u066b": ".",
    "\uff0e": ".",
    "\uff0c": ",",
    "\u2212": "-",
    "\uff0d": "-",
    "\uff0b": "+",
}
"""The Arabic decimal sign, and full-width and typographic forms of points and signs."""

MARKS = "\u200e\u200f\u061c"
"""Marks of direction, which keyboards of scripts from right to left may add."""

LONGEST = 32
"""Signs of a number that is read; no setting has a longer one."""

NUMBER = re.compile(r"[-+]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}")
"""One comma before three digits: 1,500 is fifteen hundred to some and one and a half to others."""


def plain_number(text: str) -> str | None:
    """Return a number as Python and JavaScript read it; None where the text is no number, or could be two.

    "1,5" is 1.5. "1,500" could be two numbers, so it is none; no sign that groups digits is read.
    """
    if len(text) > LONGEST:
        return None
    kept = "".join(_plain(sign) for sign in text.strip() if sign not in MARKS)
    if not NUMBER.fullmatch(kept) or THOUSANDS.fullmatch(kept):
        return None
    return kept.replace(",", ".")


def decimal_number(text: str) -> float | None:
    """Read a number; None where the text is none. It may be infinite, where it is too large to be held."""
    plain = plain_number(text)
    return None if plain is None else float(plain)


def whole_number(text: str) -> int | None:
    """Read a whole number; None where the text is none, or has a point, a comma or an exponent."""
    plain = plain_number(text)
    return int(plain) if plain is not None and re.fullmatch("[-+]?[0-9]+", plain) else None


def as_written(text: str, *, is_whole: bool = False) -> str:
    """Say how a number is to be written, where this text could be read as two; a whole one takes no point."""
    plain = "".join(_plain(sign) for sign in text.strip() if sign not in MARKS)
    if not THOUSANDS.fullmatch(plain):
        return ""
    without = f"; write {plain.replace(',', '')}"
    return without if is_whole else f"{without}, or {plain.replace(',', '.')}"


def _plain(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    return POINTS.get(sign, sign) if digit is None else str(digit)
