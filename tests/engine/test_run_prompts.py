"""Runs of a model of prompts: what is read of them, which are the same run, and where attention is shown."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from app.controls.request import RunRequest
from app.controls.table import MAX_ATTENTION_COUNT, MAX_COUNT, MAX_PROMPT_LENGTH
from app.engine.reading import guidance_of, read_prompts, read_run
from app.errors import InvalidRequest
from app.prompts import Vocabulary
from tests.engine.specs import CARD, PAINTER, painting


@pytest.mark.parametrize(
    ("prompt", "read"),
    [
        (None, ""),
        ("", ""),
        (" \t\r\n\x00", ""),
        ("the sea", "the sea"),
        ("THE  Ocean,\nover an hill!", "the sea over a hills"),
        ("\N{FULLWIDTH LATIN SMALL LETTER S}ea", "sea"),
        ("unicorns & dragons", ""),
        ("dawn night dawn midnight", "dawn night dawn night"),
        ("<script>alert('sea')</script>", "sea"),
        ("{{ night }} <b>sea</b> ${hills} %(a)s ' OR 1=1 --", "night sea hills a"),
        ("\N{WATER WAVE}sea\N{ZERO WIDTH JOINER}\N{NEW MOON SYMBOL}", "sea"),
        (
            "\N{RIGHT-TO-LEFT OVERRIDE}sea\N{POP DIRECTIONAL FORMATTING} \u05d9\u05dd \u0628\u062d\u0631",
            "sea",
        ),
        ("sea " * (MAX_PROMPT_LENGTH // 4), " ".join(["sea"] * 24)),
        ("x" * MAX_PROMPT_LENGTH, ""),
    ],
)
def test_a_prompt_is_any_text_of_which_the_known_words_count(prompt, read):
    assert painting(prompt=prompt).prompt == read
    assert painting(prompt="dawn", negative_prompt=prompt, guidance=3.0).negative_prompt == read


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
@pytest.mark.parametrize(
    "text", ["a" * (MAX_PROMPT_LENGTH + 1), "sea \ud800", "\udcff", b"sea", 7, True, ["sea"]]
)
def test_what_is_no_text_or_too_long_is_refused_by_name(field, text):
    with pytest.raises(InvalidRequest) as refused:
        painting(**{field: text})
    assert refused.value.field == field


def test_a_model_of_prompts_takes_no_label():
    for label in ("round", 0, ""):
        with pytest.raises(InvalidRequest, match="prompt, not a label; for instance: dawn sea a") as refused:
            painting(label=label, prompt="sea")
        assert refused.value.field == "label"


@pytest.mark.parametrize("value", [1, "true", None])
def test_attention_is_a_yes_or_a_no(value):
    with pytest.raises(InvalidRequest) as refused:
        painting(attention=value)
    assert refused.value.field == "attention"


def test_attention_is_shown_for_a_few_pictures_at_once():
    assert painting(prompt="sea", attention=True, count=MAX_ATTENTION_COUNT).attention
    with pytest.raises(InvalidRequest, match=f"at most {MAX_ATTENTION_COUNT} .* got 5") as refused:
        painting(prompt="sea", attention=True, count=MAX_ATTENTION_COUNT + 1)
    assert refused.value.field == "count"
    assert painting(prompt="sea", count=MAX_COUNT).count == MAX_COUNT


SEA = {"prompt": "the sea", "guidance": 3.0}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SEA, SEA | {"prompt": "The Ocean!"}),
        (SEA, SEA | {"prompt": "the shiny sea"}),
        (SEA, SEA | {"negative_prompt": ""}),
        (SEA, SEA | {"negative_prompt": "dragons"}),
        (SEA | {"negative_prompt": "night"}, SEA | {"negative_prompt": "Midnight"}),
        (SEA | {"guidance": 1.0}, SEA | {"guidance": 1.0, "negative_prompt": "night"}),
        (SEA | {"guidance": 0.0}, {}),
        (
            SEA | {"guidance": 0.0, "negative_prompt": "night"},
            SEA | {"guidance": 1e-50, "negative_prompt": "night"},
        ),
        (
            SEA | {"guidance": 1.0, "negative_prompt": "night"},
            SEA | {"guidance": 1.0 - 1e-9, "negative_prompt": "night"},
        ),
        (SEA | {"guidance": 0.0}, SEA | {"guidance": -0.0, "attention": True}),
        (SEA | {"guidance": 0.0, "negative_prompt": "night"}, {"prompt": "night", "guidance": 1.0}),
        (SEA | {"negative_prompt": "the ocean"}, SEA | {"guidance": 1.0}),
        ({}, {"prompt": "", "negative_prompt": "dragons", "guidance": 5.0}),
        ({}, {"prompt": "dragons", "attention": True}),
    ],
)
def test_prompts_that_make_the_same_pictures_are_the_same_run(one, other):
    assert painting(**one) == painting(**other)
    assert painting(**one).run_id("a") == painting(**other).run_id("a")


def test_a_guidance_that_single_precision_tells_from_0_and_1_is_kept():
    for guidance in (1e-6, 0.999999, 1.000001):
        assert painting(**SEA | {"guidance": guidance}).guidance == guidance
        assert torch.tensor(guidance, dtype=torch.float32).item() not in (0.0, 1.0)
    assert str(guidance_of(RunRequest(model="tiny", guidance=-0.0), CARD)) == "0.0"
    assert guidance_of(RunRequest(model="tiny"), CARD) == CARD.defaults.guidance


def test_the_run_and_how_its_prompts_were_read_come_of_one_reading(monkeypatch):
    request = RunRequest(model="painter", prompt="an ocean", negative_prompt="midnight fog", guidance=3.0)
    read = []
    reads = Vocabulary.read

    def noted(vocabulary, text):
        read.append(text)
        return reads(vocabulary, text)

    monkeypatch.setattr(Vocabulary, "read", noted)
    reading = read_run(request, PAINTER)
    assert read == ["an ocean", "midnight fog"]
    assert (reading.spec.prompt, reading.spec.negative_prompt) == ("a sea", "night")
    assert reading.prompts == read_prompts(request, PAINTER)
    assert reading.prompts
    assert reading.prompts.prompt.words == ("an", "ocean")


def test_prompts_that_make_other_pictures_are_other_runs():
    different: list[dict[str, Any]] = [
        {},
        {"prompt": "sea"},
        {"prompt": "the sea"},
        {"prompt": "sea the"},
        {"prompt": "sea sea"},
        {"prompt": "sea", "guidance": 1.0},
        {"prompt": "sea", "negative_prompt": "night"},
        {"prompt": "night", "negative_prompt": "sea"},
        {"negative_prompt": "night"},
        {"prompt": "sea", "attention": True},
    ]
    ids = [painting(**settings).run_id("weights") for settings in different]
    assert len(set(ids)) == len(different)


@pytest.mark.parametrize(
    ("settings", "rows"),
    [
        ({}, 1),
        (SEA, 2),
        (SEA | {"guidance": 1.0}, 1),
        (SEA | {"guidance": 0.0}, 1),
        (SEA | {"negative_prompt": "night"}, 2),
        (SEA | {"negative_prompt": "the ocean"}, 1),
        ({"negative_prompt": "night", "guidance": 3.0}, 2),
    ],
)
def test_only_guidance_between_two_prompts_costs_two_rows_a_picture(settings, rows):
    assert painting(**settings).rows_per_picture == rows
