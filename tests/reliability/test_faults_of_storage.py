"""R11, on SQLite: a full disk and a locked database."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from benchmarks.connection import Answer
from tests.real_server import RealServer
from tests.reliability.answering import Learner
from tests.reliability.records import half_written, is_sound, times_recorded, wrong_counts

LEARNERS = 20
PATIENCE_S = 60.0


def known_learners(server: RealServer, name: str) -> list[Learner]:
    """Have learners with cookies: an answer sent again with one, but first without, is another learner's."""
    learners = [Learner(server.port) for _ in range(LEARNERS)]
    for n, learner in enumerate(learners):
        assert learner.answer("Red", f"first-{name}-answer-{n}").status == 200
    return learners


def until_kept(learner: Learner, attempt: str) -> bool:
    """Send an answer again as long as it is refused; say whether it was taken in the end."""
    ends = time.monotonic() + PATIENCE_S
    while (answer := learner.answer("Red", attempt)).status == 503 and time.monotonic() < ends:
        time.sleep(0.5)
    return answer.status == 200


def without_retry(answers: list[Answer]) -> int:
    """Count the answers that are neither 200 nor 503 with Retry-After."""
    return sum(
        answer.status != 200
        and not (answer.status == 503 and answer.headers.get("retry-after", "").isdigit())
        for answer in answers
    )


@pytest.mark.skipif(not hasattr(psutil.Process, "rlimit"), reason="needs limits of another process")
@pytest.mark.parametrize("rounds", [4, pytest.param(60, marks=pytest.mark.soak)])
def test_a_full_disk_refuses_answers_and_loses_none(server, figures, moments, rounds):
    """The web process may write nowhere at first, and then to so many bytes, up to 60,000, beyond SQLite's
    log, another number each round; twenty learners answer, the lesson is opened; then there is room again and
    what was refused is sent anew.
    """
    web, room = server.web_processes[0], psutil.RLIMIT_FSIZE
    before, log = web.rlimit(room), server.records.with_name(f"{server.records.name}-wal")
    learners = known_learners(server, "full")
    answers, again, pages, refused = [], [], 0, 0
    with ThreadPoolExecutor(LEARNERS) as pool:
        for number in range(rounds):
            attempts = [f"full-{number}-{n}-of-this-round" for n in range(LEARNERS)]
            web.rlimit(room, (log.stat().st_size + moments.randrange(60_000) if number else 0, before[1]))
            try:
                came = list(pool.map(lambda one, attempt: one.answer("Red", attempt), learners, attempts))
                pages += server.answers("/lessons/colours")
            finally:
                web.rlimit(room, before)
            answers += came
            refused += sum(answer.status == 503 for answer in came)
            again += list(pool.map(until_kept, learners, attempts))
    recorded = times_recorded(server.records, "full-")
    assert refused
    figures.how += f" Here {refused} of {len(answers)} answers were refused."
    figures.note(
        "R11", f"disk full {rounds} times: other than 503 with Retry-After", without_retry(answers), "≤", 0
    )
    figures.note("R11", "disk full: lessons opened meanwhile", pages, "≥", rounds)
    figures.note("R11", "disk full: refused for good", again.count(False), "≤", 0)
    figures.note("R11", "disk full: answers lost or doubled", wrong_counts(recorded, len(again)), "≤", 0)
    figures.note("R11", "disk full: half-written", half_written(server.records), "≤", 0)
    assert is_sound(server.records)
    figures.must_hold()


@pytest.mark.parametrize("seconds", [5.5, pytest.param(10.0, marks=pytest.mark.soak)])
def test_a_locked_database_refuses_answers_and_loses_none(server, figures, seconds):
    """Another program holds SQLite's write lock; twenty learners answer every half second, the lesson is
    opened as often; then all that was refused is sent anew.
    """
    learners = known_learners(server, "locked")
    sent: list[tuple[Learner, str]] = []
    waits: list[float] = []

    def timed(learner: Learner, attempt: str) -> Answer:
        began = time.monotonic()
        answer = learner.answer("Red", attempt)
        waits.append(time.monotonic() - began)
        return answer

    other = sqlite3.connect(server.records, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pages = opened = 0
    with ThreadPoolExecutor(200) as pool:
        futures, ends = [], time.monotonic() + seconds
        while time.monotonic() < ends:
            for n, learner in enumerate(learners):
                sent.append((learner, f"locked-{len(sent)}-{n}-of-a-learner"))
                futures.append(pool.submit(timed, *sent[-1]))
            opened += 1
            pages += server.answers("/lessons/colours")
            time.sleep(0.5)
        other.execute("ROLLBACK")
        other.close()
        answers = [future.result() for future in futures]
        again = list(pool.map(until_kept, *zip(*sent, strict=True)))
    refused = sum(answer.status == 503 for answer in answers)
    assert refused
    recorded = times_recorded(server.records, "locked-")
    figures.how += f" Here {refused} of {len(answers)} were refused, the slowest after {max(waits):.1f} s."
    figures.note(
        "R11", f"locked for {seconds:g} s: other than 503 with Retry-After", without_retry(answers), "≤", 0
    )
    figures.note("R11", "locked: lessons not opened meanwhile", opened - pages, "≤", 0)
    figures.note("R11", "locked: refused for good", again.count(False), "≤", 0)
    figures.note("R11", "locked: answers lost or doubled", wrong_counts(recorded, len(sent)), "≤", 0)
    figures.note("R11", "locked: half-written", half_written(server.records), "≤", 0)
    assert is_sound(server.records)
    figures.must_hold()
