"""The head of a text file: TOML between two lines of `+++`, then the body. Cards and lessons share it."""

from __future__ import annotations

from typing import Any

from app.toml_text import TomlFault, parse

FENCE = "+++"


class HeadFault(ValueError):
    """A head that cannot be read; `what` says why, `line` where, counted from 1 in the whole file."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(f"line {line}: {what}")
        self.what = what
        self.line = line


def split_text(text: str) -> tuple[str, str, int]:
    """Separate a file's head from its body, unparsed.

    Returns:
        The text of the head, the body, and the number of lines before the body.

    Raises:
        HeadFault: the head is missing or never closed.
    """
    lines = lines_of(text)
    if not lines or lines[0].strip() != FENCE:
        raise HeadFault(f"the file must begin with a line {FENCE!r} and TOML below it", 1)
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            return "".join(lines[1:number]), "".join(lines[number + 1 :]), number + 1
    raise HeadFault(f"the head is never closed: a second line {FENCE!r} is missing", 1)


def split(text: str) -> tuple[dict[str, Any], str, int]:
    """Separate a file's head from its body.

    Args:
        text: the whole file.

    Returns:
        The parsed head, the body, and the number of lines before the body.

    Raises:
        HeadFault: the head is missing, never closed, or not TOML.
    """
    head, body, length = split_text(text)
    return parse_head(head), body, length


def parse_head(head: str) -> dict[str, Any]:
    """Parse the text of a head.

    Raises:
        HeadFault: it is not TOML.
    """
    try:
        return parse(head)
    except TomlFault as fault:
        raise HeadFault(f"the head is not valid TOML: {fault.what}", fault.line + 1) from fault


def lines_of(text: str) -> list[str]:
    """Split a text into lines with their ends, at line feeds alone.

    `str.splitlines` also splits at signs that may stand within a line, such as U+2028 and U+0085.
    """
    lines = text.split("\n")
    ended = [f"{line}\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended
