"""Databases of earlier versions: opened, migrated, and every answer in them still there."""

import sqlite3

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from app.learners.attempts import record
from app.learners.database import open_records
from app.learners.sittings import Given, RecordedQuestion, standings_of

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


def test_answers_of_the_first_version_stay_with_no_texts_each_a_sitting_that_showed_the_solution(
    path, records
):
    standing = standings_of(records, "learner", ["q"])["q"]
    assert [(one.ending, one.answers) for one in standing.sittings] == [
        ("revealed", (Given(("a",), "wrong"),)),
        ("right", (Given(("b",), "right"),)),
    ]
    assert (standing.has_solution, standing.state) == (True, "since")
    assert records.secret() == b"s" * 32
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT attempt, shown_texts FROM attempts ORDER BY id").fetchall()
        version = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    connection.close()
    assert rows == [("first", None), ("second", None)]
    assert version == [("0004",)]


def test_answers_after_the_migration_keep_their_texts(records):
    record(
        records,
        "learner",
        RecordedQuestion("q", "v2"),
        "third",
        ["c"],
        "right",
        [{"id": "c", "text": "As *shown*"}],
    )
    sittings = standings_of(records, "learner", ["q"])["q"].sittings
    assert len(sittings) == 3
    assert sittings[-1].answers[0].texts == ({"id": "c", "text": "As *shown*"},)


def test_a_submission_of_the_first_version_sent_again_is_the_same_answer(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    records = open_records(url)
    made = record(records, "learner", RecordedQuestion("q", "v1"), "token", ["a"], "right")
    with records.writing() as connection:  # as the migration leaves it
        connection.exec_driver_sql("UPDATE attempts SET shown_texts = NULL")
    again = record(
        records, "learner", RecordedQuestion("q", "v1"), "token", ["a"], "right", [{"id": "a", "text": "Red"}]
    )
    assert (again.is_repeat, again.created_at, again.shown_texts) == (True, made.created_at, None)
    records.close()
