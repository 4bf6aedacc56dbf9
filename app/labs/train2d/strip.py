"""What is printed of a train2d lab: a recorded training like its own."""

from __future__ import annotations

from collections.abc import Sequence

from app.labs.strip import Strip
from app.labs.train2d.options import Train2d
from app.labs.train2d.recorded import ALT, recorded_for, recordings
from app.pictures import Pixels


def strip(settings: Train2d) -> Strip:
    """Say what is printed of a train2d lab with these settings."""
    name = recorded_for(settings)
    recorded = recordings()[name]

    def draw(_: Sequence[Pixels]) -> Pixels:
        return recorded.drawing()

    return Strip(
        run=None,
        steps=(),
        labels=tuple(recorded.labels),
        words="",
        alt=ALT[name],
        credit="",
        size=recorded.size,
        draw=draw,
    )
