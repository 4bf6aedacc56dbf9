"""From a finished training run to a folder in `models/`: weights and card; later, figures onto the card."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from app.cards import CARD, WEIGHTS, Card, CardFile, JudgeHead, judge_fault, read_card
from app.cores import cores
from app.diffusion.unet import UNet
from app.errors import CheckpointError, InvalidRequest
from app.training.card_text import ABOUT, body_text, card_text, put_measured
from app.training.judge_text import put_section, section_of
from app.training.made_text import Made
from app.training.measured_text import SHEET
from app.training.recipes import Recipe
from app.training.train import LOG
from app.training.train import WEIGHTS as AVERAGE


def ship(name: str, recipe: Recipe, work: Path, models: Path, made: Made) -> CardFile:
    """Write `models/NAME/` from a finished training run.

    A judge that is there stays, as it knows the data and the noise and not the model.

    Args:
        name: of the model; a name in `ABOUT`.
        recipe: what was trained.
        work: the training run's folder, with the averaged weights that it ends with.
        models: the folder of shipped models.
        made: how the run went.

    Returns:
        The new card, with nothing measured yet.

    Raises:
        InvalidRequest: nothing is known about a model of this name.
        CheckpointError: the training has not ended, or its weights do not fit the recipe.
    """
    if name not in ABOUT:
        raise InvalidRequest(f"no description of {name!r}; there are: {', '.join(ABOUT)}")
    content = _weights(work / AVERAGE)
    network = UNet(recipe.network)
    _check_fit(network, work / AVERAGE)
    about = ABOUT[name]
    given = asdict(recipe.network)
    encoder = given.pop("text") or {}
    card = Card(
        name=name,
        title=about.title,
        shape=(given.pop("channels"), given.pop("height"), given.pop("width")),
        classes=recipe.classes,
        schedule="cosine",
        prediction="v",
        t_max=recipe.t_max,
        clip=about.clip,
        licence=about.licence,
        data=about.data,
        data_licence=about.data_licence,
        sha256=hashlib.sha256(content).hexdigest(),
        network={field: value for field, value in given.items() if field != "classes"},
        text={field: encoder[field] for field in ("width", "layers", "heads") if field in encoder},
        words=dict(recipe.vocabulary.kinds) if recipe.vocabulary else {},
        defaults=about.defaults,
    )
    parameters = sum(parameter.numel() for parameter in network.parameters())
    folder = models / name
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / WEIGHTS, content)
    card, body = _with_judge(card, body_text(card, about, recipe, made, parameters), folder)
    write_whole(folder / CARD, card_text(card, body).encode())
    return read_card(folder)


def write_measured(folder: Path, measured: Mapping[str, Any], sheet: bytes | None = None) -> CardFile:
    """Put the figures of an evaluation onto the card in `folder`: into its head and into its table.

    Args:
        folder: of the model.
        measured: what `measured_for_card` chose.
        sheet: a PNG of prompts' pictures, to lie beside the card.

    Raises:
        CheckpointError: there is no valid card, or its table has no place.
    """
    file = read_card(folder)
    try:
        card, body = put_measured(file.card, file.body, measured)
    except ValueError as error:
        raise CheckpointError(f"{folder / CARD}: {error}") from error
    if sheet is not None:
        write_whole(folder / SHEET, sheet)
    write_whole(folder / CARD, card_text(card, body).encode())
    return read_card(folder)


def write_judge(folder: Path, weights: bytes, head: JudgeHead, section: str) -> CardFile:
    """Put a judge beside the model in `folder`, and what the card says of it in the place of any before.

    Args:
        folder: of the model.
        weights: the judge's file.
        head: what the card's head keeps.
        section: what its body says, marks included.

    Raises:
        CheckpointError: there is no valid card.
    """
    file = read_card(folder)
    card = file.card.model_copy(update={"judge": head})
    write_whole(file.judge, weights)
    write_whole(folder / CARD, card_text(card, put_section(file.body, section)).encode())
    return read_card(folder)


def _with_judge(card: Card, body: str, folder: Path) -> tuple[Card, str]:
    """Return a new card and its body with the judge that lies in `folder`, if it is one of such a model."""
    try:
        old = read_card(folder)
    except CheckpointError:
        return card, body
    same = all(getattr(card, name) == getattr(old.card, name) for name in ("shape", "classes", "schedule"))
    if old.card.judge is None or not same or judge_fault(old) is not None:
        return card, body
    return card.model_copy(update={"judge": old.card.judge}), put_section(body, section_of(old.body))


def measured_for_card(result: Mapping[str, Any], command: str) -> dict[str, Any]:
    """Choose from the results of an evaluation what the card keeps, rounded.

    Args:
        result: what `evaluate` returned.
        command: what a person types to measure the same.
    """
    top, floor = result["headline"], result["headline_floor"]
    kept = {
        **result["figures"],
        "frechet": top["frechet"],
        "frechet_floor": floor["frechet"],
        "precision": top["precision"],
        "recall": top["recall"],
        "judge_accuracy_on_test": result["judge"]["accuracy_on_test"],
    }
    if "classes" in result:
        kept["second_accuracy_on_test"] = result["classes"]["second_accuracy_on_test"]
    return {
        **{name: round(value, 4) for name, value in kept.items()},
        **{name: top[name] for name in ("sampler", "steps", "guidance", "eta", "grid", "calls", "count")},
        "held_out": result["judge"]["held_out"],
        **(_prompts_for_card(result) if "seen" in result else {}),
        "seed": result["seed"],
        "command": command,
    }


def _prompts_for_card(result: Mapping[str, Any]) -> dict[str, Any]:
    """Choose what the card keeps of how a prompted model obeys, as lists: heads of cards are flat."""
    seen, held_out = result["seen"], result["held_out"]
    kept: dict[str, Any] = {}
    for name, part in (("seen", seen), ("held_out", held_out)):
        kept[f"{name}_prompts"] = part["asked"]
        kept[f"{name}_prompts_interval"] = [round(bound, 4) for bound in part["ratio_interval"]]
    return {
        **kept,
        "attributes": list(seen["attributes"]),
        "attributes_there": [round(found["share"], 4) for found in seen["attributes"].values()],
        "wrong_colour": [round(part["wrong_colour"], 4) for part in (seen, held_out)],
        "wrong_side": [round(part["wrong_side"], 4) for part in (seen, held_out)],
        "unasked_for": round(seen["unasked_for"], 4),
        **{
            name: [round(part[name], 4) for part in (seen, result["side_open"])]
            for name in ("doubled", "doubled_of_drawings")
        },
        "doubled_interval": [round(bound, 4) for bound in result["side_open"]["doubled_interval"]],
        "counts_right": round(result["judge"]["counts_right"], 4),
        "pairs": list(held_out["pairs"]),
        "pairs_obeyed": [pair["obeyed"] for pair in held_out["pairs"].values()],
        "pairs_asked": [pair["asked"] for pair in held_out["pairs"].values()],
        "sheet": result["sheet"]["prompts"],
    }


def training_seconds(work: Path) -> float:
    """Add up what a training run's log says of its time, from one checkpoint to the next."""
    try:
        lines = (work / LOG).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return 0.0
    return sum(float(json.loads(line)["took_s"]) for line in lines)


def describe_hardware(device: torch.device) -> str:
    """Name what a training run on `device` of this machine ran on."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{cores()} processor cores ({platform.machine()}), no accelerator"


def _weights(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise CheckpointError(
            f"no weights at {path}: the training has not come to its end; the train command takes it up again"
        ) from error


def _check_fit(network: UNet, path: Path) -> None:
    try:
        state = load_file(path)
        network.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    except (SafetensorError, RuntimeError) as error:
        raise CheckpointError(f"{path} does not fit the recipe: {error}") from error
    wide = sorted({str(tensor.dtype) for tensor in state.values() if tensor.dtype != torch.float16})
    if wide:
        raise CheckpointError(f"{path} must be at half precision, and has {', '.join(wide)}")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    partial = path.with_suffix(path.suffix + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
