"""A noise lab on a page: its picture, the tables of the schedules, and where the slider begins.

Made when pages are built, and the same for everyone. The noise is not sent: `normal.js` draws that of any
seed, to the last digit but rounding as numpy does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.course.directives import Lab
from app.diffusion.schedules import SCHEDULES
from app.diffusion.seeds import MAX_SEED
from app.labs.noise.levels import encoded, figures, tables
from app.labs.noise.options import POSITIONS, Noise
from app.labs.noise.still import Still, still
from app.labs.options import Resources

TITLE = "Noise on a picture"
SUMMARY = (
    "Drown a picture in noise with one slider, on three schedules at once: "
    "the same picture, the same noise, and how fast each schedule buries the one under the other."
)
EXAMPLE: Mapping[str, str] = {}


@dataclass(frozen=True)
class NoiseView:
    """The context of `view.html`.

    `data` is what the script starts from, as JSON: the picture, the tables, and the first state.
    `lower_db` says by how many decibels this picture's own signal-to-noise ratio lies below that of data with
    variance 1: it follows from the standard deviation of its values. It is empty for a picture of one colour.
    """

    id: str
    number: int
    caption_html: str
    alt: str
    credit: str
    schedules: tuple[str, ...]
    schedule: str
    compare: str
    seed: int
    most_seed: int
    position: int
    positions: int
    still: Still
    deviation: str
    lower_db: str
    data: str


def view(lab: Lab, settings: Noise, resources: Resources) -> NoiseView:
    """Put a noise lab together."""
    deviation = float(settings.pixels.std()) / 127.5
    return NoiseView(
        id=lab.id,
        number=lab.number,
        caption_html=lab.caption_html,
        alt=settings.alt,
        credit=settings.credit,
        schedules=tuple(SCHEDULES),
        schedule=settings.schedule,
        compare=settings.compare,
        seed=settings.seed,
        most_seed=MAX_SEED - 1,
        position=settings.position,
        positions=POSITIONS,
        still=still(settings.pixels, settings.seed),
        deviation=figures(deviation, 2),
        lower_db=figures(-20.0 * math.log10(deviation), 1) if deviation else "",
        data=_script_data(settings),
    )


def _script_data(settings: Noise) -> str:
    side, _, channels = settings.pixels.shape
    return json.dumps(
        {
            "side": side,
            "channels": channels,
            "pixels": encoded(settings.pixels),
            "schedules": tables(POSITIONS),
            "schedule": settings.schedule,
            "compare": settings.compare,
            "seed": settings.seed,
            "position": settings.position,
        },
        separators=(",", ":"),
    )
