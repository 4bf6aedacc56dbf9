"""Style sheets taken apart: rules with their selectors and declarations, and the at-rules around them.

Enough of CSS for sheets that are written by hand: no nesting but that of at-rules, no strings with braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.settings import ROOMS, files_folder

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STRING = re.compile(r"\"[^\"]*\"|url\([^)]*\)")


@dataclass(frozen=True)
class Rule:
    """One rule.

    Args:
        selectors: with every `:is()` written out.
        declarations: property and value.
        conditions: the at-rules around it, from the outside in.
    """

    selectors: tuple[str, ...]
    declarations: tuple[tuple[str, str], ...]
    conditions: tuple[str, ...]


def sheets() -> Mapping[str, Path]:
    """List every style sheet that is shipped, by the name that templates use."""
    found = {}
    for room, folder in ({"": files_folder("static")} | ROOMS).items():
        for path in sorted(folder.rglob("*.css")):
            name = path.relative_to(folder).as_posix()
            found[f"{room}/{name}" if room else name] = path
    return found


def rules_of(text: str) -> tuple[Rule, ...]:
    """Read a style sheet.

    Raises:
        ValueError: braces do not match.
    """
    return tuple(_rules(COMMENT.sub("", text), ()))


def _rules(text: str, conditions: tuple[str, ...]) -> Iterator[Rule]:
    while text.strip():
        head, brace, rest = text.partition("{")
        if not brace:
            raise ValueError(f"no block follows {head.strip()[:60]!r}")
        body, text = _block(rest)
        head = " ".join(head.split())
        if head in ("@font-face", "@page"):  # declarations of its own, and no selector
            yield Rule((), tuple(_declarations(body)), (*conditions, head))
        elif head.startswith("@"):
            yield from _rules(body, (*conditions, head))
        else:
            selectors = tuple(plain for one in _split(head) for plain in _without_is(one))
            yield Rule(selectors, tuple(_declarations(body)), conditions)


def _block(text: str) -> tuple[str, str]:
    """Split off everything up to the brace that closes."""
    depth = 1
    for place, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return text[:place], text[place + 1 :]
    raise ValueError(f"no brace closes {text.strip()[:60]!r}")


def _split(text: str) -> Iterator[str]:
    """Split at the commas that stand outside of brackets."""
    depth, piece = 0, ""
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            yield piece.strip()
            piece = ""
        else:
            piece += sign
    yield piece.strip()


def _without_is(selector: str) -> Iterator[str]:
    before, found, rest = selector.partition(":is(")
    if not found:
        yield selector
        return
    inside, after = _bracket(rest)
    for choice in _split(inside):
        yield from _without_is(before + choice + after)


def _bracket(text: str) -> tuple[str, str]:
    depth = 1
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text[:place], text[place + 1 :]
    raise ValueError(f"no bracket closes {text!r}")


def _declarations(body: str) -> Iterator[tuple[str, str]]:
    for line in filter(str.strip, body.split(";")):
        name, _, value = line.partition(":")
        yield name.strip(), " ".join(value.split())


def classes(selector: str) -> frozenset[str]:
    """Name every class (`.x`) in a selector."""
    return frozenset(f".{name}" for name in re.findall(r"\.([\w-]+)", selector))


def needs(selector: str) -> frozenset[str]:
    """Name the classes (`.x`) and elements of our own (`x-y`) that a page needs for a selector to match.

    What stands in `:not()` and `:has()`, and conditions on attributes, are left out of it.
    """
    for pseudo in (":not(", ":has("):
        while pseudo in selector:
            before, _, rest = selector.partition(pseudo)
            selector = before + _bracket(rest)[1]
    selector = re.sub(r"\[[^\]]*\]|:[\w-]+(\([^)]*\))?", "", selector)
    own = re.findall(r"(?<![\w.#-])[a-z]+-[a-z-]+", selector)
    return classes(selector) | set(own)
