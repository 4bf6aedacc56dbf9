"""Predictions by form, without JavaScript, and what a learner's progress says of them."""

from __future__ import annotations

from tests.web.practice.predicting import asleep, predict, rows, told

pytest_plugins = ("tests.web.practice.bet_fixtures",)


def test_without_javascript_a_form_leads_to_what_came_out(bets):
    client, _ = bets
    page = client.get("/lessons/betting").text
    assert 'action="/predictions/when"' in page
    answer = client.post("/predictions/when", data={"prediction": "2"})
    assert str(answer.url).endswith("/predictions/when")
    assert "You said step 2: 1 step earlier." in answer.text
    assert "/animation.gif" in answer.text
    assert client.get("/predictions/when").headers["cache-control"] == "no-store"


def test_a_form_without_a_prediction_says_so_and_is_there_again(bets):
    client, engine = bets
    answer = client.post("/predictions/spread", data={"prediction": " "})
    assert answer.status_code == 422
    assert "Say first what you expect" in answer.text
    assert 'value="b"' in answer.text
    assert engine.submitted == []


def test_a_form_that_says_something_else_is_shown_the_locked_one(bets):
    client, _ = bets
    client.post("/predictions/when", data={"prediction": "2"})
    answer = client.post("/predictions/when", data={"prediction": "3"})
    assert "locked once it is made" in answer.text
    assert "You said step 2" in answer.text


def test_the_page_says_that_the_prediction_is_kept_while_the_engine_is_down(bets):
    client, engine = bets
    engine.fault = asleep()
    page = client.post("/predictions/when", data={"prediction": "2"}).text
    assert "What you said is kept. the model is waking up" in page
    assert "Try again" in page
    assert "animation.gif" not in page


def test_what_was_predicted_counts_in_the_progress_and_goes_with_the_learner(bets, folder):
    client, _ = bets
    assert "Predictions" not in client.get("/fragments/progress/betting").text
    predict(client, 1)
    told(client)
    assert "Predictions: 1 of 2 made" in client.get("/fragments/progress/betting").text
    assert "1 prediction" in client.get("/learner/forget").text
    (kept,) = client.get("/learner/answers.json").json()["predictions"]
    assert (kept["prediction"], kept["given"], kept["value"]) == ("when", 1, 3.0)
    client.post("/learner/forget")
    assert rows(folder) == []
