"""The database of the records: how it is opened, read and written.

SQLite so far. One connection writes, so that writers queue here instead of failing in SQLite; its
transactions begin with `BEGIN IMMEDIATE`, since the default begin takes the lock only at the first write, and
then loses updates or fails at once. Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import errno
import math
import os
import re
import secrets as randomness
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import InvalidRequest, TryLater
from app.learners.records_file import RecordsFile
from app.learners.tables import learners, secrets

PATIENCE_S = 5.0  # how long a writer waits: for writers of this process, and then for other processes
RETRY_AFTER_S = 5
READERS = 40
SECRET_BYTES = 32
SQLITE = ("sqlite", "sqlite+pysqlite")
OPTIONS = re.compile(r"\?[a-z_]+=[^/]*$")
"""What other programs take after the path of a database, such as `?timeout=5`."""

PROBE = "probe"
PROBE_BYTES = 3 * 4096  # some pages, as an answer takes
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What may pass without another DATABASE_URL: a disk that is full, or fails."""

MIGRATING = threading.Lock()  # Alembic keeps the migration that runs in globals of its own modules


class Records:
    """An open database of learners and their attempts.

    Args:
        reader: the engine for reading, with as many connections as there are threads.
        writer: the engine for writing, with one connection.
        file: where they are.
    """

    def __init__(self, reader: Engine, writer: Engine, file: RecordsFile) -> None:
        self._reader = reader
        self._writer = writer
        self._file = file
        self._probing = threading.Lock()
        self._probed_at = -math.inf
        self._was_ready = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection that sees one consistent state.

        Raises:
            TryLater: the database cannot be read now.
        """
        with _refusals("read"), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open the one writing transaction; it is on the disk when the block ends, or nothing of it is.

        Raises:
            TryLater: the database is locked, full or gone; nothing was written that can be relied on.
        """
        self._file.check()
        with _refusals("written"), self._writer.begin() as connection:
            yield connection
        self._file.check_log()

    def ready(self, fresh_s: float = 0.0) -> bool:
        """Whether something can be read, and written to the disk; or could be `fresh_s` seconds ago."""
        with self._probing:  # who asks meanwhile shares the answer
            if time.monotonic() - self._probed_at > fresh_s:
                self._was_ready = self._probe()
                self._probed_at = time.monotonic()
            return self._was_ready

    def _probe(self) -> bool:
        try:
            with self.writing() as connection:
                connection.execute(select(learners.c.id).limit(1)).all()
                connection.execute(delete(secrets).where(secrets.c.name == PROBE))
                connection.execute(
                    insert(secrets).values(name=PROBE, value=randomness.token_bytes(PROBE_BYTES))
                )
        except (TryLater, DatabaseError):
            return False
        return True

    def secret(self) -> bytes:
        """Return the key that signs cookies: made once, the same for every process on this database."""
        name = "cookies"
        wanted = select(secrets.c.value).where(secrets.c.name == name)
        with self.writing() as connection:
            value = connection.execute(wanted).scalar_one_or_none()
            if value is None:
                value = randomness.token_bytes(SECRET_BYTES)
                connection.execute(insert(secrets).values(name=name, value=value))
        return bytes(value)

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()


def open_records(url: str, patience_s: float = PATIENCE_S) -> Records:
    """Open the database at a URL, creating and migrating it as needed; safe in several processes at once.

    Raises:
        InvalidRequest: the URL names no SQLite file, or one that is not ours to open.
        TryLater: another program keeps the database locked.
    """
    parsed, path = _file_of(url)
    _create_privately(path)
    reader = _engine(parsed, "BEGIN", READERS, patience_s)
    records = Records(reader, _engine(parsed, "BEGIN IMMEDIATE", 1, patience_s), RecordsFile(path))
    try:
        with records.writing() as connection:
            _migrate(connection)
    except (CommandError, DatabaseError, sqlite3.DatabaseError) as error:
        records.close()
        message = (
            f"DATABASE_URL: {path} holds no records of this version ({error}). Move it or restore a backup."
        )
        raise InvalidRequest(message, field="database_url") from error
    except BaseException:
        records.close()
        raise
    return records


def _file_of(database_url: str) -> tuple[URL, Path]:
    """Read what follows `sqlite:///` as a path, as it stands: folders have any letters in their names.

    SQLAlchemy's own reading ends the path at a `?`, and would keep the records in another folder.
    """
    scheme, slashes, path = database_url.partition(":///")
    if slashes and scheme in SQLITE:
        if OPTIONS.search(path):
            message = f"DATABASE_URL takes no options after its path; received {database_url!r}."
            raise InvalidRequest(message, field="database_url")
        if not path or path.startswith((":", "file:")):
            message = "DATABASE_URL: records need a file, as in sqlite:////home/me/records.sqlite3."
            raise InvalidRequest(message, field="database_url")
        return URL.create("sqlite", database=path), Path(path)
    try:
        name = make_url(database_url).drivername
    except (ArgumentError, ValueError) as error:  # the latter of a port that is no number
        message = "DATABASE_URL is no URL; for example sqlite:////home/me/records.sqlite3."
        raise InvalidRequest(message, field="database_url") from error
    message = f"DATABASE_URL: only sqlite:///PATH is supported so far; received {name}."
    raise InvalidRequest(message, field="database_url")


def _create_privately(path: Path) -> None:
    """Create folder and file for this user alone; what is there already keeps its permissions."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        if error.errno in FULL:
            raise TryLater(f"The records cannot be kept: {error.strerror}.", RETRY_AFTER_S) from error
        message = f"DATABASE_URL: the records cannot be kept in {path}: {error.strerror}."
        raise InvalidRequest(message, field="database_url") from error


def _engine(url: URL, begin: str, connections: int, patience_s: float) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=patience_s,
        connect_args={"check_same_thread": False, "timeout": patience_s},
    )

    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        _use_write_ahead_log(connection, patience_s)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin_transaction)
    return engine


def _use_write_ahead_log(connection: Any, patience_s: float) -> None:
    """Switch the file to WAL, once for ever; SQLite does not wait here when another process does the same."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "app.learners:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    with MIGRATING:
        command.upgrade(config, "head")


@contextmanager
def _refusals(done: str) -> Iterator[None]:
    try:
        yield
    except (OperationalError, sqlite3.OperationalError, PoolTimeout) as error:
        reason = "many are waiting" if isinstance(error, PoolTimeout) else getattr(error, "orig", error)
        message = f"The records cannot be {done} just now ({reason}). Nothing was changed; please try again."
        raise TryLater(message, retry_after_s=RETRY_AFTER_S) from error
