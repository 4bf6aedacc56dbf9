"""Prompts that the painter is to obey: scenes that training may show, and scenes with the held-out pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from app.diffusion.notation import IMAGES
from app.training.aspects import UNSAID, Asked
from app.training.landscapes.canvas import PICTURE
from app.training.landscapes.captions import Caption, full_caption
from app.training.landscapes.drawing import draw
from app.training.landscapes.scene import ATTRIBUTES, HELD_OUT, Scene, held_out_scene, training_scene
from app.training.landscapes.words import VOCABULARY

NO_PAIR = -1

SEEN_SEED, HELD_OUT_SEED, SIDE_OPEN_SEED = 1_000_005, 1_000_006, 1_000_007

SHEET = (
    "a red house on a snowy hill at night with stars",
    "a white boat on the sea at dusk",
    "a yellow windmill on a hill by day with clouds",
    "a blue lighthouse by the sea at night with the moon",
    "a red cactus on the left in the desert at sunset with the sun",
    "a yellow tree on the right in the fog",
    "the city at night in the rain",
    "a cactus in the snow",
    "a blue house in the forest by day",
    "a red boat in the desert",
    "a rainbow over the mountains at night",
    "an empty landscape",
)
"""What is shown of the painter: told in full, told in part, and four that no training picture shows."""


@dataclass(frozen=True)
class Prompts:
    """Prompts and drawings of the scenes they tell of.

    Args:
        texts: the prompts.
        asked: what they ask for.
        drawn: a fresh drawing of each scene: what can be seen of a picture that obeys.
        pair: for each prompt, which of `HELD_OUT` it has; `NO_PAIR` for those of training's kind.
    """

    texts: tuple[str, ...]
    asked: Asked
    drawn: UInt8[Tensor, IMAGES]
    pair: Int[Tensor, " batch"]


def seen_prompts(count: int, drawn_side: int = PICTURE) -> Prompts:
    """Make prompts for scenes that training may show; they name all that can be seen."""
    generator = np.random.default_rng(SEEN_SEED)
    scenes = [training_scene(generator) for _ in range(count)]
    return _prompts(scenes, [NO_PAIR] * count, generator, drawn_side)


def held_out_prompts(each: int, drawn_side: int = PICTURE) -> Prompts:
    """Make so many prompts for each held-out pair; they name all that can be seen, the pair too."""
    generator = np.random.default_rng(HELD_OUT_SEED)
    pairs = [number for _ in range(each) for number in range(len(HELD_OUT))]
    scenes = [held_out_scene(generator, HELD_OUT[pair]) for pair in pairs]
    return _prompts(scenes, pairs, generator, drawn_side)


def side_open_prompts(count: int, drawn_side: int = PICTURE) -> Prompts:
    """Make prompts for scenes that training may show; they name all of them but the side of the thing."""
    generator = np.random.default_rng(SIDE_OPEN_SEED)
    scenes = [training_scene(generator) for _ in range(count)]
    return _prompts(scenes, [NO_PAIR] * count, generator, drawn_side, open=("side",))


def asked_by(captions: Sequence[Caption], scenes: Sequence[Scene]) -> Asked:
    """Say what captions ask for: their tokens, and the values that they name."""
    return Asked(
        rows_of([caption.text for caption in captions]),
        torch.tensor([_said(caption, scene) for caption, scene in zip(captions, scenes, strict=True)]),
    )


def rows_of(texts: Sequence[str]) -> Int[Tensor, "batch word"]:
    """Read prompts as the network takes them."""
    return torch.tensor([VOCABULARY.read(text).row for text in texts])


def _prompts(
    scenes: list[Scene],
    pairs: list[int],
    generator: np.random.Generator,
    drawn_side: int,
    open: tuple[str, ...] = (),
) -> Prompts:
    captions = [full_caption(scene, generator, open) for scene in scenes]
    drawn = np.stack([draw(scene, generator, side=drawn_side) for scene in scenes])
    return Prompts(
        texts=tuple(caption.text for caption in captions),
        asked=asked_by(captions, scenes),
        drawn=torch.from_numpy(drawn).permute(0, 3, 1, 2).contiguous(),
        pair=torch.tensor(pairs),
    )


def _said(caption: Caption, scene: Scene) -> list[int]:
    return [
        value if f"{kind} {getattr(scene, kind)}" in caption.said else UNSAID
        for kind, value in zip(ATTRIBUTES, scene.indices(), strict=True)
    ]
