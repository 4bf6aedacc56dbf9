"""A fault in a course file: where it is and what is wrong. Collected, never raised one by one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One fault.

    Args:
        path: the file, from the folder of lessons.
        what: what was found, what is allowed, what to do next.
        line: counted from 1, where it can be told.
        question: the id of the question that has the fault, where there is one.
    """

    path: Path
    what: str
    line: int | None = None
    question: str | None = None

    def __str__(self) -> str:
        place = f"{self.path.as_posix()}:{self.line}" if self.line else self.path.as_posix()
        text = f"{place}: {self.question}: {self.what}" if self.question else f"{place}: {self.what}"
        return text.encode("utf-8", "backslashreplace").decode()  # names of files may be any bytes
