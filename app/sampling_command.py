"""`fromnoise sample`: draw pictures from a model into a file, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
import typer
from jaxtyping import Int
from numpy.typing import NDArray
from rich.progress import Progress
from torch import Tensor

from app import pictures
from app.cards import Card, CardFile, find_cards
from app.diffusion.checkpoints import denoiser, load_network
from app.diffusion.noise import PictureNoise
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.engine import conditions
from app.engine.frames import to_pixels
from app.engine.run import RunSpec, class_index, normalise, read_request
from app.errors import InvalidRequest
from app.prompts import MAX_WORDS, Vocabulary

BATCH = 64
NO_LABEL = -1
"""The label of a picture that was asked for with a prompt."""


def sample_to_file(models: Path, model: str, count: int, given: dict[str, Any], out: Path) -> None:
    """Draw `count` pictures and write them.

    Args:
        models: folder of the models.
        model: name of one.
        count: how many pictures; picture k has the k-th generator of the seed.
        given: fields of a `RunRequest`; None where the model's default is wanted.
        out: `.npz` with `images` uint8 (N, H, W, C) and `labels` int64 (N), for models of prompts also with
            the text `prompt`; or `.png` with a contact sheet.

    Raises:
        InvalidRequest: an unknown model, setting or kind of file.
        CheckpointError: the weights are missing or corrupt.
    """
    if out.suffix not in (".npz", ".png"):
        raise InvalidRequest(f"--out must end in .npz or .png, got {out.name!r}", "out")
    files = {file.card.name: file for file in find_cards(models)}
    if model not in files:
        raise InvalidRequest(f"unknown model {model!r}; allowed: {', '.join(files) or 'none'}", "model")
    asked = {name: value for name, value in given.items() if value is not None}
    spec, about = _read(files[model].card, count, asked)
    images = draw(files[model], spec, about["labels"])
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".npz":
        with out.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, images=images, **about)
    else:
        out.write_bytes(pictures.png(pictures.contact_sheet(images)))


def _read(card: Card, count: int, asked: dict[str, Any]) -> tuple[RunSpec, dict[str, NDArray[Any]]]:
    """Read what was asked for, and say of the pictures what the file is to keep beside them."""
    if card.vocabulary is not None:
        spec = normalise(read_request({"model": card.name} | asked), card)
        for name in ("prompt", "negative_prompt"):
            _warn(name, asked.get(name, ""), card.vocabulary)
        labels = np.full(count, NO_LABEL, dtype=np.int64)
        return spec, {"labels": labels, "prompt": np.array(asked.get("prompt", ""))}
    # Cycling through the classes is a conditional run too, so that the guidance asked for applies.
    spec = normalise(read_request({"model": card.name, "label": card.classes[0]} | asked), card)
    labels = np.arange(count, dtype=np.int64) % len(card.classes)
    only = class_index(asked.get("label"), card)
    if only is not None:
        labels[:] = only
    return spec, {"labels": labels}


def _warn(name: str, text: str, vocabulary: Vocabulary) -> None:
    """Tell whoever wrote a prompt what of it does not count."""
    prompt = vocabulary.read(text)
    if prompt.unknown:
        words = " ".join(prompt.unknown)
        typer.echo(f"fromnoise: {name}: words that the model does not know are left out: {words}", err=True)
    if prompt.unread:
        typer.echo(
            f"fromnoise: {name}: only the first {MAX_WORDS} known words count, {prompt.unread} are left out",
            err=True,
        )


def draw(file: CardFile, spec: RunSpec, labels: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Draw a picture for each label in batches, with a progress bar.

    Args:
        file: the model.
        spec: the settings; its own count is ignored, and of its label only whether there is one:
            without (guidance 0 ignores it) every picture is drawn without a condition.
        labels: class indices (count,); for models of prompts only their number counts.

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
    condition, unasked = _conditions(card, spec, labels)
    count, parts = len(labels), []
    with Progress(transient=True) as bar:
        task = bar.add_task(f"drawing with {card.name}", total=len(plan.calls) * -(-count // BATCH))
        for start in range(0, count, BATCH):
            batch = slice(start, min(start + BATCH, count))
            noise = [PictureNoise(spec.seed, index) for index in range(batch.start, batch.stop)]
            x0 = sample(
                model,
                plan,
                condition[batch],
                spec.guidance,
                noise,
                device,
                lambda: bar.advance(task),
                unasked=unasked[batch],
            )
            parts.append(to_pixels(x0, x0, x0)[0].numpy())
    return np.concatenate(parts)


def _conditions(
    card: Card, spec: RunSpec, labels: NDArray[np.int64]
) -> tuple[Int[Tensor, "count ..."], Int[Tensor, "count ..."]]:
    """Return what each picture is of, and what guidance leads it away from."""
    unasked = conditions.unwanted(spec, card, len(labels))
    if spec.label is not None:
        return torch.from_numpy(labels), unasked
    return conditions.wanted(spec, card, len(labels)), unasked
