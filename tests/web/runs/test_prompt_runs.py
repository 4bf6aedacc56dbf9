"""Runs of a model that reads prompts: over HTTP, by the player's form, and on the run's page."""

from __future__ import annotations

import re
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from starlette.testclient import TestClient

from app.prompts import Vocabulary
from app.web.edge.request_check import MAX_QUERY_BYTES
from tests.web.fake_engine import FakeEngine, app_with_pages, start
from tests.web.services import change_services


@pytest.fixture
def engine():
    return FakeEngine()


@pytest.fixture
def client(engine):
    app = app_with_pages(engine, anonymous_runs_per_minute=1000)
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
        "competing": [],
    }
    assert told["negative_prompt"] == {
        "words": ["blue"],
        "unknown": ["fog"],
        "unread": 0,
        "contradictions": [],
        "competing": [],
    }
    assert told["attention"] == told["prompt"]["words"]
    assert [note.split(":")[0] for note in told["notes"]] == [
        "Not in the model's vocabulary, and left out",
        "“day” and “night” contradict each other",
        "Not in the model's vocabulary, and left out of the negative prompt",
    ]
    ((spec, _),) = engine.asked
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
    assert engine.asked[0][0].prompt == "night"


def test_equal_meanings_share_a_run_and_keep_their_own_words(client):
    one, other = paint(client, prompt="a house"), paint(client, prompt="an home 🚀")
    assert one.json()["id"] == other.json()["id"]
    assert other.json()["prompt"]["words"] == ["an", "home"]
    assert len(other.json()["notes"]) == 1


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_prompt_that_cannot_be_is_refused_at_its_field(client, engine, field):
    assert refusal(paint(client, **{field: "a" * 501}))["field"] == field
    assert "at most 500 letters" in refusal(paint(client, **{field: "a" * 10_000}))["message"]
    body = b'{"model": "painter", "%s": "\\ud800"}' % field.encode()
    refused = client.post("/api/runs", content=body, headers={"content-type": "application/json"})
    assert refusal(refused)["field"] == field
    assert refusal(paint(client, **{field: 1}))["field"] == field
    assert engine.asked == []
    assert paint(client, **{field: "\U0001f680" * 500}).status_code == 201


def test_a_prompt_is_read_once_however_the_answer_uses_it(client, monkeypatch):
    read = []
    reads = Vocabulary.read

    def noted(vocabulary, text):
        read.append(text)
        return reads(vocabulary, text)

    monkeypatch.setattr(Vocabulary, "read", noted)
    assert paint(client, prompt="red", negative_prompt="blue").status_code == 201
    assert read == ["red", "blue"]


def test_each_kind_of_model_refuses_the_conditions_of_the_other(client, engine):
    for field, value in (("prompt", "a house"), ("negative_prompt", "red")):
        error = refusal(start(client, **{field: value}))
        assert (error["field"], "takes a label, not a prompt" in error["message"]) == (field, True)
    error = refusal(start(client, attention=True))
    assert (error["field"], "no words to show attention for" in error["message"]) == ("attention", True)
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
    ((spec, _),) = engine.asked
    assert (spec.prompt, spec.negative_prompt, spec.guidance) == ("a blue house", "dawn", 3.0)
    assert "One picture of “a blue house”, away from “dawn”, from the noise of seed 4" in html
    assert "<dt>Prompt</dt><dd>a blue house</dd>" in html
    assert "<dt>Negative prompt</dt><dd>dawn</dd>" in html
    assert "left out: “<bdi>&lt;</bdi>”, “<bdi>castle</bdi>”, “<bdi>&gt;</bdi>”, “<bdi>בית</bdi>”." in html
    assert "left out of the negative prompt: “<bdi>fog</bdi>”." in html


def test_the_page_knows_of_a_guidance_that_a_run_no_longer_tells(client):
    assert "With guidance 0 the prompt counts for nothing" in page_of(client, prompt="red", guidance="0")
    assert "No prompt: the model paints whatever it likes." in page_of(client, prompt="")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"prompt": "red", "negative_prompt": "blue", "guidance": "3"}, "of “red”, away from “blue”,"),
        (
            {"prompt": "red", "negative_prompt": "blue", "guidance": "0.5"},
            "of a mixture of “red” and “blue”,",
        ),
        ({"negative_prompt": "blue", "guidance": "3"}, "One picture led away from “blue”,"),
        ({"negative_prompt": "blue", "guidance": "0.5"}, "One picture drawn towards “blue”,"),
        ({"prompt": "red", "negative_prompt": "blue", "guidance": "0"}, "One picture of “blue”,"),
        ({"prompt": "castle"}, "of whatever the model likes,"),
    ],
)
def test_the_page_says_what_guidance_makes_of_both_prompts(client, fields, said):
    assert said in page_of(client, **fields)


@pytest.mark.parametrize("guidance", ["0", "0.5", "1", "3"])
@pytest.mark.parametrize("prompts", [{"prompt": "red"}, {"prompt": "red", "negative_prompt": "blue"}, {}])
def test_the_page_shows_the_guidance_that_was_asked_for(client, prompts, guidance):
    assert f"<dt>Guidance</dt><dd>{guidance}</dd>" in page_of(client, **prompts, guidance=guidance)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [({"label": "round", "guidance": "0"}, None), ({"guidance": "3"}, None),
     ({"label": "round", "guidance": "1"}, "1"), ({"label": "round", "guidance": "3"}, "3")],
)  # fmt: skip
def test_a_guidance_without_effect_is_not_shown_for_a_model_of_classes(client, fields, shown):
    html = page_of(client, model="tiny", **fields)
    assert ("<dt>Guidance</dt>" in html) == (shown is not None)
    assert shown is None or f"<dt>Guidance</dt><dd>{shown}</dd>" in html


def test_an_address_cannot_give_a_run_another_guidance_than_it_has(client):
    run_id = paint(client, prompt="red", guidance=3.0).json()["id"]
    assert "<dt>Guidance</dt><dd>3</dd>" in client.get(f"/runs/{run_id}", params={"guidance": 7.0}).text


def test_the_longest_prompts_of_the_widest_letters_fit_into_an_address(client, engine):
    typed = "\U0001f680" * 496 + " red"
    location = by_form(client, prompt=typed, negative_prompt=typed, guidance="2.123456").headers["location"]
    query = urlsplit(location).query
    assert 11_000 < len(query) < MAX_QUERY_BYTES
    assert parse_qs(query)["prompt"] == parse_qs(query)["negative_prompt"] == [typed]
    assert engine.asked[0][0].prompt == "red"
    assert client.get(location).status_code == 200


def test_the_page_reads_a_prompt_to_its_end(client):
    assert 'class="note"' not in page_of(client, prompt="red " + "." * 400 + "house")
    assert "“<bdi>castle</bdi>”" in page_of(client, prompt="red " + "." * 400 + "castle")


@pytest.mark.parametrize(
    "query",
    [
        {"prompt": "a" * 501},
        {"prompt": "", "negative_prompt": "a" * 10_000},
        {"prompt": "", "guidance": "nan"},
        {"prompt": "", "guidance": "-1"},
    ],
)
def test_an_address_that_no_form_leads_to_is_refused(client, query):
    run_id = paint(client, prompt="red").json()["id"]
    assert client.get(f"/runs/{run_id}", params=query).status_code == 422


def test_a_page_that_is_opened_without_prompts_in_its_address_has_no_notes(client):
    run_id = paint(client, prompt="red castle").json()["id"]
    html = client.get(f"/runs/{run_id}").text
    assert "One picture of “red”" in html
    assert 'class="note"' not in html


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://localhost/lessons/light", "/lessons/light"),
        ("http://localhost/lessons/light#lab-2", "/lessons/light"),
        ("http://localhost/labs/player", "/labs/player"),
        ("http://localhost/", "/lessons/colours"),
        ("http://elsewhere.example/lessons/light", "/lessons/colours"),
        ("", "/lessons/colours"),
    ],
)
def test_the_page_leads_back_to_the_page_that_the_run_was_asked_for_on(client, referer, back):
    lessons = tuple(SimpleNamespace(slug=slug) for slug in ("colours", "light"))
    change_services(client.app, catalogue=SimpleNamespace(lessons=lessons))
    location = by_form(client, prompt="red").headers["location"]
    html = client.get(location, headers={"referer": referer}).text
    assert re.findall(r'href="([^"]+)">Back, and run another', html) == [back]


def test_in_a_course_without_lessons_the_page_leads_to_the_player(client):
    assert 'href="/labs/player">Back, and run another' in page_of(client, prompt="red")


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_form_refuses_the_prompt_that_the_api_refuses(client, engine, field):
    assert refusal(by_form(client, **{field: "a" * 501}))["field"] == field
    assert refusal(by_form(client, model="tiny", **{field: "red"}))["field"] == field
    assert engine.asked == []


def test_a_class_models_page_is_as_it_was(client):
    location = by_form(client, model="tiny", label="round", prompt="").headers["location"]
    assert urlsplit(location).query == ""
    assert "One picture of the class round" in client.get(location).text
