"""The records' file, looked at beside the server that writes it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any


def ask(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def is_sound(path: Path) -> bool:
    """Say whether SQLite finds nothing wrong with the file."""
    return ask(path, "PRAGMA integrity_check") == [("ok",)]


def times_recorded(records: Path, prefix: str) -> Counter[str]:
    """Count how often each answer is there whose token begins like that."""
    recorded = (str(attempt) for (attempt,) in ask(records, "SELECT attempt FROM attempts"))
    return Counter(attempt for attempt in recorded if attempt.startswith(prefix))


def wrong_counts(recorded: Counter[str], expected: int) -> int:
    """Count answers that are missing, or there twice."""
    return abs(expected - len(recorded)) + sum(count != 1 for count in recorded.values())


def half_written(records: Path) -> int:
    """Count what a torn write would leave: answers outside a sitting of their learner, and the like."""
    return len(ask(records, "PRAGMA foreign_key_check")) + len(
        ask(
            records,
            "SELECT 1 FROM attempts LEFT JOIN sittings ON sittings.id = attempts.sitting_id "
            "WHERE sittings.id IS NULL OR sittings.learner_id != attempts.learner_id",
        )
    )
