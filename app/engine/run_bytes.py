"""What a run will take of the engine's memory once it has ended: known before it begins."""

from __future__ import annotations

import math

from app.cards import Card
from app.engine.attention_maps import map_bytes
from app.engine.frame_events import PANES
from app.engine.run import RunSpec
from app.engine.step_log import log_bytes
from app.engine.trajectory import plan_of

FACTS_BYTES = 700
"""About what a frame takes besides its pixels."""


def bytes_of_run(spec: RunSpec, card: Card) -> int:
    """Estimate the bytes of a run: every pane in base64, maps of attention and facts, and its numbers."""
    pane = spec.count * math.prod(card.shape) * 4 // 3
    maps = map_bytes(spec, card.shape) if spec.attention else 0
    frames = (spec.steps + 1) * (len(PANES) * pane + maps + FACTS_BYTES)
    return frames + log_bytes(plan_of(spec, card), spec.count, card.shape)
