"""`fromnoise sample`: draw pictures from a model into a file, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import Progress

from app import pictures
from app.cards import CardFile, find_cards
from app.diffusion.checkpoints import denoiser, load_network
from app.diffusion.noise import PictureNoise
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.engine.frames import to_pixels
from app.engine.run import RunSpec, class_index, normalise, read_request
from app.errors import InvalidRequest

BATCH = 64


def sample_to_file(models: Path, model: str, count: int, given: dict[str, Any], out: Path) -> None:
    """Draw `count` pictures and write them.

    Args:
        models: folder of the models.
        model: name of one.
        count: how many pictures; picture k has the k-th generator of the seed.
        given: fields of a `RunRequest`; None where the model's default is wanted.
        out: `.npz` with `images` uint8 (N, H, W, C) and `labels` int64 (N), or `.png` with a contact sheet.

    Raises:
        InvalidRequest: an unknown model, setting or kind of file.
        CheckpointError: the weights are missing or corrupt.
    """
    if out.suffix not in (".npz", ".png"):
        raise InvalidRequest(f"--out must end in .npz or .png, got {out.name!r}", "out")
    files = {file.card.name: file for file in find_cards(models)}
    if model not in files:
        raise InvalidRequest(f"unknown model {model!r}; allowed: {', '.join(files) or 'none'}", "model")
    card = files[model].card
    asked = {name: value for name, value in given.items() if value is not None}
    # Cycling through the classes is a conditional run too, so that the guidance asked for applies.
    spec = normalise(read_request({"model": model, "label": card.classes[0]} | asked), card)
    labels = np.arange(count, dtype=np.int64) % len(card.classes)
    only = class_index(asked.get("label"), card)
    if only is not None:
        labels[:] = only
    images = draw(files[model], spec, labels)
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".npz":
        with out.open("wb") as file:
            np.savez_compressed(file, images=images, labels=labels)
    else:
        out.write_bytes(pictures.png(pictures.contact_sheet(images)))


def draw(file: CardFile, spec: RunSpec, labels: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Draw a picture for each label in batches, with a progress bar.

    Args:
        file: the model.
        spec: the settings; its own count is ignored, and of its label only whether there is one:
            without (guidance 0 ignores it) every picture is drawn without a condition.
        labels: class indices (count,).

    Returns:
        Pixels (count, height, width, channels).
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = denoiser(file, load_network(file, device))
    card = file.card
    plan = make_plan(
        sampler=spec.sampler,
        steps=spec.steps,
        eta=spec.eta,
        grid=spec.grid,
        model_schedule=card.schedule,
        model_t_max=card.t_max,
    )
    told = labels if spec.label is not None else np.full_like(labels, len(card.classes))
    count, parts = len(labels), []
    with Progress(transient=True) as bar:
        task = bar.add_task(f"drawing with {card.name}", total=len(plan.calls) * -(-count // BATCH))
        for start in range(0, count, BATCH):
            batch = range(start, min(start + BATCH, count))
            noise = [PictureNoise(spec.seed, index) for index in batch]
            label = torch.from_numpy(told[batch.start : batch.stop])
            x0 = sample(model, plan, label, spec.guidance, noise, device, lambda: bar.advance(task))
            parts.append(to_pixels(x0, x0, x0)[0].numpy())
    return np.concatenate(parts)
