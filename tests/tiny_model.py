"""Models so small that a network call takes a millisecond: untrained, but different ones for each seed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from app import front_matter
from app.cards import CARD, WEIGHTS, Card, CardFile, read_card
from app.diffusion.checkpoints import build_judge, build_network, save_weights

CLASSES = ("round", "square", "third")
SHAPE = (1, 8, 8)
PAINTER_SHAPE = (3, 8, 12)
MAP = (4, 6)
"""Height and width of the painter's finest map."""

HEAD = """+++
name = "{name}"
title = "Tiny"
shape = {shape}
{classes}
schedule = "cosine"
prediction = "v"
t_max = 0.999
clip = true
licence = "MIT"
data = "none: untrained"
data_licence = "CC0"
sha256 = "{sha256}"

[network]
widths = [8, 16]
blocks = 1
heads = 2
{text}
[defaults]
sampler = "ddim"
steps = 4
guidance = 2.0
eta = 0.0
+++
An untrained network for tests.
"""

TEXT = """
[text]
width = 8
layers = 1
heads = 2

[words]
time = ["dawn daybreak sunrise", "day", "night midnight"]
terrain = ["sea ocean", "hills hill", "forest"]
colour = ["red", "blue"]
other = ["a an", "the", "over"]
"""


JUDGE = """
[judge]
sha256 = "{sha256}"

[judge.network]
widths = [8]
blocks = [1]

[judge.aspects]
{aspects}
"""


def tiny_card() -> Card:
    """Give the card of the model of classes, without weights."""
    return _card(name="tiny", shape=list(SHAPE), classes=f"classes = {list(CLASSES)}", text="")


def painter_card() -> Card:
    """Give the card of the model of prompts, without weights."""
    return _card(name="painter", shape=list(PAINTER_SHAPE), classes="", text=TEXT)


def write_tiny_model(
    models: Path, name: str = "tiny", seed: int = 0, classes: tuple[str, ...] = CLASSES
) -> CardFile:
    """Write a model of classes with its card below `models`, and return it as it is read back."""
    return _write(models, seed, name=name, shape=list(SHAPE), classes=f"classes = {list(classes)}", text="")


def write_tiny_painter(models: Path, name: str = "painter", seed: int = 0) -> CardFile:
    """Write a model of prompts, in colour and not square; otherwise the same."""
    return _write(models, seed, name=name, shape=list(PAINTER_SHAPE), classes="", text=TEXT)


def unmake(file: CardFile) -> None:
    """Take the weights of a model away and their checksum out of its card: they are still to be made."""
    file.weights.unlink()
    card = file.folder / CARD
    card.write_text(card.read_text().replace(file.card.sha256, ""))


def write_judge(file: CardFile, aspects: Mapping[str, tuple[str, ...]], seed: int = 0) -> CardFile:
    """Put an untrained judge of these aspects beside a model without one, and return the model anew."""
    told = "\n".join(f"{name} = {list(values)}" for name, values in aspects.items())
    before = (file.folder / CARD).read_text()

    def describe(sha256: str) -> CardFile:
        head = JUDGE.format(sha256=sha256, aspects=told)
        (file.folder / CARD).write_text(before.replace("\n+++\n", f"\n{head}+++\n", 1))
        return read_card(file.folder)

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        judge = build_judge(describe("0" * 64))
        assert judge
        for parameter in judge.parameters():
            torch.nn.init.normal_(parameter, std=0.3)  # untouched, a new judge would not look at the level
    return describe(save_weights(judge, file.judge))


def _card(**fields: object) -> Card:
    head, _, _ = front_matter.split(HEAD.format(sha256="", **fields))
    return Card.model_validate(head)


def _write(models: Path, seed: int, **fields: object) -> CardFile:
    folder = models / str(fields["name"])
    folder.mkdir(parents=True)
    (folder / CARD).write_text(HEAD.format(sha256="", **fields))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = build_network(read_card(folder))
        for name, parameter in network.named_parameters():
            # Untouched, a new network would predict nothing but zeros; softer, words would hardly matter.
            torch.nn.init.normal_(parameter, std=0.8 if name.startswith(("text.", "read.")) else 0.2)
    sha256 = save_weights(network, folder / WEIGHTS)
    (folder / CARD).write_text(HEAD.format(sha256=sha256, **fields))
    return read_card(folder)
