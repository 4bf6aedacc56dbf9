"""Attention: positions that look at each other, and positions that look at the words of a prompt.

Reference: Vaswani et al. 2017 (1706.03762), Eq. 1; Rombach et al. 2022 (2112.10752), section 3.3, for the
attention of a picture's positions to words.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from app.diffusion.notation import IMAGES

GROUPS = 8


class SelfAttention(nn.Module):
    """Every position of a map looks at every other one."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.queries_keys_values = nn.Conv2d(channels, 3 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: Float[Tensor, IMAGES]) -> Float[Tensor, IMAGES]:
        """Return x plus what was attended to."""
        batch, channels, height, width = x.shape
        qkv = self.queries_keys_values(self.norm(x))
        qkv = qkv.reshape(batch, 3, self.heads, channels // self.heads, height * width)
        query, key, value = qkv.transpose(-1, -2).unbind(dim=1)  # batch head position feature
        attended = F.scaled_dot_product_attention(query, key, value)
        return x + self.out(attended.transpose(-1, -2).reshape(batch, channels, height, width))  # type: ignore[no-any-return]


class CrossAttention(nn.Module):
    """Every position of a map looks at the words of a prompt, and takes from them what it needs."""

    def __init__(self, channels: int, words: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.queries = nn.Conv2d(channels, channels, 1)
        self.keys_values = nn.Linear(words, 2 * channels)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)

    def forward(
        self,
        x: Float[Tensor, IMAGES],
        words: Float[Tensor, "batch word feature"],
        mask: Float[Tensor, "batch 1 1 word"],
    ) -> Float[Tensor, IMAGES]:
        """Return x plus what was read.

        Args:
            x: a map of features.
            words: features of each word.
            mask: 0 for words, far below 0 for what fills a prompt up.
        """
        query, key, value = self._project(x, words)
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return x + self.out(attended.transpose(-1, -2).reshape(x.shape))  # type: ignore[no-any-return]

    def weights(
        self,
        x: Float[Tensor, IMAGES],
        words: Float[Tensor, "batch word feature"],
        mask: Float[Tensor, "batch 1 1 word"],
    ) -> Float[Tensor, "batch word height width"]:
        """Return how much each position looks at each word, the mean over the heads; words add up to 1."""
        query, key, _ = self._project(x, words)
        scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + mask
        batch, _, height, width = x.shape
        shares: Tensor = scores.softmax(dim=-1).mean(dim=1)  # batch position word
        return shares.transpose(1, 2).reshape(batch, -1, height, width)

    def _project(self, x: Tensor, words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Make queries of positions, keys and values of words: (batch, head, position or word, feature)."""
        batch, channels, height, width = x.shape
        features = channels // self.heads
        query = self.queries(self.norm(x)).reshape(batch, self.heads, features, height * width)
        both = self.keys_values(words).reshape(batch, -1, 2, self.heads, features)
        key, value = both.permute(2, 0, 3, 1, 4).unbind(dim=0)
        return query.transpose(-1, -2), key, value
