"""What is printed of a noise lab: its picture with the same noise at five times, a row for each schedule."""

from __future__ import annotations

from collections.abc import Sequence

from app.diffusion.schedules import SCHEDULES
from app.labs.noise.options import Noise
from app.labs.noise.still import GAP, SIDE, TIMES, noisy_sheet
from app.labs.strip import Strip
from app.pictures import Pixels


def strip(settings: Noise) -> Strip:
    """Say what is printed of a noise lab with these settings."""

    def draw(_: Sequence[Pixels]) -> Pixels:
        return noisy_sheet(settings.pixels, settings.seed)

    side = min(SIDE, len(settings.pixels))
    return Strip(
        run=None,
        steps=(),
        labels=tuple(f"t = {t:g}" for t in TIMES),
        words="",
        rows=tuple(SCHEDULES),
        alt=f"{settings.alt[0].upper()}{settings.alt[1:]}, at five times on three schedules, "
        "from the clear picture to nothing but noise.",
        credit=settings.credit,
        size=(len(SCHEDULES) * (side + GAP) - GAP, len(TIMES) * (side + GAP) - GAP),
        draw=draw,
    )
