"""Runs stepped by hand, for the tests of one tick: their events, facts and pixels, and a counted network."""

from __future__ import annotations

import json

import numpy as np
import torch

from app.engine.frame_events import read_frame
from app.engine.stepper import tick
from app.engine.trajectory import begin

CPU = torch.device("cpu")


def facts_of(content):
    return json.loads(content.split(b"data: ")[1])


def finish(model, trajectories):
    """Step runs together until all are finished; return each one's events."""
    events: list[list[bytes]] = [[] for _ in trajectories]
    while unfinished := [index for index, run in enumerate(trajectories) if not run.is_finished]:
        stepped = tick(model.denoiser, [trajectories[index] for index in unfinished])
        for index, contents in zip(unfinished, stepped, strict=True):
            events[index] += contents
    return events


def frames_of(model, spec):
    return finish(model, [begin(spec, model.card, CPU)])[0]


def pixels_of(model, spec, contents):
    """All panes of all frames: (frames, 3, count, height, width, channels), as numbers with a sign."""
    frames = [read_frame(content, model.card.shape, spec.count) for content in contents]
    return np.stack([np.stack([f.x_t, f.x0_hat, f.eps_hat]) for f in frames]).astype(int)


class Counting:
    """A network that says how many rows each call had."""

    def __init__(self, network):
        self.network = network
        self.rows = []

    def __call__(self, x_t, t, condition):
        self.rows.append(len(x_t))
        return self.network(x_t, t, condition)
