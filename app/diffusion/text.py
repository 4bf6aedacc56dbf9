"""The text encoder: tokens of a prompt become features of its words, each aware of the others.

Reference: Vaswani et al. 2017 (1706.03762) for the layers, with the normalisation first as in Xiong et al.
2020 (2002.04745). It is trained along with the U-Net, from scratch: sixty words need no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

PAD = 0
MASKED = -1e4
"""Added to the score of padding: finite, so that a prompt without words gives no NaN."""


@dataclass(frozen=True)
class TextConfig:
    """The shape of a text encoder.

    Args:
        tokens: size of the vocabulary, the padding (token 0) among them.
        positions: length of a row of tokens.
        width: features of a word.
        layers: transformer layers.
        heads: attention heads; they share the width evenly.
    """

    tokens: int
    positions: int
    width: int
    layers: int
    heads: int

    def __post_init__(self) -> None:
        if min(self.tokens, self.positions, self.width, self.heads) < 1 or self.layers < 0:
            raise ValueError(f"every size of a text encoder must be positive, got {self}")
        if self.width % self.heads:
            raise ValueError(f"heads must divide the width, {self.width}, got {self.heads}")


class Layer(nn.Module):
    """Words look at each other, then each is thought over by itself."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_in = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_out = nn.LayerNorm(width)
        self.dense = nn.Sequential(nn.Linear(width, 4 * width), nn.SiLU(), nn.Linear(4 * width, width))

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """Return features of the same words."""
        batch, count, width = words.shape
        qkv = self.queries_keys_values(self.norm_in(words))
        qkv = qkv.reshape(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = qkv.unbind(dim=0)  # batch head word feature
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        words = words + self.out(attended.transpose(1, 2).reshape(batch, count, width))
        return words + self.dense(self.norm_out(words))  # type: ignore[no-any-return]


class TextEncoder(nn.Module):
    """Makes features of words, behind one that stands for no word at all.

    The first feature is the same for every prompt. Positions that need no word look there, so that what
    they give to the words means something; without a prompt it is all there is.
    """

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.words = nn.Embedding(config.tokens, config.width)
        self.positions = nn.Parameter(torch.randn(config.positions, config.width) * 0.1)
        self.no_word = nn.Parameter(torch.randn(1, 1, config.width))
        self.layers = nn.ModuleList(Layer(config.width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)

    def forward(
        self, tokens: Int[Tensor, "batch word"]
    ) -> tuple[Float[Tensor, "batch one_more feature"], Float[Tensor, "batch 1 1 one_more"]]:
        """Return the features of no word and of each word, and the mask that hides the padding."""
        mask = (tokens == PAD).to(self.no_word.dtype)[:, None, None, :] * MASKED
        words = self.words(tokens) + self.positions
        for layer in self.layers:
            words = layer(words, mask)
        no_word = self.no_word.expand(tokens.shape[0], -1, -1)  # `len` would fix the batch in an export
        return self.norm(torch.cat([no_word, words], dim=1)), F.pad(mask, (1, 0))
