"""The judge beside a model: a small network that says what a noisy picture shows, as a screen shows it.

It sees the bytes of a frame, not the numbers that the sampler holds: clipped, and rounded to 256 levels.
Told how much signal and noise the picture has, it gives for each aspect (the class of a digit, the terrain
of a landscape) the probability of every value. Where nothing can be told it should say so by even odds.

Reference: He et al. 2016 (1603.05027) for residual blocks that begin with their normalisation, Wu & He 2018
(1803.08494) for that normalisation, and Dhariwal & Nichol 2021 (2105.05233), Appendix H, for a classifier of
noisy pictures; there it is half a U-Net with attention.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional as F

from app.diffusion.notation import IMAGES
from app.diffusion.pixels import as_images

PATCH = 2
GROUPS = 8
WAVES = 8
LEVEL_FEATURES = 64

Look = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, ...]]
"""(pictures, signal scales, noise scales) -> for each aspect the scores of its values: a `Judge`."""


@dataclass(frozen=True)
class JudgeConfig:
    """The shape of a judge.

    Args:
        channels: colour channels of a picture.
        height: rows of a picture; even.
        width: columns of a picture; even.
        values: how many values each aspect has.
        widths: feature channels at each level, the finest first; multiples of 8.
        blocks: residual blocks at each level.
    """

    channels: int
    height: int
    width: int
    values: tuple[int, ...]
    widths: tuple[int, ...]
    blocks: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.values or min(self.values) < 2:
            raise ValueError(f"an aspect has at least two values, got {self.values}")
        if not self.widths or any(width < GROUPS or width % GROUPS for width in self.widths):
            raise ValueError(f"every width must be a positive multiple of {GROUPS}, got {self.widths}")
        if len(self.blocks) != len(self.widths) or min(self.blocks) < 1:
            raise ValueError(f"every level needs a block, got {self.blocks} for widths {self.widths}")
        if self.channels < 1 or self.height % PATCH or self.width % PATCH:
            raise ValueError(
                f"a picture has a channel and even sides, got {self.channels}x{self.height}x{self.width}"
            )


class LevelEmbedding(nn.Module):
    """Signal and noise of a picture as features: waves of the angle between them, and their length."""

    waves: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("waves", torch.arange(1, WAVES + 1) * 2.0, persistent=False)
        self.dense = nn.Sequential(
            nn.Linear(2 * WAVES + 1, LEVEL_FEATURES), nn.SiLU(), nn.Linear(LEVEL_FEATURES, LEVEL_FEATURES)
        )

    def forward(
        self, signal_scale: Float[Tensor, " batch"], noise_scale: Float[Tensor, " batch"]
    ) -> Float[Tensor, "batch features"]:
        """Embed the two scales of each picture; the signal is above 0 or the noise is."""
        angles = torch.atan2(noise_scale, signal_scale)[:, None] * self.waves
        length = torch.hypot(signal_scale, noise_scale)[:, None]
        return F.silu(self.dense(torch.cat([angles.cos(), angles.sin(), length], dim=1)))


class Block(nn.Module):
    """Two convolutions beside a shortcut; the level scales and shifts the features between them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm_in = nn.GroupNorm(GROUPS, width)
        self.conv_in = nn.Conv2d(width, width, 3, padding=1)
        self.modulation = nn.Linear(LEVEL_FEATURES, 2 * width)
        self.norm_out = nn.GroupNorm(GROUPS, width)
        self.conv_out = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, features: Tensor, level: Tensor) -> Tensor:
        """Add what the block sees to the features."""
        hidden = self.norm_out(self.conv_in(F.silu(self.norm_in(features))))
        scale, shift = self.modulation(level)[:, :, None, None].chunk(2, dim=1)
        return features + self.conv_out(F.silu(hidden * (1.0 + scale) + shift))  # type: ignore[no-any-return]


class Judge(nn.Module):
    """Residual blocks at ever coarser levels, an average over the picture, and a head for each aspect.

    Pictures are folded 2x2 into channels first. Of the average alone left and right could not be told, so
    each place of the folded picture has features of its own, which are learnt.
    """

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        first = config.widths[0]
        self.level = LevelEmbedding()
        self.stem = nn.Conv2d(config.channels * PATCH**2, first, 3, padding=1)
        self.place = nn.Parameter(torch.zeros(first, config.height // PATCH, config.width // PATCH))
        self.down = nn.ModuleList(
            nn.Conv2d(finer, coarser, 3, stride=2, padding=1)
            for finer, coarser in zip(config.widths, config.widths[1:], strict=False)
        )
        self.levels = nn.ModuleList(
            nn.ModuleList(Block(width) for _ in range(count))
            for width, count in zip(config.widths, config.blocks, strict=True)
        )
        self.norm = nn.GroupNorm(GROUPS, config.widths[-1])
        self.heads = nn.ModuleList(nn.Linear(config.widths[-1], values) for values in config.values)

    def forward(
        self,
        pictures: Float[Tensor, IMAGES],
        signal_scale: Float[Tensor, " batch"],
        noise_scale: Float[Tensor, " batch"],
    ) -> tuple[Tensor, ...]:
        """Return for each aspect the scores of its values, (batch, value).

        Args:
            pictures: noisy pictures in [-1, 1], as `as_images` makes them of bytes.
            signal_scale: how much of the clean picture each of them holds.
            noise_scale: how much noise.
        """
        level = self.level(signal_scale, noise_scale)
        features = self.stem(F.pixel_unshuffle(pictures, PATCH)) + self.place
        for number, blocks in enumerate(self.levels):
            if number:
                features = self.down[number - 1](features)
            for block in blocks.children():
                features = block(features, level)
        pooled = F.silu(self.norm(features)).mean(dim=(2, 3))
        return tuple(head(pooled) for head in self.heads)


@torch.inference_mode()
def judge_pixels(
    judge: Look,
    pixels: UInt8[Tensor, IMAGES],
    signal_scale: Float[Tensor, " batch"],
    noise_scale: Float[Tensor, " batch"],
) -> tuple[Float[Tensor, "batch _"], ...]:
    """Return for each aspect the probability of every value, for pictures as bytes; each row adds up to 1."""
    scores = judge(as_images(pixels), signal_scale, noise_scale)
    return tuple(score.softmax(dim=1) for score in scores)
