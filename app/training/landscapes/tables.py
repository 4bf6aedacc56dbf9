"""How the painter obeys as tables: heads and rows of text, for the report and for the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Rows = tuple[tuple[str, ...], Sequence[tuple[str, ...]]]
"""The heads of a table, and its rows."""


def attribute_table(marks: Mapping[str, float], seen: Mapping[str, Any], held_out: Mapping[str, Any]) -> Rows:
    """List for each attribute how often it is seen where it was said, and how well the judge tells it.

    Args:
        marks: of the judge, by attribute.
        seen: what was measured of prompts that training may show.
        held_out: the same for those with a held-out pair.
    """
    heads = ("attribute", "combinations of training", "held out", "judge on drawings")
    rows = [
        (name, _share(seen["attributes"], name), _share(held_out["attributes"], name), f"{mark:.2%}")
        for name, mark in marks.items()
    ]
    everything = (
        "all of them",
        *(f"{part['share']:.1%} of {part['asked']}" for part in (seen, held_out)),
        f"{seen['share_of_drawings']:.2%}",
    )
    return heads, [*rows, everything]


def pair_table(held_out: Mapping[str, Any]) -> Rows:
    """List for each held-out pair in how many pictures everything that was said is seen."""
    heads = ("pair", "everything said is there", "95% interval", "of drawings")
    rows = [
        (
            name,
            f"{pair['obeyed']} of {pair['asked']}",
            interval(pair["interval"]),
            f"{pair['share_of_drawings']:.0%}",
        )
        for name, pair in held_out["pairs"].items()
    ]
    return heads, rows


def interval(bounds: Sequence[float], decimals: int = 0) -> str:
    """Write an interval of shares."""
    low, high = bounds
    return f"{low:.{decimals}%} to {high:.{decimals}%}"


def _share(attributes: Mapping[str, Mapping[str, float]], name: str) -> str:
    return f"{attributes[name]['share']:.1%}" if name in attributes else ""
