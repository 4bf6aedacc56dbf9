"""Weights on disk and back: a folder with a card and safetensors files makes a `Denoiser` and a `Judge`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from app.cards import Card, CardFile, judge_fault, weights_fault
from app.diffusion.denoiser import Denoiser, Network
from app.diffusion.judge import Judge, JudgeConfig
from app.diffusion.text import TextConfig
from app.diffusion.unet import UNet, UNetConfig
from app.errors import CheckpointError
from app.prompts import MAX_WORDS

LONGEST_REASON = 300
"""Letters of what a library says of a file that does not fit; it lists every tensor."""


def build_network(file: CardFile) -> UNet:
    """Make the network that a card describes, with random weights.

    Raises:
        CheckpointError: the card's network fields do not fit.
    """
    channels, height, width = file.card.shape
    try:
        lists: dict[str, tuple[int, ...]] = {"widths": (), "attention_levels": ()}
        given = {**lists, **file.card.network}
        fields = {**given, **{name: tuple(given[name]) for name in lists}}
        config = UNetConfig(
            channels=channels,
            height=height,
            width=width,
            classes=len(file.card.classes),
            text=_text_config(file.card),
            **fields,
        )
        return UNet(config)
    except (TypeError, ValueError) as error:
        raise CheckpointError(
            f"{file.folder}: the card's network {file.card.network} does not fit: {error}"
        ) from error


def _text_config(card: Card) -> TextConfig | None:
    if card.vocabulary is None:
        return None
    return TextConfig(tokens=card.vocabulary.size, positions=MAX_WORDS, **card.text)


def load_network(file: CardFile, device: torch.device | None = None) -> UNet:
    """Load the weights that a card describes, in single precision, ready to predict.

    Raises:
        CheckpointError: the weights are missing, fail the card's checksum, or do not fit the network.
    """
    fault = weights_fault(file)
    if fault:
        raise CheckpointError(fault)
    network = build_network(file)
    _fill(network, file.weights)
    return network.eval().requires_grad_(False).to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def build_judge(file: CardFile) -> Judge | None:
    """Make the judge that a card describes, with random weights; None where it describes none.

    Raises:
        CheckpointError: the card's fields of the judge do not fit.
    """
    head = file.card.judge
    if head is None:
        return None
    channels, height, width = file.card.shape
    values = tuple(len(names) for names in head.aspects.values())
    try:
        fields = {name: tuple(value) for name, value in head.network.items()}
        return Judge(JudgeConfig(channels, height, width, values, **fields))
    except (TypeError, ValueError) as error:
        raise CheckpointError(
            f"{file.folder}: the card's judge {head.network} does not fit: {error}"
        ) from error


def load_judge(file: CardFile, device: torch.device | None = None) -> Judge | None:
    """Load the judge that a card describes, in single precision; None where it describes none.

    Raises:
        CheckpointError: its weights are missing, fail the card's checksum, or do not fit.
    """
    fault = judge_fault(file)
    if fault:
        raise CheckpointError(fault)
    judge = build_judge(file)
    if judge is None:
        return None
    _fill(judge, file.judge)
    return judge.eval().requires_grad_(False).to(device)


def _fill(network: nn.Module, path: Path) -> None:
    """Load weights at half precision into a network of single precision.

    Raises:
        CheckpointError: they cannot be read, do not fit, or are no numbers.
    """
    try:
        state = {name: tensor.float() for name, tensor in load_file(path).items()}
        network.load_state_dict(state)
    except (SafetensorError, RuntimeError, OSError) as error:
        reason = " ".join(str(error).split())
        raise CheckpointError(f"{path}: {reason[:LONGEST_REASON]}") from error
    faulty = [name for name, tensor in state.items() if not tensor.isfinite().all()]
    if faulty:
        raise CheckpointError(
            f"{path}: {len(faulty)} of its {len(state)} tensors hold values that are no "
            f"numbers, such as {faulty[0]}. Get the file again, or train the model anew."
        )


def denoiser(file: CardFile, network: Network) -> Denoiser:
    """Join whatever executes a network to what its card says its numbers mean."""
    card = file.card
    return Denoiser(network, card.shape, len(card.classes), card.schedule, card.t_max, card.clip)


def save_weights(network: nn.Module, path: Path) -> str:
    """Write weights at half precision, whole or not at all, and return the file's sha256."""
    state = {name: tensor.detach().half().contiguous() for name, tensor in network.state_dict().items()}
    content = save(state)
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(path)
    return hashlib.sha256(content).hexdigest()
