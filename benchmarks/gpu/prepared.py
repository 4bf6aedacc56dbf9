"""A model ready to be measured: run plainly, and by whole steps as they ship; on a CPU too, to try it out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch

from app.cards import CardFile
from app.engine.models import LoadedModel, Models
from app.engine.runtime.cuda import StepRuntime
from app.engine.runtime.machine import PlainMachine
from app.errors import FromNoiseError


@dataclass(frozen=True)
class Prepared:
    """One model on one device.

    Args:
        model: as the engine has it.
        steps: what makes its whole steps.
    """

    model: LoadedModel
    steps: StepRuntime

    @property
    def file(self) -> CardFile:
        """The model's folder and card."""
        return self.model.file

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> list[Self]:
        """Load every model that has weights.

        Raises:
            FromNoiseError: a model's whole steps are not used on this GPU; the log says why.
        """
        models = Models(folder, device, torch.get_num_threads())
        if device.type == "cpu":
            return [cls(model, _on_host(model)) for model in _usable(models)]
        models.speed_up(folder, _at_once).join()
        prepared = []
        for model in _usable(models):
            if model.steps is None:
                raise FromNoiseError(f"whole steps of {model.card.name} are not used on this GPU")
            prepared.append(cls(model, model.steps))
        return prepared


def _usable(models: Models) -> list[LoadedModel]:
    return [models.get(report["name"]) for report in models.report() if report["ready"]]


def _on_host(model: LoadedModel) -> StepRuntime:
    return StepRuntime(model.eager, model.denoiser, model.card, PlainMachine())


def _at_once(job: Callable[[], Any], _: float) -> Future[Any]:
    """Do what the device thread would do."""
    future: Future[Any] = Future()
    try:
        future.set_result(job())
    except Exception as error:
        future.set_exception(error)
    return future
