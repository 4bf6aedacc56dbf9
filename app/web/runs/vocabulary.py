"""A model's vocabulary as clients and pages are given it: words by kind, each entry with its synonyms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.prompts import MAX_WORDS, OTHER, Prompt, Vocabulary

KIND_TITLES = {
    "time": "Time of day",
    "terrain": "Land and sea",
    "ground": "On the ground",
    "sky": "In the sky",
    "weather": "Weather",
    "thing": "Things",
    "colour": "Colours",
    "side": "Side of the picture",
    OTHER: "Small words",
}
"""Headings for the kinds that our models have; any other kind is headed by its own name."""


@dataclass(frozen=True)
class Entry:
    """One thing that the model knows: its name, and the words that mean the same."""

    name: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """Entries that belong together, under a heading."""

    title: str
    entries: tuple[Entry, ...]


def kinds_of(vocabulary: Vocabulary | None) -> tuple[Kind, ...]:
    """List a vocabulary for people; none for a model of classes."""
    if vocabulary is None:
        return ()
    return tuple(
        Kind(
            KIND_TITLES.get(kind, kind.capitalize()),
            tuple(Entry(words[0], tuple(words[1:])) for words in map(str.split, entries)),
        )
        for kind, entries in vocabulary.kinds.items()
    )


def prompt_rules(vocabulary: Vocabulary | None) -> dict[str, Any] | None:
    """Say what a client must know to read prompts as the model does; None for a model of classes."""
    if vocabulary is None:
        return None
    words = {kind: [entry.split() for entry in entries] for kind, entries in vocabulary.kinds.items()}
    return {"words": words, "max_words": MAX_WORDS}


def reading(prompt: Prompt) -> dict[str, Any]:
    """Say what the model read of a prompt, and what it did not."""
    return {
        "words": prompt.words,
        "unknown": prompt.unknown,
        "unread": prompt.unread,
        "contradictions": prompt.contradictions,
        "competing": prompt.competing,
    }
