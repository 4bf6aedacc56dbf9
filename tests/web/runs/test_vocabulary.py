"""The vocabulary as clients get it, and the prompts on which server and player have to agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.training.landscapes.words import VOCABULARY
from app.web.runs.vocabulary import KIND_TITLES, kinds_of, prompt_rules, reading

CASES = json.loads((Path(__file__).parent / "prompt_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["text"])[:40])
def test_prompts_are_read_as_written_down_for_server_and_player(case):
    read = json.loads(json.dumps(reading(VOCABULARY.read(case["text"]))))
    assert {"text": case["text"]} | read == case


def test_a_client_gets_every_word_of_every_entry():
    rules = prompt_rules(VOCABULARY)
    assert rules
    assert rules["max_words"] == 24
    assert rules["words"]["sky"][0] == ["sun", "suns", "sunny", "sunshine"]
    words = [word for entries in rules["words"].values() for entry in entries for word in entry]
    assert sorted(words) == sorted(VOCABULARY.tokens)
    assert prompt_rules(None) is None


def test_people_get_the_same_words_under_headings():
    kinds = kinds_of(VOCABULARY)
    assert [kind.title for kind in kinds] == [KIND_TITLES[kind] for kind in VOCABULARY.kinds]
    words = [word for kind in kinds for entry in kind.entries for word in (entry.name, *entry.synonyms)]
    assert sorted(words) == sorted(VOCABULARY.tokens)
    assert kinds_of(None) == ()
