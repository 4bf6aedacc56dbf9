"""A records' file that was deleted or replaced takes no more answers, and is not said to be well."""

from __future__ import annotations

import resource
import shutil

import pytest

from app.errors import TryLater
from app.learners.database import open_records
from app.learners.predictions import all_predictions_of, lock


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "records.sqlite3"


@pytest.fixture
def records(path):
    records = open_records(f"sqlite:///{path}", patience_s=0.3)
    lock(records, "ann", "first", "v", 1)
    assert records.ready()
    yield records
    records.close()


def replaced(path):
    """Put another database in its place, as somebody does who restores a backup."""
    copy = path.with_name("copy.sqlite3")
    shutil.copy(path, copy)
    copy.replace(path)


HAPPENED = {
    "deleted": lambda path: path.unlink(),
    "moved": lambda path: path.rename(path.with_name("old.sqlite3")),
    "replaced": replaced,
    "its folder moved": lambda path: path.parent.rename(path.parent.with_name("gone")),
    "its folder deleted": lambda path: shutil.rmtree(path.parent),
}


@pytest.mark.parametrize("what", HAPPENED)
def test_nothing_is_acknowledged_that_would_be_lost(records, path, what):
    HAPPENED[what](path)
    with pytest.raises(TryLater, match="moved, deleted or replaced"):
        lock(records, "ann", "second", "v", 2)
    assert not records.ready()


def test_put_back_it_is_well_again(records, path):
    path.rename(path.with_name("old.sqlite3"))
    assert not records.ready()
    path.with_name("old.sqlite3").rename(path)
    assert records.ready()
    lock(records, "ann", "second", "v", 2)
    assert len(all_predictions_of(records, "ann")) == 2


def test_a_log_that_was_deleted_is_noticed_before_the_next_answer_counts(records, path):
    path.with_name(f"{path.name}-wal").unlink()
    with pytest.raises(TryLater, match="write-ahead log"):
        lock(records, "ann", "second", "v", 2)
    assert not records.ready()


@pytest.mark.parametrize("room", [0, 1024, 100_000])
def test_without_room_to_write_it_is_not_ready(records, room):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))  # files of this process can't grow beyond
    try:
        with pytest.raises(TryLater, match="cannot be written"):
            for number in range(200):
                lock(records, f"learner-{number}", "a-prediction", "v", "x" * 2000)
        assert not records.ready()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert records.ready()
    lock(records, "ann", "second", "v", 2)


def test_a_locked_database_is_not_ready(records, path):
    other = open_records(f"sqlite:///{path}", patience_s=0.3)
    with other.writing():
        assert not records.ready()
    assert records.ready()
    other.close()


def test_a_log_that_another_process_made_anew_is_not_the_one_that_was_opened(records, path):
    log = path.with_name(f"{path.name}-wal")
    log.unlink()
    log.write_bytes(b"")
    with pytest.raises(TryLater, match="deleted or replaced"):
        lock(records, "ann", "second", "v", 2)
    assert not records.ready()


def test_records_behind_a_link_are_kept_beside_the_file_itself(tmp_path):
    real = tmp_path / "elsewhere" / "real.sqlite3"
    real.parent.mkdir()
    real.touch()
    link = tmp_path / "link.sqlite3"
    link.symlink_to(real)
    records = open_records(f"sqlite:///{link}")
    lock(records, "ann", "first", "v", 1)
    assert records.ready()
    real.rename(real.with_name("old.sqlite3"))
    assert not records.ready()
    records.close()


def test_a_probe_is_shared_for_as_long_as_is_said(records, path):
    assert records.ready(60.0)
    path.unlink()
    assert records.ready(60.0)
    assert not records.ready()
