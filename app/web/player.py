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
from app.diffusion.plan import make_plan
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import FEWEST_STEPS, GRIDS, fewest_steps
from app.diffusion.seeds import MAX_SEED, picture_generator
from app.engine.run import (
    MAX_ATTENTION_COUNT,
    MAX_COUNT,
    MAX_GUIDANCE,
    MAX_IMAGE_STEPS,
    MAX_PROMPT_LENGTH,
    MAX_STEPS,
)
from app.web.player_options import ANY_CLASS, PlayerSettings, read_options
from app.web.sampler_source import SamplerSource
from app.web.vocabulary import Kind, kinds_of, prompt_rules

CURVE_STEPS = 48

EXPLAINED = {
    "label": "What to draw. With “any” the model is told nothing.",
    "seed": "Chooses the starting noise. The same seed and settings give the same picture again.",
    "steps": "How many small moves lead from noise to picture. More take longer.",
    "guidance": "How closely to follow the class: 0 ignores it, 1 is plain, more exaggerates.",
    "count": "How many pictures at once, each from noise of its own.",
    "sampler": "The rule that makes the next picture out of the model's guess. The model stays the same.",
    "eta": "How much fresh noise DDIM puts back at each step: 0 none, 1 as much as DDPM with the "
    "small variance.",
    "grid": "How the steps are spread over the noise levels.",
}
"""One line for every control; the names are those of the form's fields."""

EXPLAINED_FOR_PROMPTS = EXPLAINED | {
    "prompt": "What to paint. The model reads the words of its vocabulary and leaves out all others; "
    "without either prompt it paints whatever it likes.",
    "negative_prompt": "What the picture is led away from, with a guidance above 1. At 1 these words count "
    "for nothing; below 1 the picture is drawn towards them.",
    "guidance": "How closely to follow the prompt: 0 ignores it, 1 is plain, more exaggerates it and leads "
    "away from the negative prompt.",
    "attention": "Keeps for every step how much each part of the picture looked at each word.",
}
"""The same for a model that reads prompts."""

GRID_TITLES = {
    "uniform": "evenly in time",
    "log_snr": "evenly in signal-to-noise ratio (log)",
    "rho7": "densest near the clean picture (rho 7)",
    "half_rho7": "half way between even and rho 7",
}


@dataclass(frozen=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    text: str
    selected: bool


@dataclass(frozen=True)
class PlayerLimits:
    """The largest values that a run may have."""

    seed: int = MAX_SEED - 1
    count: int = MAX_COUNT
    steps: int = MAX_STEPS
    guidance: float = MAX_GUIDANCE
    image_steps: int = MAX_IMAGE_STEPS
    attention_count: int = MAX_ATTENTION_COUNT
    prompt_length: int = MAX_PROMPT_LENGTH


@dataclass(frozen=True)
class PlayerView:
    """The context of `player.html`.

    `fault` says why there is no model to run; the settings are then not shown. `data` is what the
    script starts from, as JSON: the shape, the limits, the noise curves, the first seed's noise and the
    vocabulary. `kinds` lists that vocabulary for people; without one the model has classes, in `labels`.
    """

    id: str
    number: int
    caption_html: str
    card: Card
    fault: str | None
    settings: PlayerSettings
    limits: PlayerLimits
    labels: tuple[Choice, ...]
    kinds: tuple[Kind, ...]
    samplers: tuple[Choice, ...]
    grids: tuple[Choice, ...]
    explained: Mapping[str, str]
    sources: tuple[SamplerSource, ...]
    data: str

    @property
    def more_is_open(self) -> bool:
        """The lab sets something among the further settings, so they are shown at once."""
        settings = self.settings
        return (settings.eta, settings.grid, settings.negative_prompt) != (
            self.card.defaults.eta,
            self.card.defaults.grid,
            "",
        )


def player_view(
    *,
    id: str,
    number: int,
    caption_html: str,
    card: Card,
    sources: tuple[SamplerSource, ...],
    options: Mapping[str, str] | None = None,
    fault: str | None = None,
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

    Raises:
        CourseError: options that the player or the model does not know, all of them.
    """
    settings = read_options(id, card, options or {})
    limits = PlayerLimits()
    return PlayerView(
        id=id,
        number=number,
        caption_html=caption_html,
        card=card,
        fault=fault,
        settings=settings,
        limits=limits,
        labels=_choices({ANY_CLASS: "any"} | {name: name for name in card.classes}, settings.label),
        kinds=kinds_of(card.vocabulary),
        samplers=_choices({source.name: source.title for source in sources}, settings.sampler),
        grids=_choices({name: _grid_title(name) for name in GRIDS}, settings.grid),
        explained=EXPLAINED if card.vocabulary is None else EXPLAINED_FOR_PROMPTS,
        sources=sources,
        data=_script_data(card, settings, limits),
    )


def _grid_title(name: str) -> str:
    title = GRID_TITLES.get(name, name)
    fewest = fewest_steps(name)
    return title if fewest == 1 else f"{title}, at least {fewest} steps"


def _choices(titles: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, text, value == chosen) for value, text in titles.items())


def _script_data(card: Card, settings: PlayerSettings, limits: PlayerLimits) -> str:
    channels, height, width = card.shape
    return json.dumps(
        {
            "model": card.name,
            "shape": [channels, height, width],
            "limits": {
                "imageSteps": limits.image_steps,
                "attentionCount": limits.attention_count,
                "fewestSteps": FEWEST_STEPS,
            },
            "prompt": prompt_rules(card.vocabulary),
            "curves": _curves(card),
            "noise": _starting_noise(card, settings),
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


def _starting_noise(card: Card, settings: PlayerSettings) -> str:
    """Return the pixels of frame 0: what a run with these settings really starts from, in base64."""
    plan = make_plan(
        sampler=settings.sampler,
        steps=settings.steps,
        grid=settings.grid,
        model_schedule=card.schedule,
        model_t_max=card.t_max,
    )
    noise = np.stack(
        [
            picture_generator(settings.seed, index).standard_normal(card.shape, dtype=np.float32)
            for index in range(settings.count)
        ]
    )
    levels = (np.clip(plan.points[0].noise_scale * noise, -1.0, 1.0) + 1.0) * 127.5
    pixels = levels.round().astype(np.uint8).transpose(0, 2, 3, 1)
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
