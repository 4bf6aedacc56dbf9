"""The denoising player on a page: its model's facts, its controls, and what its script begins with.

Made when pages are built, and the same for everyone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.cards import Card
from app.controls.fields import Field, Place, Presentation, fields_of, script_controls
from app.controls.request import RunRequest
from app.controls.rules import MAX_ATTENTION_COUNT, MAX_IMAGE_STEPS
from app.diffusion.plan import make_plan
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import GRIDS
from app.diffusion.seeds import picture_generator
from app.engine.reading import read_run
from app.engine.run import RunSpec
from app.labs.player.options import read_options
from app.labs.player.sampler_source import SamplerSource
from app.web.runs.vocabulary import Kind, kinds_of, prompt_rules

CURVE_STEPS = 48

PRESENTATION = Presentation(
    order=(
        "label",
        "prompt",
        "attention",
        "seed",
        "steps",
        "guidance",
        "count",
        "sampler",
        "negative_prompt",
        "eta",
        "grid",
    ),
    places={name: Place.FOLDED for name in ("negative_prompt", "eta", "grid")},
)
"""How a player shows its controls unless its plate says otherwise."""


@dataclass(frozen=True)
class PlayerView:
    """The context of `view.html`.

    `fault` says why there is no model to run; the settings are then not shown. `data` is what the
    script starts from, as JSON: the shape, the controls, the limits, the noise curves, the first seed's
    noise and the vocabulary. `kinds` lists that vocabulary for people.
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
    data: str
    max_attention_count: int = MAX_ATTENTION_COUNT

    @property
    def more_is_open(self) -> bool:
        """The lab sets something among the further settings, so they are shown at once."""
        return any(field.place is Place.FOLDED and not field.is_default for field in self.fields)


def player_view(
    *,
    id: str,
    number: int,
    caption_html: str,
    card: Card,
    sources: tuple[SamplerSource, ...],
    options: Mapping[str, str] | None = None,
    fault: str | None = None,
    presentation: Presentation = PRESENTATION,
) -> PlayerView:
    """Put a player together.

    Args:
        id: of the plate on its page; links to a state of the player begin with it.
        number: of the plate.
        caption_html: what stands under the plate.
        card: of the model that runs.
        sources: of every sampler, from `sampler_sources()`.
        options: the lab's own settings, as text; `model` is left to the caller.
        fault: why the model cannot run, if it cannot.
        presentation: where each control stands.

    Raises:
        CourseError: options that the player or the model does not know, all of them.
    """
    settings = read_options(id, card, options or {})
    return PlayerView(
        id=id,
        number=number,
        caption_html=caption_html,
        card=card,
        fault=fault,
        settings=settings,
        fields=fields_of(card, settings, presentation),
        kinds=kinds_of(card.vocabulary),
        sources=sources,
        data=_script_data(card, settings, presentation),
    )


def _script_data(card: Card, settings: RunRequest, presentation: Presentation) -> str:
    channels, height, width = card.shape
    return json.dumps(
        {
            "model": card.name,
            "shape": [channels, height, width],
            "controls": script_controls(card, presentation),
            "limits": {
                "imageSteps": MAX_IMAGE_STEPS,
                "attentionCount": MAX_ATTENTION_COUNT,
            },
            "prompt": prompt_rules(card.vocabulary),
            "curves": _curves(card),
            "noise": _starting_noise(card, read_run(settings, card).spec),
        },
        separators=(",", ":"),
    )


def _curves(card: Card) -> dict[str, list[int]]:
    """Return the noise level along a run, in thousandths, for every path and grid."""
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


def _starting_noise(card: Card, spec: RunSpec) -> str:
    """Return the pixels of frame 0: what a run of this specification really starts from, in base64."""
    plan = make_plan(
        sampler=spec.sampler,
        steps=spec.steps,
        grid=spec.grid,
        model_schedule=card.schedule,
        model_t_max=card.t_max,
    )
    noise = np.stack(
        [
            picture_generator(spec.seed, index).standard_normal(card.shape, dtype=np.float32)
            for index in range(spec.count)
        ]
    )
    levels = (np.clip(plan.points[0].noise_scale * noise, -1.0, 1.0) + 1.0) * 127.5
    pixels = levels.round().astype(np.uint8).transpose(0, 2, 3, 1)
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
