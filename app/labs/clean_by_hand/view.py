"""A lab clean-by-hand on a page: the picture, its noise and the clock, and where its model is asked.

Made when pages are built, and the same for everyone. The noise is drawn in the browser.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.course.directives import Lab
from app.labs.clean_by_hand.noisy import noisy_pixels
from app.labs.clean_by_hand.options import CleanByHand
from app.labs.noise.levels import encoded
from app.labs.options import Resources
from app.pictures import on_paper, png

TITLE = "Clean a picture by hand"
SUMMARY = (
    "Repair a noisy picture with a brush, dot by dot and against the clock, and see the error as you paint. "
    "Then let a model have one try."
)
EXAMPLE: Mapping[str, str] = {}

STILL_SCALE = 8
"""Dots of the still picture for a pixel's side."""


@dataclass(frozen=True)
class CleanByHandView:
    """The context of `view.html`.

    `still` is the noisy picture as a data address, and `answer` the address of the model's call as a picture,
    both for browsers without JavaScript. `data` is what the script starts from, as JSON.
    """

    id: str
    number: int
    caption_html: str
    alt: str
    credit: str
    side: int
    seconds: int
    still: str
    still_side: int
    answer: str
    data: str


def view(lab: Lab, settings: CleanByHand, resources: Resources) -> CleanByHandView:
    """Put a lab clean-by-hand together."""
    side = len(settings.clean)
    file = png(on_paper(noisy_pixels(settings)), STILL_SCALE)
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
        still=f"data:image/png;base64,{base64.b64encode(file).decode()}",
        still_side=STILL_SCALE * side,
        answer=f"/labs/clean-by-hand/{settings.lesson or '-'}/{lab.id}.png",
        data=json.dumps(data, separators=(",", ":")),
    )
