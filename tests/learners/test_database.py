import errno
import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.errors import InvalidRequest, TryLater
from app.learners.attempts import record
from app.learners.database import open_records
from app.learners.sittings import RecordedQuestion, standings_of
from app.learners.tables import metadata
from app.settings import Settings

OPEN_AND_TELL = """
import sys
from app.learners.database import open_records
records = open_records(sys.argv[1])
print(records.secret().hex())
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new folder" / "records.sqlite3"


@pytest.fixture
def records(path):
    records = open_records(f"sqlite:///{path}", patience_s=0.2)
    yield records
    records.close()


def answer(records, attempt):
    return record(records, "learner", RecordedQuestion("question", "v1"), attempt, ["a"], "right")


def count(records):
    found = standings_of(records, "learner", ["question"])
    return sum(len(one.answers) for one in found["question"].sittings) if found else 0


def test_folder_and_file_are_made_for_this_user_alone(path, records):
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    answer(records, "t")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {"records.sqlite3": 0o600, "records.sqlite3-wal": 0o600, "records.sqlite3-shm": 0o600}


def test_every_connection_is_durable_checks_references_and_waits_for_others(records):
    for opened in (records.reading, records.writing):
        with opened() as connection:
            read = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert read == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 200}


def test_a_writing_transaction_holds_the_lock_from_its_first_moment(path, records):
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with records.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_readers_are_not_held_up_by_a_writer(records):
    answer(records, "t")
    with records.writing():
        assert count(records) == 1


def test_the_migrations_make_the_tables_that_the_code_uses(records):
    with records.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_secret_is_made_once_and_kept(path, records):
    secret = records.secret()
    assert len(secret) == 32
    reopened = open_records(f"sqlite:///{path}")
    assert reopened.secret() == secret
    reopened.close()


def test_another_database_has_another_secret(tmp_path, records):
    other = open_records(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    assert other.secret() != records.secret()
    other.close()


@pytest.mark.slow
def test_processes_that_open_a_fresh_database_at_once_agree(path):
    command = [sys.executable, "-W", "error", "-c", OPEN_AND_TELL, f"sqlite:///{path}"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    secrets = {process.communicate(timeout=60)[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(secrets) == 1
    assert len(secrets.pop().strip()) == 64


def test_eight_openings_of_a_fresh_database_in_one_process_agree(path):
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_records(f"sqlite:///{path}"), range(8)))
        secrets = set(pool.map(lambda records: records.secret(), opened))
    assert len(secrets) == 1
    for records in opened:
        records.close()


def test_several_databases_may_be_opened_at_once_in_one_process(tmp_path):
    urls = [f"sqlite:///{tmp_path / str(number)}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(open_records, urls))
    assert all(records.ready() for records in opened)
    for records in opened:
        records.close()


def test_a_lock_held_by_another_program_is_told_and_nothing_is_recorded(path, records):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(TryLater, match="locked") as caught:
        answer(records, "t")
    assert caught.value.retry_after_s > 0
    other.execute("ROLLBACK")
    other.close()
    assert count(records) == 0
    answer(records, "t")
    assert count(records) == 1


def test_a_writer_that_never_ends_does_not_hold_the_others_for_ever(records):
    with records.writing(), pytest.raises(TryLater, match="waiting"):
        answer(records, "t")


def test_a_full_disk_is_told_and_leaves_nothing_half_written(records):
    answer(records, "first")
    with records.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    kept = 1
    with pytest.raises(TryLater, match="full"):
        for kept in range(1, 200):
            answer(records, f"t{kept}" + "x" * 100)
    assert count(records) == kept
    with records.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    answer(records, f"t{kept}" + "x" * 100)
    assert count(records) == kept + 1


def test_a_failure_in_the_middle_of_writing_undoes_all_of_it(records):
    with pytest.raises(RuntimeError), records.writing() as connection:
        connection.exec_driver_sql("INSERT INTO learners (key, created_at) VALUES ('k', '2026-01-01')")
        raise RuntimeError
    with records.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM learners").scalar_one() == 0


def test_a_database_that_is_gone_is_not_ready(path, records):
    assert records.ready()
    with records.writing() as connection:
        connection.exec_driver_sql("DROP TABLE attempts")
        connection.exec_driver_sql("DROP TABLE learners")
    assert not records.ready()


@pytest.mark.parametrize(
    "url", ["postgresql://user:password@host/db", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true",
            "nonsense", "sqlite:////proc/nowhere/records.sqlite3"],
)  # fmt: skip
def test_a_url_that_names_no_usable_file_is_refused_without_its_password(url):
    with pytest.raises(InvalidRequest) as caught:
        open_records(url)
    assert "DATABASE_URL" in str(caught.value)
    assert "password" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(path):
    path.parent.mkdir()
    path.write_bytes(b"a letter to somebody " * 100)
    with pytest.raises(InvalidRequest, match="holds no records"):
        open_records(f"sqlite:///{path}")
    assert path.read_bytes() == b"a letter to somebody " * 100


def test_a_database_of_a_newer_version_is_refused(path, records):
    with records.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InvalidRequest, match="9999"):
        open_records(f"sqlite:///{path}")


def test_whoever_asks_is_not_told_where_the_records_would_lie(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path))

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(TryLater, match="No space left on device") as refused:
        open_records(f"sqlite:///{tmp_path / 'secret-place' / 'records.sqlite3'}")
    assert "secret-place" not in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize(
    "name",
    ["what?", "a b", "c#1", "50%", "%41", "日本語", "é?x=1", "a&b=c;d", "q'uote\"", "?", "file:", "x:///y"],
)
def test_a_folder_of_any_name_keeps_its_records_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / name
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    open_records(Settings().database_url).close()
    assert [path.name for path in tmp_path.iterdir()] == [Path(name).parts[0]]
    assert (folder / "fromnoise" / "records.sqlite3").stat().st_size > 0


def test_a_folder_whose_name_is_no_utf_8_keeps_its_records_there(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    open_records(f"sqlite:///{folder}/records.sqlite3").close()
    assert (folder / "records.sqlite3").stat().st_size > 0
