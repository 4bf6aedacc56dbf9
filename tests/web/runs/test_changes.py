"""A run that is asked for in place of another one, after a change of its settings."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.engine.admission import CHANGES_PER_RUN
from app.learners.sessions import new_session
from tests.web.fake_engine import FakeEngine, app_for, start
from tests.web.services import SECRET


@pytest.fixture
def engine():
    return FakeEngine()


def change(client, replaces, **settings):
    body = {"model": "tiny"} | settings
    return client.post("/api/runs", params={"replaces": replaces}, json=body)


def known_learner(app):
    client = TestClient(app, base_url="http://localhost")
    client.cookies.set("fromnoise", new_session(SECRET).cookie)
    return client


def test_changes_of_a_run_do_not_count_among_the_runs_of_the_minute(engine):
    client = known_learner(app_for(engine, runs_per_minute=2))
    run_id = start(client).json()["id"]
    for seed in range(1, 6):
        changed = change(client, run_id, seed=seed)
        assert changed.status_code == 201
        run_id = changed.json()["id"]
    assert [spec.seed for spec, _ in engine.asked] == [engine.asked[0][0].seed, 1, 2, 3, 4, 5]
    assert start(client, seed=8).status_code == 201  # the second run of the minute
    assert start(client, seed=9).status_code == 429


def test_changes_are_limited_too(engine):
    client = known_learner(app_for(engine, runs_per_minute=1))
    run_id = start(client).json()["id"]
    answers = [change(client, run_id, seed=seed) for seed in range(CHANGES_PER_RUN + 1)]
    assert [answer.status_code for answer in answers] == [201] * CHANGES_PER_RUN + [429]
    assert "changes a minute" in answers[-1].json()["error"]["message"]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert len(engine.asked) == 1 + CHANGES_PER_RUN


@pytest.mark.parametrize("unknown", ["", "0" * 64, "../../readyz"])
def test_what_replaces_no_run_of_ours_counts_as_a_run_too(engine, unknown):
    client = known_learner(app_for(engine, runs_per_minute=2))
    assert [change(client, unknown, seed=seed).status_code for seed in range(3)] == [201, 201, 429]
    assert start(client).status_code == 429


def test_a_name_too_long_for_a_run_is_refused(engine):
    assert change(known_learner(app_for(engine)), "r" * 65).status_code == 422
    assert engine.asked == []
