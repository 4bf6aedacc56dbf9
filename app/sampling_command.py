"""`fromnoise sample`: draw pictures from a model into a file, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from rich.progress import Progress

from app import pictures
from app.cards import CardFile, find_cards
from app.diffusion.checkpoints import denoiser, load_network
from app.diffusion.noise import PictureNoise
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.engine.frames import to_pixels
from app.engine.run import RunRequest, RunSpec, normalise
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
    follow = given.get("label") is not None
    # Cycling through the classes is a conditional run too, so that the guidance asked for applies.
    spec = normalise(_request(model, given | ({} if follow else {"label": card.classes[0]})), card)
    images, labels = draw(files[model], spec, count, follow=follow)
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".npz":
        with out.open("wb") as file:
            np.savez_compressed(file, images=images, labels=labels)
    else:
        out.write_bytes(pictures.png(pictures.contact_sheet(images)))


def draw(
    file: CardFile, spec: RunSpec, count: int, *, follow: bool
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw pictures in batches, with a progress bar.

    Args:
        file: the model.
        spec: the settings; its own count is ignored.
        count: how many pictures.
        follow: give every picture the spec's label; otherwise labels cycle through the classes.

    Returns:
        Pixels (count, height, width, channels) and class indices (count,).
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
    labels = np.arange(count, dtype=np.int64) % len(card.classes)
    if follow and spec.label is not None:
        labels[:] = spec.label
    parts = []
    with Progress(transient=True) as bar:
        task = bar.add_task(f"drawing with {card.name}", total=len(plan.calls) * -(-count // BATCH))
        for start in range(0, count, BATCH):
            batch = range(start, min(start + BATCH, count))
            noise = [PictureNoise(spec.seed, index) for index in batch]
            label = torch.from_numpy(labels[batch.start : batch.stop])
            x0 = sample(model, plan, label, spec.guidance, noise, device, lambda: bar.advance(task))
            parts.append(to_pixels(x0, x0, x0)[0].numpy())
    return np.concatenate(parts), labels


def _request(model: str, given: dict[str, Any]) -> RunRequest:
    """Check options as the web edge checks a body; JSON in between makes the same types of them."""
    body = {"model": model} | {name: value for name, value in given.items() if value is not None}
    try:
        return RunRequest.model_validate_json(json.dumps(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise InvalidRequest(f"{first['loc'][0]}: {first['msg']}", str(first["loc"][0])) from error
