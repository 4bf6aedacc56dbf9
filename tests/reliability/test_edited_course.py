"""R11: the course is edited while learners are at its questions."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.real_server import real_server
from tests.reliability.answering import Learner
from tests.reliability.records import ask, times_recorded, wrong_counts
from tests.web.small_course import COURSE, question

EDITS = 8


def course(right: str, last: str) -> str:
    """Write the small course with another key of the first question, and another last option."""
    return question("one", (right,)).replace("Yellow", last) + "".join(COURSE[1:])


def version_of(records: Path, attempt: str) -> object:
    ((version,),) = ask(records, f"SELECT question_version FROM attempts WHERE attempt = '{attempt}'")
    return version


@pytest.mark.soak  # tests/web/practice/test_retries.py has every kind of edit, without starting servers
def test_a_course_edited_in_mid_attempt_changes_no_verdict_that_was_given(tmp_path, models, figures):
    """One learner has answered, another has the question open; then the key moves to another option, another
    option is reworded, and the server is started again. A retry keeps its verdict, an option that is gone is
    refused, and each row names the version by whose key it was graded.
    """
    changed = stale = disagreeing = 0
    with real_server(tmp_path, models) as server:
        quiz = tmp_path / "lessons" / "01-colours" / "quiz.toml"
        key, gone = "Red", "Yellow"
        versions: set[object] = set()
        for number in range(EDITS):
            first, second = Learner(server.port), Learner(server.port)
            attempts = [f"edited-{number}-{name}-learner" for name in ("first", "second", "third")]
            assert first.answer(key, attempts[0]).json()["verdict"] == "right"
            versions.add(version_of(server.records, attempts[0]))
            new_key, new_text = "Green" if key == "Red" else "Red", f"Gold {number}"
            quiz.write_text(course(new_key, new_text), encoding="utf-8")
            server.end(signal.SIGTERM)
            server.start()
            server.wait_until_ready()
            changed += first.answer(key, attempts[0]).json()["verdict"] != "right"
            stale += second.answer(gone, attempts[1]).status != 422
            verdict = second.answer(new_key, attempts[2]).json()["verdict"]
            versions.add(version_of(server.records, attempts[2]))
            disagreeing += verdict != "right"
            key, gone = new_key, new_text
        recorded = times_recorded(server.records, "edited-")
        figures.note("R11", f"course edited {EDITS} times: verdicts that changed", changed, "≤", 0)
        figures.note("R11", "answers to an option that is gone, not refused", stale, "≤", 0)
        figures.note("R11", "rows graded otherwise than by the version that they name", disagreeing, "≤", 0)
        figures.note("R11", "edited: answers lost or doubled", wrong_counts(recorded, 2 * EDITS), "≤", 0)
        assert len(versions) == EDITS + 1
    figures.must_hold()
