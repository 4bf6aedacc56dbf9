"""The network: a small U-Net that sees a noisy picture, its noise level and (maybe) a class or a prompt.

Pictures are folded 2x2 into channels first (pixel unshuffle), so a 28x28 digit is worked on at 14x14
and 7x7: on a CPU that is four times cheaper, and pictures this small lose nothing by it.

Reference: Ronneberger et al. 2015 (1505.04597) for the shape; Ho, Jain & Abbeel 2020 (2006.11239),
Appendix B for blocks and time embedding; Dhariwal & Nichol 2021 (2105.05233) for the adaptive
normalisation through which the level and the class enter every block. Words enter by cross-attention
(`attention.py`), once at each level on the way down and up, and once in the middle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from app.diffusion.attention import GROUPS, CrossAttention, SelfAttention
from app.diffusion.notation import IMAGES
from app.diffusion.text import TextConfig, TextEncoder

PATCH = 2
TIME_SCALE = 1000.0
"""Sinusoids are built for times 0 to 1000; unscaled, most of their coordinates would never move."""


@dataclass(frozen=True)
class UNetConfig:
    """The shape of a network.

    Args:
        channels: colour channels of a picture.
        height: rows of a picture; divisible by 2 x 2^(levels - 1).
        width: columns of a picture; likewise.
        widths: feature channels at each level, the finest first; multiples of 8, for the normalisation.
        blocks: residual blocks at each level on the way down, and as many on the way up.
        heads: attention heads; they share the last width evenly, and with text every width.
        classes: number of classes; index `classes` is the null class (no condition). 0 for text models.
        text: the encoder of prompts, for text models.
        attention_levels: levels, 0 the finest, at which self-attention follows every block; the middle
            always has it.
    """

    channels: int
    height: int
    width: int
    widths: tuple[int, ...]
    blocks: int
    heads: int
    classes: int = 0
    text: TextConfig | None = None
    attention_levels: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if (self.classes > 0) == (self.text is not None):
            raise ValueError(f"a network takes classes or text, got {self.classes} and {self.text}")
        if not self.widths or self.blocks < 1:
            raise ValueError(f"widths and blocks must not be empty, got {self.widths} and {self.blocks}")
        if any(width < GROUPS or width % GROUPS for width in self.widths):
            raise ValueError(f"every width must be a positive multiple of {GROUPS}, got {self.widths}")
        if self.heads < 1 or self.widths[-1] % self.heads:
            raise ValueError(f"heads must divide the last width, {self.widths[-1]}, got {self.heads}")
        if self.text and any(width % self.heads for width in self.widths):
            raise ValueError(f"with text, heads must divide every width, {self.widths}, got {self.heads}")
        if not set(self.attention_levels) <= set(range(len(self.widths))):
            raise ValueError(
                f"attention levels must be among 0 to {len(self.widths) - 1}, got {self.attention_levels}"
            )
        if any(self.widths[level] % self.heads for level in self.attention_levels):
            raise ValueError(
                f"heads must divide the widths of attention levels, {self.widths}, got {self.heads}"
            )
        if self.channels < 1:
            raise ValueError(f"a picture has at least one channel, got {self.channels}")
        multiple = PATCH * 2 ** (len(self.widths) - 1)
        if min(self.height, self.width) < 1 or self.height % multiple or self.width % multiple:
            raise ValueError(
                f"with {len(self.widths)} levels height and width must be positive multiples of {multiple}, "
                f"got {self.height}x{self.width}"
            )

    @property
    def null(self) -> int:
        """What a condition without content is filled with: the index behind the classes, or token 0."""
        return self.classes


class TimeEmbedding(nn.Module):
    """Sinusoids of the time, then two dense layers.

    Reference: Vaswani et al. 2017 (1706.03762), section 3.5; times are multiplied by 1000 first.
    """

    frequencies: Tensor

    def __init__(self, sinusoids: int, features: int) -> None:
        super().__init__()
        half = sinusoids // 2
        frequencies = torch.exp(-math.log(10_000.0) * torch.arange(half) / half)
        self.register_buffer("frequencies", frequencies, persistent=False)
        self.dense = nn.Sequential(nn.Linear(sinusoids, features), nn.SiLU(), nn.Linear(features, features))

    def forward(self, t: Float[Tensor, " batch"]) -> Float[Tensor, "batch features"]:
        """Embed times in [0, 1]."""
        angles = TIME_SCALE * t[:, None] * self.frequencies[None, :]
        return self.dense(torch.cat([angles.cos(), angles.sin()], dim=1))  # type: ignore[no-any-return]


class ResidualBlock(nn.Module):
    """Two convolutions around a shortcut; level and class scale and shift the features between them."""

    def __init__(self, inputs: int, outputs: int, features: int) -> None:
        super().__init__()
        self.norm_in = nn.GroupNorm(GROUPS, inputs)
        self.conv_in = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.modulation = nn.Linear(features, 2 * outputs)
        self.norm_out = nn.GroupNorm(GROUPS, outputs)
        self.conv_out = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)
        for parameter in self.conv_out.parameters():
            nn.init.zeros_(parameter)  # so that an untrained block hands its input on

    def forward(self, x: Float[Tensor, IMAGES], embedding: Float[Tensor, "batch features"]) -> Tensor:
        """Return features of the same height and width."""
        scale, shift = self.modulation(embedding)[:, :, None, None].chunk(2, dim=1)
        h = self.conv_in(F.silu(self.norm_in(x)))
        h = self.norm_out(h) * (1.0 + scale) + shift
        h = self.conv_out(F.silu(h))
        return self.shortcut(x) + h  # type: ignore[no-any-return]


class UNet(nn.Module):
    """Predicts `v_hat` (or whatever it was trained for) from `(x_t, t, condition)`."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        features = 4 * config.widths[0]
        folded = config.channels * PATCH * PATCH
        self.time = TimeEmbedding(config.widths[0], features)
        if config.text:
            self.text = TextEncoder(config.text)
        else:
            self.label = nn.Embedding(config.classes + 1, features)
        self.stem = nn.Conv2d(folded, config.widths[0], 3, padding=1)
        self.down = nn.ModuleList()
        self.shrink = nn.ModuleList()
        kept = [config.widths[0]]
        channels = config.widths[0]
        for level, width in enumerate(config.widths):
            for _ in range(config.blocks):
                self.down.append(ResidualBlock(channels, width, features))
                channels = width
                kept.append(channels)
            if level + 1 < len(config.widths):
                self.shrink.append(nn.Conv2d(channels, channels, 3, stride=2, padding=1))
        self.middle_in = ResidualBlock(channels, channels, features)
        self.attention = SelfAttention(channels, config.heads)
        self.middle_out = ResidualBlock(channels, channels, features)
        self.up = nn.ModuleList()
        self.grow = nn.ModuleList()
        for level, width in reversed(list(enumerate(config.widths))):
            for _ in range(config.blocks):
                self.up.append(ResidualBlock(channels + kept.pop(), width, features))
                channels = width
            if level > 0:
                self.grow.append(nn.Conv2d(channels, config.widths[level - 1], 3, padding=1))
                channels = config.widths[level - 1]
        finest_first = [level for level in range(len(config.widths)) for _ in range(config.blocks)]
        self.look = nn.ModuleList(
            SelfAttention(config.widths[level], config.heads)
            if level in config.attention_levels
            else nn.Identity()
            for level in (*finest_first, *reversed(finest_first))
        )
        self.read = nn.ModuleList()
        if config.text:
            places = (*config.widths, config.widths[-1], *reversed(config.widths))
            self.read.extend(CrossAttention(width, config.text.width, config.heads) for width in places)
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.head = nn.Conv2d(channels, folded, 3, padding=1)
        nn.init.zeros_(self.head.weight)

    def forward(
        self,
        x_t: Float[Tensor, IMAGES],
        t: Float[Tensor, " batch"],
        condition: Int[Tensor, "batch ..."],
        t_next: Float[Tensor, " batch"] | None = None,
    ) -> Float[Tensor, IMAGES]:
        """Predict from noisy pictures.

        Args:
            x_t: noisy pictures on the schedule the network was trained on.
            t: their times in [0, 1].
            condition: class indices, of which `config.classes` means no condition; or for text models a row
                of tokens each, padded with 0, of which a row of 0 means no condition.
            t_next: reserved for few-step students; this network does not use it.

        Returns:
            The prediction, of the shape of `x_t`.
        """
        del t_next
        embedding, prompt = self._embed(t, condition)
        h = self.stem(F.pixel_unshuffle(x_t, PATCH))
        kept = []
        levels, blocks = len(self.config.widths), self.config.blocks
        for index, block in enumerate(self.down):
            h = self.look[index](block(h, embedding))
            level, position = divmod(index, blocks)
            if position == blocks - 1:
                h = self._read(level, h, prompt)
            kept.append(h)
            if position == blocks - 1 and level < len(self.shrink):
                h = self.shrink[level](h)
        h = self.attention(self.middle_in(h, embedding))
        h = self.middle_out(self._read(levels, h, prompt), embedding)
        for index, block in enumerate(self.up):
            h = block(torch.cat([h, kept.pop()], dim=1), embedding)
            h = self.look[len(self.down) + index](h)
            level, position = divmod(index, blocks)
            if position == blocks - 1:
                h = self._read(levels + 1 + level, h, prompt)
            if position == blocks - 1 and level < len(self.grow):
                h = self.grow[level](F.interpolate(h, scale_factor=2.0, mode="nearest"))
        return F.pixel_shuffle(self.head(F.silu(self.norm(h))), PATCH)

    def _embed(self, t: Tensor, condition: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
        """Embed what enters every block, and what is read by attention: words and their mask."""
        if self.config.text:
            return F.silu(self.time(t)), self.text(condition)
        return F.silu(self.time(t) + self.label(condition)), None

    def _read(self, place: int, h: Tensor, prompt: tuple[Tensor, Tensor] | None) -> Tensor:
        return h if prompt is None else self.read[place](h, *prompt)
