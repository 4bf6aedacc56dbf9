"""The file that the records are in, as it was opened: one that was deleted or replaced takes no more answers.

SQLite goes on writing into a file that has been deleted, and what it acknowledges is gone at the next start.
"""

from __future__ import annotations

from pathlib import Path

from app.errors import TryLater

RETRY_AFTER_S = 60


class RecordsGone(TryLater):
    """The file is not the one that was opened: what was written last may be lost, and is not acknowledged."""


class RecordsFile:
    """A database file that is open.

    Args:
        path: where it was when it was opened; it exists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = self._identity(path)

    def check(self) -> None:
        """See that the file is still there.

        Raises:
            RecordsGone: it was deleted, moved or replaced.
        """
        if self._identity(self._path) != self._opened:
            raise RecordsGone(
                "The file of the records was moved, deleted or replaced while this server runs, so nothing "
                "can be kept. Whoever runs it has to put the file back, or to start the server again.",
                RETRY_AFTER_S,
            )

    def check_log(self) -> None:
        """See that what was written can be found again: in the database, or in the log that is written first.

        Raises:
            RecordsGone: one of them is not there.
        """
        self.check()
        if not self._path.with_name(f"{self._path.name}-wal").exists():
            raise RecordsGone(
                "The write-ahead log beside the records' file was deleted, so nothing can be kept. "
                "Whoever runs this server has to start it again.",
                RETRY_AFTER_S,
            )

    @staticmethod
    def _identity(path: Path) -> tuple[int, int] | None:
        try:
            found = path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
