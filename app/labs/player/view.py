"""The denoising player on a page: its model's facts, its controls, and what its script begins with.

Made when pages are built, and the same for everyone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.cards import Card, weights_fault
from app.controls.fields import Field, Place, Presentation, fields_of, script_controls
from app.controls.request import RunRequest
from app.controls.table import MAX_ATTENTION_COUNT, MAX_IMAGE_STEPS
from app.course.directives import Lab
from app.diffusion.plan import make_plan
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import FEWEST_STEPS, GRIDS
from app.diffusion.seeds import picture_generator
from app.engine.reading import read_run
from app.engine.run import RunSpec
from app.labs.options import Resources
from app.labs.player.options import Player
from app.labs.player.sampler_source import SamplerSource, sampler_sources
from app.web.runs.vocabulary import Kind, kinds_of, prompt_rules

TITLE = "The denoising player"
SUMMARY = "A model turns random noise into a picture, step by step, while you watch and steer it."
EXAMPLE: Mapping[str, str] = {}

CURVE_STEPS = 48


@dataclass(frozen=True)
class Readout:
    """A number of the frame on show; `term` is HTML of ours."""

    name: str
    term: str
    meaning: str


READOUTS = (
    Readout("step", "step", "of the run"),
    Readout("noise", "noise mixed in", "N, in percent"),
    Readout("t", '<code translate="no">t</code>', "time, 1 to 0"),
    Readout("alpha_bar", '<code translate="no">alpha_bar</code>', "S squared"),
    Readout("sigma", '<code translate="no">sigma</code>', "N / S"),
    Readout("snr", "SNR", "(S / N)², in dB"),
)


@dataclass(frozen=True)
class PlayerView:
    """The context of `view.html`.

    `fault` says why there is no model to run; the settings are then not shown. `data` is what the
    script starts from, as JSON: the shape, the controls, the limits, the noise curves, the first seed's
    noise and the vocabulary. `kinds` lists that vocabulary for people. `readouts` stand under the pictures,
    the further ones beside the code. `cover` names the pane that is covered at first, and `has_mean` says
    whether the mean of the guesses has a pane.
    """

    id: str
    number: int
    caption_html: str
    card: Card
    fault: str | None
    settings: RunRequest
    fields: tuple[Field, ...]
    kinds: tuple[Kind, ...]
    sources: tuple[SamplerSource, ...]
    readouts: tuple[Readout, ...]
    further_readouts: tuple[Readout, ...]
    cover: str
    has_mean: bool
    data: str
    max_attention_count: int = MAX_ATTENTION_COUNT

    @property
    def shown(self) -> list[Field]:
        """The fields that the plate is about."""
        return [field for field in self.fields if field.place in (Place.SHOWN, Place.LOCKED)]

    @property
    def folded(self) -> list[Field]:
        """The fields behind the fold."""
        return [field for field in self.fields if field.place is Place.FOLDED]


def view(lab: Lab, settings: Player, resources: Resources) -> PlayerView:
    """Put a player together."""
    card, first, appearance = settings.file.card, settings.settings, settings.appearance
    return PlayerView(
        id=lab.id,
        number=lab.number,
        caption_html=lab.caption_html,
        card=card,
        fault=weights_fault(settings.file),
        settings=first,
        fields=fields_of(card, first, appearance.presentation),
        kinds=kinds_of(card.vocabulary),
        sources=sampler_sources(),
        readouts=tuple(one for one in READOUTS if one.name in appearance.readouts),
        further_readouts=tuple(one for one in READOUTS if one.name not in appearance.readouts),
        cover=appearance.cover,
        has_mean=appearance.has_mean,
        data=_script_data(card, first, appearance.presentation),
    )


def _script_data(card: Card, settings: RunRequest, presentation: Presentation) -> str:
    channels, height, width = card.shape
    spec = read_run(settings, card).spec
    start = _first_noise_scale(card, spec)
    return json.dumps(
        {
            "model": card.name,
            "shape": [channels, height, width],
            "controls": script_controls(card, presentation),
            "limits": {
                "imageSteps": MAX_IMAGE_STEPS,
                "attentionCount": MAX_ATTENTION_COUNT,
                "fewestSteps": FEWEST_STEPS,
            },
            "prompt": prompt_rules(card.vocabulary),
            "curves": _curves(card),
            "noise": _starting_noise(card, spec, start) if spec.count == 1 else "",
            "noiseScale": start,
        },
        separators=(",", ":"),
    )


def _curves(card: Card) -> dict[str, list[int]]:
    """Return noise_scale along a run, in thousandths, for every path and grid."""
    paths = {sampler.path or "own": name for name, sampler in SAMPLERS.items()}
    curves = {}
    for path, name in paths.items():
        for grid in GRIDS:
            plan = make_plan(
                sampler=name,
                steps=CURVE_STEPS,
                grid=grid,
                model_schedule=card.schedule,
                model_t_max=card.t_max,
            )
            curves[f"{path} {grid}"] = [round(1000 * point.noise_scale) for point in plan.points]
    return curves


def _first_noise_scale(card: Card, spec: RunSpec) -> float:
    plan = make_plan(
        sampler=spec.sampler,
        steps=spec.steps,
        grid=spec.grid,
        model_schedule=card.schedule,
        model_t_max=card.t_max,
    )
    return plan.points[0].noise_scale


def _starting_noise(card: Card, spec: RunSpec, scale: float) -> str:
    """Return the pixels of frame 0: what a run of one picture really starts from, in base64."""
    noise = picture_generator(spec.seed, 0).standard_normal(card.shape, dtype=np.float32)
    levels = (np.clip(scale * noise, -1.0, 1.0) + 1.0) * 127.5
    pixels = levels.round().astype(np.uint8).transpose(1, 2, 0)
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
