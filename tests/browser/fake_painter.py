"""A painter for the player's tests: real landscapes as what it knows, and maps of attention made up.

A word's map is one spot, which narrows from the whole picture to its place in the course of the run.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import numpy as np

from app.cards import Defaults
from app.engine.run import RunSpec
from app.training.landscapes.drawing import draw
from app.training.landscapes.scene import ATTRIBUTES, NONE, any_scene
from app.training.landscapes.words import VOCABULARY
from tests.cards import made_up_card

KNOWN = 12
MAP_SIDE = 16
SPOTS = {"house": (0.7, 0.25), "moon": (0.2, 0.8), "night": (0.15, 0.5), "hills": (0.8, 0.5)}
"""Where the spot of some words is, as shares from the top and from the left; all others are in the middle."""

PAINTER = made_up_card(
    "painter",
    (3, 32, 32),
    Defaults(sampler="ddim", steps=20, guidance=3.0),
    words=dict(VOCABULARY.kinds),
    data="landscapes drawn by a program",
)


def landscapes(spec: RunSpec) -> np.ndarray:
    """Draw what a prompt may mean: pictures of shape (pictures, 3, 32, 32) in [-1, 1]."""
    generator = np.random.default_rng(0)
    kinds = {value: kind for kind, values in ATTRIBUTES.items() for value in values if value != NONE}
    wanted = {kinds[word]: word for word in spec.prompt.split() if word in kinds}
    pictures = []
    for _ in range(KNOWN):
        scene = any_scene(generator)
        while scene.thing == NONE:
            scene = any_scene(generator)
        pictures.append(draw(replace(scene, **wanted), generator))
    return np.stack(pictures).transpose(0, 3, 1, 2) / 127.5 - 1.0


def attention_facts(spec: RunSpec, step: int) -> dict[str, Any]:
    """Return what the frame of a step says of the words, if the run was asked for it."""
    if not spec.attention:
        return {}
    words = spec.prompt.split()
    done = step / spec.steps
    levels = np.stack([[spot(word, picture, done) for word in words] for picture in range(spec.count)])
    return {
        "attention": base64.b64encode(levels.tobytes()).decode(),
        "attention_peaks": [[round(0.05 + 0.36 * done / (1 + index), 4) for index in range(len(words))]]
        * spec.count,
    }


def spot(word: str, picture: int, done: float) -> np.ndarray:
    """Draw one map; every second picture has it mirrored."""
    top, left = SPOTS.get(word, (0.5, 0.5))
    across = left if picture % 2 == 0 else 1 - left
    y, x = (np.indices((MAP_SIDE, MAP_SIDE)) + 0.5) / MAP_SIDE
    width = 0.5 - 0.38 * done
    shares = np.exp(-((y - top) ** 2 + (x - across) ** 2) / (2 * width**2))
    return np.asarray((255 * shares / shares.max()).round(), dtype=np.uint8)
