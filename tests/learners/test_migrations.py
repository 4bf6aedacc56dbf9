"""Databases of earlier versions: opened, migrated, and every answer in them still there."""

import sqlite3

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from app.learners.attempts import Answered, answers_of, record
from app.learners.database import open_records

LEARNER = "INSERT INTO learners (id, key, created_at) VALUES (1, 'learner', '2026-01-02 03:04:05.000000')"
ATTEMPT = (
    "INSERT INTO attempts (learner_id, question_id, question_version, attempt, body_hash, options, verdict,"
    " created_at) VALUES (1, ?, 'v1', ?, ?, ?, ?, '2026-01-02 03:04:05.000000')"
)
HASH = "fc9c47fb4a46c2ae23dc5cb9bf36fb10e2b2b39b3e6fef90f5a0d9d5ba2b6e2a"


@pytest.fixture
def path(tmp_path):
    """A database as version 0001 made it, with two answers of one learner."""
    path = tmp_path / "records.sqlite3"
    config = Config()
    config.set_main_option("script_location", "app.learners:migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(path) as plain:
        plain.execute(LEARNER)
        plain.execute(ATTEMPT, ("q", "first", HASH, '["a"]', "wrong"))
        plain.execute(ATTEMPT, ("q", "second", HASH, '["b"]', "right"))
        plain.execute("INSERT INTO secrets (name, value) VALUES ('cookies', ?)", (b"s" * 32,))
    plain.close()
    return path


@pytest.fixture
def records(path):
    records = open_records(f"sqlite:///{path}")
    yield records
    records.close()


def test_answers_of_the_first_version_stay_with_no_texts(path, records):
    assert answers_of(records, "learner", ["q"]) == {"q": Answered("wrong", "right", ("b",), 2, None)}
    assert records.secret() == b"s" * 32
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT attempt, shown_texts FROM attempts ORDER BY id").fetchall()
        version = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    connection.close()
    assert rows == [("first", None), ("second", None)]
    assert version == [("0002",)]


def test_answers_after_the_migration_keep_their_texts(records):
    record(records, "learner", "q", "v2", "third", ["c"], "right", [{"id": "c", "text": "As *shown*"}])
    answered = answers_of(records, "learner", ["q"])["q"]
    assert (answered.count, answered.last_texts) == (3, ({"id": "c", "text": "As *shown*"},))


def test_a_submission_of_the_first_version_sent_again_is_the_same_answer(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    records = open_records(url)
    made = record(records, "learner", "q", "v1", "token", ["a"], "right")
    with records.writing() as connection:  # as the migration leaves it
        connection.exec_driver_sql("UPDATE attempts SET shown_texts = NULL")
    again = record(records, "learner", "q", "v1", "token", ["a"], "right", [{"id": "a", "text": "Red"}])
    assert (again.is_repeat, again.created_at, again.shown_texts) == (True, made.created_at, None)
    records.close()
