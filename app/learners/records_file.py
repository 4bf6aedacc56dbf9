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
        real = path.resolve()  # SQLite keeps the log beside the file itself, not beside a link to it
        self._log = real.with_name(f"{real.name}-wal")
        self._log_opened: tuple[int, int] | None = None

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
        log = self._identity(self._log)
        if self._log_opened is None:
            self._log_opened = log
        if log is None or log != self._log_opened:
            raise RecordsGone(
                "The write-ahead log beside the records' file was deleted or replaced, so nothing can be "
                "kept. Whoever runs this server has to start it again.",
                RETRY_AFTER_S,
            )

    @staticmethod
    def _identity(path: Path) -> tuple[int, int] | None:
        try:
            found = path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
