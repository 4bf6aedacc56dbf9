"""What is printed of a train2d lab: the recorded training, from noise to samples."""

from __future__ import annotations

from collections.abc import Sequence

from app.labs.strip import Strip
from app.labs.train2d.options import Train2d
from app.labs.train2d.recorded import RECORDED
from app.pictures import Pixels


def strip(settings: Train2d) -> Strip:
    """Say what is printed of a train2d lab; the same whatever its settings are."""

    def draw(_: Sequence[Pixels]) -> Pixels:
        return RECORDED.drawing()

    return Strip(
        run=None,
        steps=(),
        labels=tuple(f"{updates} updates" for updates in RECORDED.updates),
        words="",
        alt="Samples of a network that learns a ring of eight heaps: a cloud at first, then the eight heaps.",
        credit="",
        size=RECORDED.size,
        draw=draw,
    )
