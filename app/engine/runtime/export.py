"""The export of a network to ONNX, once for its weights, in a process of its own (`export_process.py`)."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import structlog
import torch

from app.cards import CardFile
from app.diffusion.checkpoints import load_network
from app.engine.conditions import examples

log = structlog.get_logger()

PROCESS = "app.engine.runtime.export_process"

LEFT_S = 3600.0

INPUTS = ("x_t", "t", "condition")
"""What the inputs of an exported network are called."""


def export(file: CardFile, target: Path) -> None:
    """Write the network of a card as ONNX with any batch size, whole or not at all."""
    network = load_network(file)
    channels, height, width = file.card.shape
    # Two rows: an example of one would freeze the batch size into the graph.
    inputs = (
        torch.zeros(2, channels, height, width),
        torch.full((2,), 0.5),
        examples(file.card, 2),
    )
    batch = torch.export.Dim("batch", min=1, max=4096)
    partial = target.with_name(f"{target.stem}-{os.getpid()}.partial")  # another engine may write the same
    program = torch.onnx.export(
        network,
        inputs,
        input_names=INPUTS,
        output_names=["v_hat"],
        dynamic_shapes={name: {0: batch} for name in INPUTS},
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear(target)
    program.save(partial)
    partial.replace(target)


def _clear(target: Path) -> None:
    """Remove what exports of the same have left that were ended long ago."""
    for left in target.parent.glob(f"{target.stem}-*.partial"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_S:
                left.unlink()


def export_path(file: CardFile, cache: Path) -> Path:
    """Name the exported network of a card: by its weights, and by what exported it."""
    version = torch.__version__.split("+")[0]
    return cache / f"{file.card.name}-{file.card.sha256[:16]}-torch{version}.onnx"


def exported(file: CardFile, cache: Path) -> Path | None:
    """Return the exported network of a card, exporting it first where needed; None if that failed."""
    target = export_path(file, cache)
    if target.is_file():
        return target
    command = [sys.executable, "-m", PROCESS, str(file.folder), str(target), str(os.getpid())]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603
    if done.returncode != 0 or not target.is_file():
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        log.warning("the export failed; the eager runtime goes on", model=file.card.name, reason=reason)
        return None
    return target
