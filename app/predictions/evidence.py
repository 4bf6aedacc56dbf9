"""What a measure is taken of: a finished run, as a web process has it. numpy only."""

from __future__ import annotations

from dataclasses import dataclass

from app.cards import Card
from app.engine.frame_events import Pixels
from app.engine.judged import Judged
from app.engine.run import RunSpec


@dataclass(frozen=True)
class Evidence:
    """A finished run.

    Args:
        spec: the run.
        card: of its model.
        pictures: the finished ones, uint8 of (picture, height, width, channels).
        judged: what the model's judge makes of its noisy pictures; None where the measure asks for none.
    """

    spec: RunSpec
    card: Card
    pictures: Pixels
    judged: Judged | None = None


def asked_values(spec: RunSpec, card: Card) -> dict[str, frozenset[int]]:
    """Say which values of the judge's aspects a run asks for: its class, or the words of its prompt.

    Returns:
        For each aspect that something is said of, the places of the values that it may have. Words that
        name no value (articles, or "snowy" ground under hills, which the judge has no word for) say nothing.
    """
    aspects = {} if card.judge is None else card.judge.aspects
    if card.vocabulary is None:
        names: tuple[str, ...] = () if spec.label is None else (card.classes[spec.label],)
    else:
        listed = {
            entry.split()[0] for kind, entries in card.words.items() if kind != "other" for entry in entries
        }
        names = tuple(word for word in spec.prompt.split() if word in listed)
    found = {
        aspect: frozenset(place for place, value in enumerate(values) if value in names)
        for aspect, values in aspects.items()
    }
    return {aspect: places for aspect, places in found.items() if places}
