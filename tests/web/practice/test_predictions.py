"""Predictions over JSON: locked first, graded by the run, and kept whatever happens to that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.engine.run import RunStatus
from app.errors import FromNoiseError, TryLater
from tests.web.cookies import learner_cookie
from tests.web.practice.predicting import asleep, predict, rows, site, told

pytest_plugins = ("tests.web.practice.bet_fixtures",)


# The whole way


def test_a_prediction_is_locked_run_and_graded_by_that_run(bets, folder):
    client, engine = bets
    engine.status = RunStatus.RUNNING
    answer = predict(client, 1)
    assert answer.status_code == 201
    assert answer.json()["prediction"] == 1
    assert answer.json()["run"]["id"] == told(client)["run"]
    assert [(spec.seed, spec.label, spec.count) for spec in engine.submitted] == [(1, 1, 2)]
    running = told(client)
    assert (running["state"], running["said"], running["outcome"]) == ("running", "step 1", None)
    assert rows(folder) == [(1, None)]
    engine.status = RunStatus.DONE
    outcome = told(client)["outcome"]
    assert outcome["value"] == 3
    assert outcome["came_true"] is False
    assert outcome["compared"] == "You said step 1: 2 steps earlier."
    assert "from step 3 of 4 on" in outcome["measured"]
    assert rows(folder) == [(1, 3.0)]


def test_once_measured_the_outcome_needs_no_engine(bets):
    client, engine = bets
    predict(client, 3)
    assert told(client)["outcome"]["compared"] == "You said step 3: the very same step."
    engine.fault = asleep()
    assert told(client)["outcome"]["came_true"] is True


def test_a_choice_is_graded_by_the_range_that_the_value_falls_into(bets):
    client, engine = bets
    predict(client, "a", "spread")
    outcome = told(client, "spread")["outcome"]
    assert [spec.steps for spec in engine.submitted[-2:]] == [4, 50]  # frames of other steps: other noise
    assert outcome["value"] > 0.5
    assert (outcome["came_true"], outcome["choice"]) == (False, "b")
    assert outcome["compared"] == "You said: Hardly. It is: Much."


# Before it is made


def test_before_a_prediction_there_is_no_outcome_anywhere(bets):
    client, engine = bets
    assert told(client)["state"] == "open"
    assert told(client)["outcome"] is None
    page = client.get("/lessons/betting")
    assert "from step" not in page.text
    assert "from step" not in client.get("/predictions/when").text
    assert engine.submitted == []


def test_the_lesson_is_the_same_for_whoever_has_predicted(bets):
    client, _ = bets
    before = client.get("/lessons/betting").content
    predict(client, 2)
    told(client)
    assert client.get("/lessons/betting").content == before


@pytest.mark.parametrize("given", [5, -1, 2.5, "x", "", 1e300, "nan", "1e999", "0_1", "1,000", "\u00b9"])
def test_what_is_no_step_of_the_run_is_refused_with_what_is(given, bets, folder):
    client, engine = bets
    answer = predict(client, given)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "prediction"
    assert rows(folder) == []
    assert engine.submitted == []


@pytest.mark.parametrize("given", ["z", "A", "", 1, "a" * 64])
def test_what_is_no_choice_is_refused_with_those_there_are(given, bets):
    client, _ = bets
    answer = predict(client, given, "spread")
    assert answer.status_code == 422
    assert "one of a, b" in answer.json()["error"]["message"]


@pytest.mark.parametrize("given", [True, None, [1], {"step": 1}, "a" * 65])
def test_other_kinds_of_values_are_refused(given, bets):
    assert predict(bets[0], given).status_code == 422


def test_an_unknown_prediction_is_not_there(bets):
    client, _ = bets
    assert predict(client, 1, "nothing").status_code == 404
    assert client.get("/api/predictions/nothing").status_code == 404
    assert client.get("/predictions/nothing").status_code == 404


# Twice, and in two tabs


def test_a_second_tab_gets_the_prediction_that_is_locked(bets, folder):
    client, _ = bets
    assert predict(client, 1).status_code == 201
    assert predict(client, 1, attempt="another-0123456789abcd").status_code == 200
    other = predict(client, 2, attempt="another-0123456789abcd")
    assert other.status_code == 409
    assert "locked" in other.json()["error"]["message"]
    assert told(client)["said"] == "step 1"
    assert len(rows(folder)) == 1


def test_one_prediction_sent_many_times_at_once_is_one(bets, folder):
    client, _ = bets
    predict(client, "b", "spread")  # brings the cookie
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda given: predict(client, given).status_code, [1, 2] * 8))
    assert set(answers) == {201, 200, 409}
    assert answers.count(201) == 1
    assert len(rows(folder)) == 2


def test_without_a_cookie_a_retry_is_the_same_learner(bets, folder):
    client, engine = bets
    engine.fault = asleep()
    assert predict(client, 1).status_code == 503
    client.cookies.clear()
    engine.fault = None
    assert predict(client, 1).status_code == 200
    assert rows(folder) == [(1, None)]


# What can happen to the run


def test_with_the_engine_down_it_is_kept_and_can_be_sent_again(bets, folder):
    client, engine = bets
    predict(client, "a", "spread")
    engine.fault = asleep()
    answer = predict(client, 1)
    assert answer.status_code == 503
    assert answer.json()["error"]["message"].startswith("What you said is kept.")
    assert (1, None) in rows(folder)
    asked = told(client)
    assert (asked["state"], asked["outcome"]) == ("stopped", None)
    assert "kept" in asked["note"]
    engine.fault = None
    assert predict(client, 1).status_code == 200
    assert told(client)["outcome"]["value"] == 3


@pytest.mark.parametrize("status", [RunStatus.PAUSED, RunStatus.FAILED, "gone"])
def test_a_run_that_did_not_end_measures_nothing(status, bets, folder):
    client, engine = bets
    predict(client, 1)
    if status == "gone":
        engine.runs.clear()
    else:
        engine.status = status
    asked = told(client)
    assert (asked["state"], asked["outcome"]) == ("stopped", None)
    assert "stopped before its end" in asked["note"]
    assert rows(folder) == [(1, None)]


def test_a_judge_that_is_never_sure_is_no_mark_against_anybody(bets):
    client, engine = bets
    engine.known_from = 99
    predict(client, 1)
    outcome = told(client)["outcome"]
    assert (outcome["value"], outcome["came_true"]) == (None, None)
    assert "never sure" in outcome["measured"]


def test_another_seed_in_the_lesson_is_another_prediction_with_its_own_outcome(tmp_path):
    first, engine = site(tmp_path, seed=1)
    predict(first, 1)
    assert told(first)["outcome"]["value"] == 3
    cookies = dict(first.cookies)
    first.__exit__(None, None, None)
    second, engine = site(tmp_path, seed=2)
    second.cookies.update(cookies)
    try:
        assert told(second)["state"] == "open"
        engine.known_from = 2
        assert predict(second, 2, attempt="another-0123456789abcd").status_code == 201
        assert [spec.seed for spec in engine.submitted] == [2]
        assert told(second)["outcome"]["value"] == 2
    finally:
        second.__exit__(None, None, None)


# Whose it is, and what can go wrong with the judge


def test_a_bad_token_is_refused(bets):
    answer = predict(bets[0], 1, attempt="with blanks in it")
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "attempt")


def test_what_was_measured_for_one_learner_is_told_to_no_other(bets):
    client, _ = bets
    predict(client, 3)
    assert told(client)["outcome"]
    client.cookies.clear()
    other = told(client)
    assert (other["state"], other["outcome"], other["said"]) == ("open", None, "")
    assert "from step" not in client.get("/predictions/when").text


def test_a_first_prediction_with_the_engine_down_is_that_browsers(bets):
    client, engine = bets
    engine.fault = asleep()
    refused = predict(client, 1)
    assert refused.status_code == 503
    assert learner_cookie(refused.cookies)
    assert told(client)["said"] == "step 1"


def test_a_judge_that_still_looks_is_waited_for(bets):
    client, engine = bets
    predict(client, 1)
    engine.judge_fault = TryLater("The judge is still looking.", 2)
    asked = told(client)
    assert (asked["state"], asked["note"]) == ("running", "The judge is still looking.")
    engine.judge_fault = FromNoiseError("the engine answered 500")
    assert told(client)["state"] == "stopped"
    assert "the engine answered 500" in client.get("/predictions/when").text
    engine.judge_fault = None
    assert told(client)["state"] == "measured"
