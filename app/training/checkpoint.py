"""The checkpoint of a training run: written whole or not at all, and resumed by the same recipe alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from app.errors import InvalidRequest

CHECKPOINT = "checkpoint.safetensors"


def write_checkpoint(folder: Path, tensors: Mapping[str, Tensor], identity: str) -> None:
    """Write everything that resuming needs.

    Args:
        folder: of the training run; made if it is not there.
        tensors: by name.
        identity: of the recipe.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / (CHECKPOINT + ".partial")
    whole = {name: value.contiguous() for name, value in tensors.items()}
    save_file(whole, partial, metadata={"recipe": identity})
    partial.replace(folder / CHECKPOINT)


def read_checkpoint(folder: Path, identity: str, what: str) -> dict[str, Tensor] | None:
    """Read the checkpoint in `folder`; None where there is none.

    Args:
        folder: of the training run.
        identity: of the recipe that resumes it.
        what: is made by a recipe, for the refusal: "recipe", "judge".

    Raises:
        InvalidRequest: it is of another recipe.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    with safe_open(path, framework="pt") as file:
        made_by = (file.metadata() or {}).get("recipe")
    if made_by != identity:
        raise InvalidRequest(
            f"{path} is of another {what}, or of another number of steps: move it away to begin anew, or "
            "give another folder with --work"
        )
    return load_file(path)
