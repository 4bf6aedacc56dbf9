"""A model so small that a network call takes a millisecond: untrained, but a different one for each seed."""

from __future__ import annotations

from pathlib import Path

import torch

from app.cards import CARD, WEIGHTS, CardFile, read_card
from app.diffusion.checkpoints import save_weights
from app.diffusion.unet import UNet, UNetConfig

CLASSES = ("round", "square", "third")
SHAPE = (1, 8, 8)

HEAD = """+++
name = "{name}"
title = "Tiny"
shape = [1, 8, 8]
classes = ["round", "square", "third"]
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

[defaults]
sampler = "ddim"
steps = 4
guidance = 2.0
eta = 0.0
+++
An untrained network for tests.
"""


def write_tiny_model(models: Path, name: str = "tiny", seed: int = 0) -> CardFile:
    """Write a model with its card below `models`, and return it as it is read back."""
    folder = models / name
    folder.mkdir(parents=True)
    config = UNetConfig(channels=1, height=8, width=8, widths=(8, 16), blocks=1, heads=2, classes=3)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = UNet(config)
        for parameter in network.parameters():  # untouched, a new network would predict nothing but zeros
            torch.nn.init.normal_(parameter, std=0.2)
    sha256 = save_weights(network, folder / WEIGHTS)
    (folder / CARD).write_text(HEAD.format(name=name, sha256=sha256))
    return read_card(folder)
