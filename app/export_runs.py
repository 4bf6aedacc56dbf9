"""The runs behind an exported lesson: frames for its strips, and what its predictions measure, made here.

A model is loaded once, and computes on the CPU what a server's engine does with the same settings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from app.cards import CardFile, named
from app.diffusion.checkpoints import denoiser, load_judge, load_network
from app.diffusion.denoiser import Denoiser
from app.diffusion.judge import Judge
from app.diffusion.pixels import to_pixels
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.engine.conditions import negative_condition, wanted
from app.engine.frame_events import Pixels
from app.engine.judged import Judged
from app.engine.judging import judge_pictures, portions
from app.engine.reading import read_run
from app.engine.run import RunSpec
from app.engine.trajectory import plan_of
from app.errors import InvalidRequest
from app.labs.strip import Strip
from app.predictions.evidence import Evidence
from app.predictions.measures import Value
from app.predictions.reading import ReadPrediction

CPU = torch.device("cpu")


class Runs:
    """Runs of the models of this machine.

    Args:
        cards: of every model.
    """

    def __init__(self, cards: Sequence[CardFile]) -> None:
        self._cards = cards
        self._loaded: dict[str, Denoiser] = {}
        self._judges: dict[str, Judge | None] = {}

    def frames(self, spec: RunSpec) -> list[Pixels]:
        """Make a run; return its noisy pictures at each step, uint8 of (picture, height, width, channel).

        Raises:
            CheckpointError: the weights of its model are missing or corrupt.
        """
        card = named(spec.model, self._cards).card
        frames: list[Tensor] = []
        sample(
            self._model(card.name),
            plan_of(spec, card),
            wanted(spec, card, spec.count),
            spec.guidance,
            [PictureNoise(spec.seed, index) for index in range(spec.count)],
            on_frame=frames.append,
            negative_condition=negative_condition(spec, card, spec.count),
        )
        return [to_pixels(x_t, x_t, x_t)[0].numpy() for x_t in frames]

    def draw(self, strip: Strip) -> bytes:
        """Draw a strip as a PNG file."""
        if strip.run is None:
            return strip.file([])
        frames = self.frames(read_run(strip.run, named(strip.run.model, self._cards).card).spec)
        return strip.file([frames[step] for step in strip.steps])

    def value_of(self, read: ReadPrediction) -> Value:
        """Measure what a prediction is about, of the same runs and by the same measure as a server.

        Raises:
            CheckpointError: the weights of the model or of its judge are missing or corrupt.
        """
        run = self._evidence(read, read.spec)
        beside = None if read.beside is None else self._evidence(read, read.beside)
        return read.measure.take(run, beside)

    def _evidence(self, read: ReadPrediction, spec: RunSpec) -> Evidence:
        frames = self.frames(spec)
        judged = self._judged(read, spec, frames) if read.measure.needs_judge else None
        return Evidence(spec, read.card, frames[-1], judged)

    def _judged(self, read: ReadPrediction, spec: RunSpec, frames: Sequence[Pixels]) -> Judged:
        judge, head = self._judge(read.card.name), read.card.judge
        if judge is None or head is None:
            raise InvalidRequest(f"the model {read.card.name} has no judge", "model")
        points = plan_of(spec, read.card).points
        found = [
            judge_pictures(judge, frames[portion], points[portion], CPU)
            for portion in portions(len(frames), spec.count)
        ]
        rows = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return Judged(head.aspects, dict(zip(head.aspects, rows, strict=True)))

    def _model(self, name: str) -> Denoiser:
        if name not in self._loaded:
            file = named(name, self._cards)
            self._loaded[name] = denoiser(file, load_network(file, CPU))
        return self._loaded[name]

    def _judge(self, name: str) -> Judge | None:
        if name not in self._judges:
            self._judges[name] = load_judge(named(name, self._cards), CPU)
        return self._judges[name]
