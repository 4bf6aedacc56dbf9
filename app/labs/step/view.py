"""A lab step on a page: the run, the pixel, and the source of every sampler.

Made when pages are built, and the same for everyone; the run is made when a learner presses the button.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.cards import Card, weights_fault
from app.controls.fields import Field, Place, Presentation, fields_of, script_controls
from app.controls.request import RunRequest
from app.course.directives import Lab
from app.course.sources import Source, highlighted_lines, module_source
from app.labs.one_call import BY_ITSELF
from app.labs.options import Resources
from app.labs.player.appearance import ORDER
from app.labs.player.sampler_source import SamplerSource, sampler_sources
from app.labs.step.options import SHOWN, StepLab

TITLE = "One step taken apart"
SUMMARY = (
    "Run a model, choose a pixel, and see the arithmetic of every step at that pixel with the run's own "
    "numbers, for every sampler, beside the code that computes it."
)
EXAMPLE: Mapping[str, str] = {}

CHANNELS = {1: ("ink",), 3: ("red", "green", "blue")}
"""What the channels of a picture are called."""

PRESENTATION = Presentation(
    (*SHOWN, *(name for name in ORDER if name not in SHOWN)),
    {name: Place.HIDDEN for name in ORDER if name not in SHOWN},
)


@dataclass(frozen=True)
class StepView:
    """The context of `view.html`.

    `fault` says why there is no model to run. `applied` is the function that applies a row, as it runs.
    `worked` is where a step is worked out for browsers without JavaScript; `data` is what the script starts
    from, as JSON.
    """

    id: str
    number: int
    caption_html: str
    card: Card
    fault: str | None
    settings: RunRequest
    fields: tuple[Field, ...]
    sources: tuple[SamplerSource, ...]
    applied: Source
    applied_html: str
    channels: tuple[str, ...]
    width: int
    height: int
    step: int
    x: int
    y: int
    worked: str
    data: str

    @property
    def last_step(self) -> int:
        """The number of the run's last step."""
        return (self.settings.steps or 1) - 1


def view(lab: Lab, settings: StepLab, resources: Resources) -> StepView:
    """Put a lab step together."""
    file, first = settings.player.file, settings.player.settings
    channels, height, width = file.card.shape
    applied = module_source("app.diffusion.advance", "advance")
    data = {
        "shape": file.card.shape,
        "controls": script_controls(file.card, PRESENTATION),
        "step": settings.step,
        "x": settings.x,
        "y": settings.y,
    }
    return StepView(
        id=lab.id,
        number=lab.number,
        caption_html=lab.caption_html,
        card=file.card,
        fault=weights_fault(file),
        settings=first,
        fields=fields_of(file.card, first, PRESENTATION),
        sources=sampler_sources(),
        applied=applied,
        applied_html="".join(highlighted_lines(applied.text, first_line=applied.first_line)),
        channels=CHANNELS[channels],
        width=width,
        height=height,
        step=settings.step,
        x=settings.x,
        y=settings.y,
        worked=f"/labs/step/{settings.lesson or BY_ITSELF}/{lab.id}/worked",
        data=json.dumps(data, separators=(",", ":")),
    )
