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
from app.cards import Card, CardFile, find_card
from app.controls.request import read_request
from app.diffusion.checkpoints import denoiser, load_network
from app.diffusion.pixels import to_pixels
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.engine import conditions
from app.engine.reading import class_index, read_run
from app.engine.run import RunSpec
from app.engine.trajectory import plan_of
from app.errors import InvalidRequest
from app.prompt_notes import notes

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
            the texts `prompt` and `negative_prompt` and the number `guidance`, as they were asked for; or
            `.png` with a contact sheet, ink on paper where the model has one channel.

    Raises:
        InvalidRequest: an unknown model, setting or kind of file.
        CheckpointError: the weights are missing or corrupt.
    """
    if out.suffix not in (".npz", ".png"):
        raise InvalidRequest(f"--out must end in .npz or .png, got {out.name!r}", "out")
    chosen = find_card(models, model)
    asked = {name: value for name, value in given.items() if value is not None}
    spec, about = _read(chosen.card, count, asked)
    images = draw(chosen, spec, about["labels"])
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".npz":
        with out.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, images=images, **about)
    else:
        out.write_bytes(pictures.png(pictures.contact_sheet(pictures.on_paper(images)), most=None))


def _read(card: Card, count: int, asked: dict[str, Any]) -> tuple[RunSpec, dict[str, NDArray[Any]]]:
    """Read what was asked for, and return what the file keeps of it beside the pictures."""
    if card.vocabulary is not None:
        return _read_prompts(card, count, asked)
    # Cycling through the classes is a conditional run too, so that the guidance asked for applies.
    spec = read_run(read_request({"model": card.name, "label": card.classes[0]} | asked), card).spec
    labels = np.arange(count, dtype=np.int64) % len(card.classes)
    only = class_index(asked.get("label"), card)
    if only is not None:
        labels[:] = only
    return spec, {"labels": labels}


def _read_prompts(card: Card, count: int, asked: dict[str, Any]) -> tuple[RunSpec, dict[str, NDArray[Any]]]:
    """Read what was asked of a model of prompts, and print how its prompts were read."""
    request = read_request({"model": card.name} | asked)
    reading = read_run(request, card)
    assert reading.prompts is not None
    for note in notes(reading.prompts):
        typer.echo(f"fromnoise: {note}", err=True)
    return reading.spec, {
        "labels": np.full(count, NO_LABEL, dtype=np.int64),
        "prompt": np.array(request.prompt or ""),
        "negative_prompt": np.array(request.negative_prompt or ""),
        "guidance": np.array(reading.prompts.guidance),
    }


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
    plan = plan_of(spec, card)
    condition, negative_condition = _conditions(card, spec, labels)
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
                negative_condition=negative_condition[batch],
            )
            parts.append(to_pixels(x0, x0, x0)[0].numpy())
    return np.concatenate(parts)


def _conditions(
    card: Card, spec: RunSpec, labels: NDArray[np.int64]
) -> tuple[Int[Tensor, "count ..."], Int[Tensor, "count ..."]]:
    """Return what each picture is of, and what guidance leads it away from."""
    negative_condition = conditions.negative_condition(spec, card, len(labels))
    if spec.label is not None:
        return torch.from_numpy(labels), negative_condition
    return conditions.wanted(spec, card, len(labels)), negative_condition
