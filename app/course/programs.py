"""The programs of a lesson and what they print: that they can be read, and lie where the check runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from app.course.files import Files, Unreadable, read_text

SNIPPETS = "snippets"
MAKER = "make_"
"""What the name of a program begins with that makes files of the lesson, and is neither shown nor run."""

Fault = tuple[str, str, int | None]
"""The name of a file, what is wrong with it, and at which line."""


def is_program(name: str) -> bool:
    """Say whether a file is a program of the texts, or what one prints."""
    return name.endswith((".py", ".out")) and name.split("/", maxsplit=1)[0] == SNIPPETS


def program_faults(files: Files) -> Iterator[Fault]:
    """Find programs and outputs that cannot be read, or of which the check would not know what to do."""
    for name, path in files.paths.items():
        if path.suffix not in {".py", ".out"}:
            continue
        try:
            read_text(path, files.folder)
        except Unreadable as fault:
            yield name, fault.what, fault.line
            continue
        what = _misplaced(name, files)
        if what:
            yield name, what, None


def _misplaced(name: str, files: Files) -> str | None:
    path = PurePosixPath(name)
    if path.suffix == ".out":
        program = path.with_suffix(".py").as_posix()
        if program in files.paths or program in files.refused:
            return None
        return f"is what a program prints, and there is no {path.stem}.py beside it"
    if path.parts[0] == SNIPPETS or path.name.startswith(MAKER):
        return None
    return (
        f"is a program outside {SNIPPETS}/, so the check does not run it; move it there, or call it "
        f"{MAKER}{path.name} if it makes files of the lesson"
    )


def runnable(files: Files) -> list[Path]:
    """List the programs that the check runs: those of `snippets/` that can be read."""
    faulty = {name for name, _, _ in program_faults(files)}
    return [
        path
        for name, path in files.paths.items()
        if path.suffix == ".py" and name.split("/")[0] == SNIPPETS and name not in faulty
    ]
