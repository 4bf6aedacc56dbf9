"""R11: somebody sets the clock of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real_server import real_server
from tests.reliability.answering import Learner
from tests.reliability.records import ask, is_sound, times_recorded, wrong_counts

DAY_S = 86_400


@pytest.mark.parametrize("jumps", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_a_clock_that_is_set_by_a_day_changes_no_answer(tmp_path, models, figures, jumps):
    """The clock of server and engine goes a day on, back, a day back and on again; after each jump what was
    answered before is sent again, a new answer is given, and a run is asked for with a ticket.
    """
    clock = tmp_path / "clock"
    clock.write_text("0")
    path = str(Path(__file__).parent / "clock")
    faults = 0
    verdicts: dict[str, str] = {}
    with real_server(tmp_path, models, PYTHONPATH=path, CLOCK_FILE=str(clock)) as server:
        learner = Learner(server.port)
        for number in range(jumps + 1):
            clock.write_text(str((0, DAY_S, 0, -DAY_S)[number % 4]))
            for attempt, before in verdicts.items():
                faults += learner.answer("Green", attempt).json()["verdict"] != before
            attempt = f"clock-{number}-of-this-learner"
            verdicts[attempt] = learner.answer("Green", attempt).json()["verdict"]
            newcomer = Learner(server.port)
            assert newcomer.ask("GET", "/api/ticket").json()["ticket"]
            faults += newcomer.ask("POST", "/api/runs", {"model": "tiny", "seed": number}).status != 201
            faults += not server.answers("/lessons/colours/practice")
        moments = ask(server.records, "SELECT created_at FROM attempts ORDER BY id")
        recorded = times_recorded(server.records, "clock-")
        assert len({str(moment)[:14] for (moment,) in moments}) > 1, "the clock did jump"
        figures.note(
            "R11", f"clock set {jumps} times by a day: answers that changed, or were refused", faults, "≤", 0
        )
        figures.note("R11", "clock: answers lost or doubled", wrong_counts(recorded, jumps + 1), "≤", 0)
        assert is_sound(server.records)
    figures.must_hold()
