"""Runs of a model that reads prompts: over HTTP, by the player's form, and on the run's page."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from starlette.testclient import TestClient

from app.settings import files_folder
from app.web import run_pages
from app.web.assets import Assets
from app.web.read_back import CARRIED_LETTERS
from app.web.templating import make_templates
from tests.web.fake_engine import FakeEngine, app_for, start


@pytest.fixture
def engine():
    return FakeEngine()


@pytest.fixture
def client(engine):
    app = app_for(engine, anonymous_runs_per_minute=1000)
    app.include_router(run_pages.router)
    app.state.catalogue = SimpleNamespace(lessons=())
    app.state.templates = make_templates(files_folder("templates"), Assets(files_folder("static")))
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def paint(client, **settings):
    return start(client, model="painter", **settings)


def refusal(answer):
    assert answer.status_code == 422
    return answer.json()["error"]


def test_a_run_answers_with_what_was_read_and_what_was_not(client, engine):
    answer = paint(
        client, prompt="A red home, castle by day or night", negative_prompt="blue fog", attention=True
    )
    assert answer.status_code == 201
    told = answer.json()
    assert told["prompt"] == {
        "words": ["a", "red", "home", "day", "night"],
        "unknown": ["castle", "by", "or"],
        "unread": 0,
        "contradictions": [["day", "night"]],
    }
    assert told["negative_prompt"] == {
        "words": ["blue"],
        "unknown": ["fog"],
        "unread": 0,
        "contradictions": [],
    }
    assert told["attention"] == told["prompt"]["words"]
    assert [note.split(":")[0] for note in told["notes"]] == [
        "Not in the model's vocabulary, and left out",
        "“day” and “night” contradict each other",
        "Not in the model's vocabulary, and not led away from",
    ]
    ((_, spec, _),) = engine.asked
    assert (spec.prompt, spec.negative_prompt, spec.attention) == ("a red house day night", "blue", True)


def test_prompts_that_were_not_sent_are_not_answered(client):
    told = paint(client).json()
    assert "prompt" not in told
    assert "negative_prompt" not in told
    assert told["attention"] == []
    assert told["notes"] == ["No prompt: the model paints whatever it likes."]
    assert paint(client, prompt="").json()["prompt"]["words"] == []


def test_the_maps_of_a_run_without_guidance_are_those_of_its_negative_prompt(client, engine):
    told = paint(client, prompt="red house", negative_prompt="midnight", guidance=0.0, attention=True).json()
    assert told["attention"] == ["midnight"]
    assert engine.asked[0][1].prompt == "night"


def test_equal_meanings_share_a_run_and_keep_their_own_words(client):
    one, other = paint(client, prompt="a house"), paint(client, prompt="an home 🚀")
    assert one.json()["id"] == other.json()["id"]
    assert other.json()["prompt"]["words"] == ["an", "home"]
    assert len(other.json()["notes"]) == 1


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_prompt_that_cannot_be_is_refused_at_its_field(client, engine, field):
    assert refusal(paint(client, **{field: "a" * 10_001}))["field"] == field
    body = b'{"model": "painter", "%s": "\\ud800"}' % field.encode()
    refused = client.post("/api/runs", content=body, headers={"content-type": "application/json"})
    assert refusal(refused)["field"] == field
    assert refusal(paint(client, **{field: 1}))["field"] == field
    assert engine.asked == []
    assert paint(client, **{field: "\U0001f680" * 10_000}).status_code == 201


def test_each_kind_of_model_refuses_the_conditions_of_the_other(client, engine):
    for field, value in (("prompt", "a house"), ("negative_prompt", "red"), ("attention", True)):
        error = refusal(start(client, **{field: value}))
        assert (error["field"], "takes a label, not a prompt" in error["message"]) == (field, True)
    error = refusal(paint(client, label="round"))
    assert (error["field"], "takes a prompt, not a label" in error["message"]) == ("label", True)
    assert engine.asked == []


def test_more_pictures_than_can_be_shown_with_maps_are_refused(client):
    error = refusal(paint(client, prompt="red", attention=True, count=5))
    assert error["field"] == "count"
    assert "at most 4 pictures" in error["message"]
    assert paint(client, prompt="red", attention=True, count=4).status_code == 201


# The form, for browsers without JavaScript, and the page it leads to


def by_form(client, **fields):
    return client.post(
        "/runs",
        content=urlencode({"model": "painter"} | fields).encode(),
        headers={"content-type": "application/x-www-form-urlencoded"},
        follow_redirects=False,
    )


def page_of(client, **fields):
    return client.get(by_form(client, **fields).headers["location"], headers={"accept": "text/html"}).text


def test_a_form_with_prompts_leads_to_a_page_that_says_what_was_made_of_them(client, engine):
    html = page_of(
        client, prompt="a blue home, <castle> בית", negative_prompt="dawn 'fog'", guidance="3", seed="4"
    )
    ((_, spec, _),) = engine.asked
    assert (spec.prompt, spec.negative_prompt, spec.guidance) == ("a blue house", "dawn", 3.0)
    assert "One picture of “a blue house”, away from “dawn”, from the noise of seed 4" in html
    assert "<dt>Prompt</dt><dd>a blue house</dd>" in html
    assert "<dt>Away from</dt><dd>dawn</dd>" in html
    assert "left out: “<bdi>&lt;</bdi>”, “<bdi>castle</bdi>”, “<bdi>&gt;</bdi>”, “<bdi>בית</bdi>”." in html
    assert "not led away from: “<bdi>fog</bdi>”." in html


def test_the_page_knows_of_a_guidance_that_a_run_no_longer_tells(client):
    assert "With guidance 0 the prompt counts for nothing" in page_of(client, prompt="red", guidance="0")
    assert "No prompt: the model paints whatever it likes." in page_of(client, prompt="")


def test_a_prompt_too_long_for_an_address_goes_to_the_model_and_the_page_says_so(client, engine):
    typed = "\U0001f680" * CARRIED_LETTERS + " red"
    location = by_form(client, prompt=typed, negative_prompt=typed).headers["location"]
    assert len(urlsplit(location).query) < 8 * 1024
    assert parse_qs(urlsplit(location).query)["prompt"] == [typed[:CARRIED_LETTERS]]
    assert engine.asked[0][1].prompt == "red"
    assert "their last 8 letters went to the model, but not to these notes" in client.get(location).text


@pytest.mark.parametrize(
    "query", [{"prompt": "a" * 301}, {"prompt": "", "guidance": "nan"}, {"prompt": "", "cut": "-1"}]
)
def test_an_address_that_no_form_leads_to_is_refused(client, query):
    run_id = paint(client, prompt="red").json()["id"]
    assert client.get(f"/runs/{run_id}", params=query).status_code == 422


def test_a_page_that_is_opened_without_prompts_in_its_address_has_no_notes(client):
    run_id = paint(client, prompt="red castle").json()["id"]
    html = client.get(f"/runs/{run_id}").text
    assert "One picture of “red”" in html
    assert "run-notes" not in html


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_form_refuses_the_prompt_that_the_api_refuses(client, engine, field):
    assert refusal(by_form(client, **{field: "a" * 10_001}))["field"] == field
    assert refusal(by_form(client, model="tiny", **{field: "red"}))["field"] == field
    assert engine.asked == []


def test_a_class_models_page_is_as_it_was(client):
    location = by_form(client, model="tiny", label="round", prompt="").headers["location"]
    assert urlsplit(location).query == ""
    assert "One picture of the class round" in client.get(location).text
