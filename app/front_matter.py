"""The head of a text file: TOML between two lines of `+++`, then the body. Cards and lessons share it."""

from __future__ import annotations

import tomllib
from typing import Any

FENCE = "+++"


def split(text: str) -> tuple[dict[str, Any], str, int]:
    """Separate a file's head from its body.

    Args:
        text: the whole file.

    Returns:
        The parsed head, the body, and the number of lines before the body.

    Raises:
        ValueError: the head is missing, never closed, or not TOML; the text says which.
    """
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].strip() != FENCE:
        raise ValueError(f"line 1: the file must begin with a line {FENCE!r} and TOML below it")
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            try:
                head = tomllib.loads("".join(lines[1:number]))
            except tomllib.TOMLDecodeError as error:
                raise ValueError(f"the head is not valid TOML: {error}") from error
            return head, "".join(lines[number + 1 :]), number + 1
    raise ValueError(f"the head is never closed: a second line {FENCE!r} is missing")
