"""A training run in few bytes: its weights and their average in half precision, and the step they belong to.

What the optimisers remember is left out: a run that goes on from it is of the same recipe, though its numbers
are not those of one that was never stopped.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load, save_file
from torch import Tensor, nn

from app.errors import InvalidRequest
from app.training.trainer import Trainer

FILE = "compact.safetensors"
NETWORKS = ("network", "average")


def write(trainer: Trainer, path: Path) -> None:
    """Write a run, whole or not at all."""
    tensors: dict[str, Tensor] = {}
    for name in NETWORKS:
        state = getattr(trainer, name).state_dict()
        tensors |= {f"{name}.{key}": value.half().cpu().contiguous() for key, value in state.items()}
    partial = path.with_suffix(".partial")
    metadata = {"recipe": trainer.recipe.identity, "step": str(trainer.step)}
    save_file(tensors, partial, metadata=metadata)
    partial.replace(path)


def resume(trainer: Trainer, path: Path) -> None:
    """Go on from a run that was written.

    Raises:
        InvalidRequest: it is of another recipe.
    """
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
    if metadata.get("recipe") != trainer.recipe.identity:
        raise InvalidRequest(f"{path} is of another recipe, or of another number of steps: move it away")
    tensors = load(path.read_bytes())
    for name in NETWORKS:
        _fill(getattr(trainer, name), name, tensors)
    trainer.step = int(metadata["step"])


@torch.no_grad()
def _fill(network: nn.Module, name: str, tensors: dict[str, Tensor]) -> None:
    for key, value in network.state_dict().items():
        value.copy_(tensors[f"{name}.{key}"])


def average_of(path: Path) -> tuple[dict[str, Tensor], int]:
    """Return the averaged weights of a run that was written, and the step they belong to."""
    with safe_open(path, framework="pt") as file:
        step = int((file.metadata() or {})["step"])
    tensors = load(path.read_bytes())
    average = {name: value for name, value in tensors.items() if name.startswith("average.")}
    return {name.removeprefix("average."): value for name, value in average.items()}, step
