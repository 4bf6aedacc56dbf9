"""The records' file, looked at beside the server that writes it."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a query."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def is_sound(path: Path) -> bool:
    """Say whether SQLite finds nothing wrong with the file."""
    return ask(path, "PRAGMA integrity_check") == [("ok",)]
