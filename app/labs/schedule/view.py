"""A schedule lab on a page: three schedules over t, one of the learner's own, and what they do to a picture.

Made when pages are built, and the same for everyone. The tables of the schedules come from
`app/diffusion/schedules.py`; the learner's own schedule is made in the browser.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.controls.table import CONTROLS
from app.course.directives import Lab
from app.diffusion.schedules import FEWEST_STEPS, SCHEDULES
from app.labs.noise.levels import encoded, figures, level, tables
from app.labs.options import Resources
from app.labs.schedule.options import MOST_STEPS, QUANTITIES, ScheduleLab

TITLE = "Bend a schedule"
SUMMARY = (
    "How fast does a picture go? Bend a schedule of your own beside linear, cosine and flow, "
    "see the same picture noised by it, and where the steps of a sampler fall."
)
EXAMPLE: Mapping[str, str] = {}

POSITIONS = 400
"""Intervals of the tables over t."""

HANDLES = (0.25, 0.5, 0.75)
"""Times at which the learner sets the SNR of a schedule of their own."""

TIMES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Times at which the picture is shown."""

TABLE_TIMES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Times of the table that is shown without JavaScript."""


@dataclass(frozen=True)
class ScheduleView:
    """The context of `view.html`; `grids` are titles by name, `data` what the script starts from, as JSON."""

    id: str
    number: int
    caption_html: str
    alt: str
    credit: str
    schedules: tuple[str, ...]
    schedule: str
    quantities: Mapping[str, str]
    quantity: str
    grids: Mapping[str, str]
    grid: str
    steps: int
    most_steps: int
    handles: tuple[float, ...]
    times: tuple[float, ...]
    table_times: tuple[float, ...]
    decibels: Mapping[str, tuple[str, ...]]
    data: str


def view(lab: Lab, settings: ScheduleLab, resources: Resources) -> ScheduleView:
    """Put a schedule lab together."""
    return ScheduleView(
        id=lab.id,
        number=lab.number,
        caption_html=lab.caption_html,
        alt=settings.alt,
        credit=settings.credit,
        schedules=tuple(SCHEDULES),
        schedule=settings.schedule,
        quantities=QUANTITIES,
        quantity=settings.quantity,
        grids=CONTROLS["grid"].choices,
        grid=settings.grid,
        steps=settings.steps,
        most_steps=MOST_STEPS,
        handles=HANDLES,
        times=TIMES,
        table_times=TABLE_TIMES,
        decibels={
            name: tuple(figures(level(schedule, t).snr_db, 1) for t in TABLE_TIMES)
            for name, schedule in SCHEDULES.items()
        },
        data=_script_data(settings),
    )


def _script_data(settings: ScheduleLab) -> str:
    side, _, channels = settings.pixels.shape
    return json.dumps(
        {
            "side": side,
            "channels": channels,
            "pixels": encoded(settings.pixels),
            "schedules": tables(POSITIONS),
            "fewestSteps": FEWEST_STEPS,
            "seed": settings.seed,
        },
        separators=(",", ":"),
    )
