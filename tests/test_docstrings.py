"""What docstrings and comments say of other files of the project."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`([a-z_]+(?:/[a-z_]+)*\.(?:py|html|js|css|toml|md))`")
"""A file in backquotes, by its name or by the end of its path."""

NOT_OF_THE_PROJECT = {"folder/card.md", "evaluation.html"}
"""A path that begins with the name of a parameter, and a file that a command writes."""


def ends_of_paths() -> set[str]:
    """Every way to name a file of the project: its path, without any number of its first folders."""
    files = (
        path.relative_to(ROOT).parts
        for folder in ("app", "docs", "lessons", "models", "static", "templates")
        for path in (ROOT / folder).rglob("*.*")
    )
    return {"/".join(parts[start:]) for parts in files for start in range(len(parts))}


def test_every_file_that_the_program_names_exists() -> None:
    known = ends_of_paths() | NOT_OF_THE_PROJECT
    named = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in (ROOT / "app").rglob("*.py")
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 50
    assert sorted((path, name) for path, name in named if name not in known) == []
