"""Frames of a run laid out for its picture files, and which of them an animation shows."""

from __future__ import annotations

import numpy as np

from app import pictures
from app.cards import Card
from app.engine.frame_events import Frame
from app.engine.run import RunSpec

LONG_SIDE = 512
"""The least length of a file's longer side, in dots."""


def panes(frame: Frame, *, guess: bool) -> tuple[pictures.Pixels, ...]:
    """Return what is shown of a frame: the noisy pictures, and the guesses where asked for."""
    return (frame.x_t, frame.x0_hat) if guess else (frame.x_t,)


def sheet(frame: Frame, *, guess: bool = False) -> pictures.Pixels:
    """Print the pictures of a frame as one: the noisy ones, and beside them the guesses where asked for."""
    printed = [pictures.on_paper(pane) for pane in panes(frame, guess=guess)]
    sheets = [pane[0] if len(pane) == 1 else pictures.contact_sheet(pane) for pane in printed]
    return sheets[0] if len(sheets) == 1 else pictures.contact_sheet(np.stack(sheets), columns=2)


def animated(spec: RunSpec, card: Card, *, guess: bool) -> tuple[int, list[int]]:
    """Return the scale of an animation and the steps that it shows.

    A long run, or one of large pictures, is shown by some of its frames, evenly chosen.
    """
    channels, height, width = card.shape
    pane = np.zeros((spec.count, height, width, channels), np.uint8)
    blank = sheet(Frame(0, pane, pane, pane), guess=guess)
    scale = pictures.scale_to(blank, LONG_SIDE)
    return scale, pictures.evenly(spec.steps + 1, pictures.most_animated(blank, scale)).tolist()
