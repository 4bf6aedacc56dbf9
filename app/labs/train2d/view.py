"""A train2d lab on a page: the points, the settings of a training, and one place for each of two trainings.

Made when pages are built, and the same for everyone. Nothing is trained here: the script asks the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from app.course.directives import Lab
from app.diffusion.seeds import MAX_SEED
from app.engine.points.datasets import MIXTURES, Mixture
from app.engine.points.spec import EDGE, FIELD_TIMES, LEVELS, MAX_POINTS, PRESETS
from app.labs.options import Resources
from app.labs.train2d.options import BESIDE, NO, NONE, OWN, YES, Train2d
from app.labs.train2d.recorded import ALT, Recorded, recorded_for, recordings

TITLE = "Train a model live"
SUMMARY = (
    "A tiny diffusion model learns points of the plane while you watch: its loss level by level, its "
    "samples, its guesses. Change one thing and train the two side by side."
)
EXAMPLE: Mapping[str, str] = {}

POINTS = {"ring": "Ring", "two_moons": "Two moons", "letters": "Letters", OWN: "Drawn by you"}

CHOICES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "target": ("Target", {"x0": "x0, the clean point", "eps": "eps, the noise", "v": "v, the velocity"}),
    "schedule": ("Schedule", {"flow": "flow", "cosine": "cosine", "linear": "linear"}),
    "level_told": ("Level", {YES: "told to the network", NO: "not told"}),
    "loop": (
        "Levels in the loop",
        {
            "random": "random, for each example",
            "cycled": "0.1 to 1, again and again",
            "rising": "from 0.1 up to 1, once",
            "falling": "from 1 down to 0.1, once",
        },
    ),
}
"""The settings with a menu, by name: their titles, and what their values are called."""

UPDATES = (10, 100, 500, 1_500, 3_000, 6_000)
"""Numbers of updates that can be chosen; the lesson's own is added."""


@dataclass(frozen=True)
class Train2dView:
    """The context of `view.html`; `data` is what the script starts from, as JSON.

    `is_unusual` says that a setting is another than usual, so that all of them are shown. `besides` are what
    can be trained beside, by name, with what is different in words.
    """

    id: str
    number: int
    caption_html: str
    settings: Train2d
    is_unusual: bool
    points: Mapping[str, str]
    choices: Mapping[str, tuple[str, Mapping[str, str]]]
    updates: Sequence[int]
    besides: Mapping[str, str]
    levels: Sequence[float]
    guess_times: Sequence[float]
    most_points: int
    most_seed: int
    recorded_name: str
    recorded_alt: str
    recorded: Recorded
    data: str


def view(lab: Lab, settings: Train2d, resources: Resources) -> Train2dView:
    """Put a train2d lab together."""
    return Train2dView(
        id=lab.id,
        number=lab.number,
        caption_html=lab.caption_html,
        settings=settings,
        is_unusual=any(
            getattr(settings, name) != next(iter(values)) for name, (_, values) in CHOICES.items()
        ),
        points=POINTS,
        choices=CHOICES,
        updates=sorted({*UPDATES, settings.updates}),
        besides={NONE: "nothing"} | {name: _difference(*what) for name, what in BESIDE.items()},
        levels=[level / LEVELS for level in range(1, LEVELS + 1)],
        guess_times=FIELD_TIMES,
        most_points=MAX_POINTS,
        most_seed=MAX_SEED - 1,
        recorded_name=recorded_for(settings),
        recorded_alt=ALT[recorded_for(settings)],
        recorded=recordings()[recorded_for(settings)],
        data=_script_data(settings),
    )


def _difference(name: str, value: str) -> str:
    """Say of one setting what it is beside, such as "target: eps, the noise"."""
    title, values = CHOICES[name]
    return f"{title[0].lower()}{title[1:]}: {values[value]}"


def _script_data(settings: Train2d) -> str:
    return json.dumps(
        {
            "settings": asdict(settings),
            "presets": {name: _drawn(MIXTURES[name]) for name in PRESETS},
            "beside": BESIDE,
            "edge": EDGE,
            "mostPoints": MAX_POINTS,
        },
        separators=(",", ":"),
    )


def _drawn(mixture: Mixture) -> dict[str, object]:
    return {"std": mixture.std, "centres": [[round(x, 2), round(y, 2)] for x, y in mixture.centres]}
