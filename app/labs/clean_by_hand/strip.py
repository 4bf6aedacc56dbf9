"""What is printed of a lab clean-by-hand: the noisy picture, and the clean one beside it."""

from __future__ import annotations

from collections.abc import Sequence

from app.labs.clean_by_hand.noisy import noisy_pixels
from app.labs.clean_by_hand.options import CleanByHand
from app.labs.strip import GAP, Strip, side_by_side
from app.pictures import Pixels, on_paper


def strip(settings: CleanByHand) -> Strip:
    """Say what is printed of a lab clean-by-hand with these settings."""

    def draw(_: Sequence[Pixels]) -> Pixels:
        return side_by_side([on_paper(noisy_pixels(settings)), on_paper(settings.clean)])

    side = len(settings.clean)
    return Strip(
        run=None,
        steps=(),
        labels=("noisy: which dots are dirt?", "the clean picture"),
        words="",
        alt=f"{settings.alt[0].upper()}{settings.alt[1:]}, under noise at the left and clean at the right.",
        credit=settings.credit,
        size=(side, 2 * side + GAP),
        draw=draw,
    )
