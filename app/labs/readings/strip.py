"""What is printed of a lab readings: the noisy picture at its first level, and what is true of it there."""

from __future__ import annotations

from collections.abc import Sequence

from app.labs.readings.options import ReadingsLab
from app.labs.readings.quantities import NAMES, sheet, true_quantities
from app.labs.strip import GAP, Strip
from app.pictures import Pixels


def strip(settings: ReadingsLab) -> Strip:
    """Say what is printed of a lab readings with these settings."""
    at = settings.levels[settings.first]

    def draw(_: Sequence[Pixels]) -> Pixels:
        return sheet([true_quantities(settings, at)])

    side = len(settings.clean)
    return Strip(
        run=None,
        steps=(),
        labels=(f"x_t at t = {at.t:g}", "x0, the picture", "eps, the noise", "v, the velocity"),
        words="",
        alt=f"{settings.alt[0].upper()}{settings.alt[1:]}, under noise at the left; then the clean picture, "
        "the noise and the velocity, of which each gives the others.",
        credit=settings.credit,
        size=(side, len(NAMES) * (side + GAP) - GAP),
        draw=draw,
    )
