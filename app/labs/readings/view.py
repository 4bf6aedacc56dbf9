"""A lab readings on a page: the picture, the levels, and where its model is asked.

Made when pages are built, and the same for everyone. Noise and conversions are made in the browser.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.course.directives import Lab
from app.labs.noise.levels import Level, encoded, figures
from app.labs.one_call import BY_ITSELF
from app.labs.options import Resources
from app.labs.readings.options import ERRORS, ReadingsLab
from app.labs.readings.quantities import NAMES
from app.labs.strip import GAP

TITLE = "Three readings of one answer"
SUMMARY = (
    "Ask a model once about a noisy picture and read its answer as picture, noise and velocity; then make an "
    "error of one size in one of the three, and see what it becomes in the other two."
)
EXAMPLE: Mapping[str, str] = {}

STILL_SCALE = 4
"""CSS pixels for a pixel of the picture that is shown without JavaScript."""


@dataclass(frozen=True)
class LevelRow:
    """One level in words; `asks` says whether a model can be asked there."""

    t: str
    signal: str
    noise: str
    snr: str
    x0_to_eps: str
    x0_to_v: str
    asks: bool


@dataclass(frozen=True)
class ReadingsView:
    """The context of `view.html`.

    `pictures` is where the still and the model's answers are for browsers without JavaScript. `data` is what
    the script starts from, as JSON.
    """

    id: str
    number: int
    caption_html: str
    alt: str
    credit: str
    t_max: str
    levels: tuple[LevelRow, ...]
    first: int
    errors: tuple[str, ...]
    error: str
    pictures: str
    still_width: int
    still_height: int
    data: str


def view(lab: Lab, settings: ReadingsLab, resources: Resources) -> ReadingsView:
    """Put a lab readings together."""
    side, _, channels = settings.clean.shape
    data = {
        "side": side,
        "channels": channels,
        "clean": encoded(settings.clean),
        "seed": settings.seed,
        "levels": [{"t": at.t, "signal": at.signal_scale, "noise": at.noise_scale} for at in settings.levels],
        "lesson": settings.lesson,
    }
    return ReadingsView(
        id=lab.id,
        number=lab.number,
        caption_html=lab.caption_html,
        alt=settings.alt,
        credit=settings.credit,
        t_max=f"{settings.card.t_max:g}",
        levels=tuple(_row(at) for at in settings.levels),
        first=settings.first,
        errors=tuple(sorted(ERRORS)),
        error=settings.error,
        pictures=f"/labs/readings/{settings.lesson or BY_ITSELF}/{lab.id}",
        still_width=STILL_SCALE * (len(NAMES) * (side + GAP) - GAP),
        still_height=STILL_SCALE * (len(settings.levels) * (side + GAP) - GAP),
        data=json.dumps(data, separators=(",", ":")),
    )


def _row(at: Level) -> LevelRow:
    return LevelRow(
        t=f"{at.t:g}",
        signal=figures(at.signal_scale),
        noise=figures(at.noise_scale),
        snr=figures(at.snr_db, 1),
        x0_to_eps=figures(at.signal_scale / at.noise_scale),
        x0_to_v=figures(1.0 / at.noise_scale),
        asks=at.signal_scale > 0.0,
    )
