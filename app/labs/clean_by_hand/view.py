"""A lab clean-by-hand on a page: the picture, its noise and the clock, and where its model is asked.

Made when pages are built, and the same for everyone. The noise is drawn in the browser.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.course.directives import Lab
from app.labs.clean_by_hand.options import CleanByHand
from app.labs.noise.levels import encoded
from app.labs.one_call import BY_ITSELF
from app.labs.options import Resources

TITLE = "Clean a picture by hand"
SUMMARY = (
    "Repair a noisy picture with a brush, dot by dot and against the clock, and see the error as you paint. "
    "Then let a model have one try."
)
EXAMPLE: Mapping[str, str] = {}


@dataclass(frozen=True)
class CleanByHandView:
    """The context of `view.html`.

    `pictures` is where the noisy picture and the model's call are for browsers without JavaScript. `data` is
    what the script starts from, as JSON.
    """

    id: str
    number: int
    caption_html: str
    alt: str
    credit: str
    side: int
    seconds: int
    pictures: str
    data: str


def view(lab: Lab, settings: CleanByHand, resources: Resources) -> CleanByHandView:
    """Put a lab clean-by-hand together."""
    side = len(settings.clean)
    data = {
        "side": side,
        "clean": encoded(settings.clean),
        "noise": settings.noise,
        "seed": settings.seed,
        "seconds": settings.seconds,
        "lesson": settings.lesson,
    }
    return CleanByHandView(
        id=lab.id,
        number=lab.number,
        caption_html=lab.caption_html,
        alt=settings.alt,
        credit=settings.credit,
        side=side,
        seconds=settings.seconds,
        pictures=f"/labs/clean-by-hand/{settings.lesson or BY_ITSELF}/{lab.id}",
        data=json.dumps(data, separators=(",", ":")),
    )
