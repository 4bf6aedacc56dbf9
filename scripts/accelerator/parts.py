"""Files cut into parts that are small enough to be brought home, and joined again there."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.accelerator.places import MOST_BYTES

PART = re.compile(r"(?P<name>.+)\.part(?P<number>\d)of(?P<of>\d)")


def cut(source: Path, folder: Path, most: int = MOST_BYTES, name: str | None = None) -> list[Path]:
    """Write a file into a folder, in as many parts as it needs; one that is small enough stays whole.

    Args:
        source: the file.
        folder: where it goes.
        most: bytes of a part.
        name: what it is called there; the same unless given.
    """
    name = name or source.name
    content = source.read_bytes()
    count = max(1, -(-len(content) // most))
    parts = [f"{name}.part{number}of{count}" for number in range(1, count + 1)]
    names = [name] if count == 1 else parts
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in names]
    for number, path in enumerate(paths):
        path.write_bytes(content[number * most : (number + 1) * most])
    return paths


def join(name: str, folder: Path) -> bytes | None:
    """Return a file that lies in a folder, whole or in parts; None where it, or any part, is missing."""
    if (folder / name).is_file():
        return (folder / name).read_bytes()
    found = {}
    of = 0
    for path in folder.glob(f"{name}.part*"):
        match = PART.fullmatch(path.name)
        if match and match["name"] == name:
            of = int(match["of"])
            found[int(match["number"])] = path
    if not of or set(found) != set(range(1, of + 1)):
        return None
    return b"".join(found[number].read_bytes() for number in range(1, of + 1))
