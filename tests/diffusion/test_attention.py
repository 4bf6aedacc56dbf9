from __future__ import annotations

import torch
from torch import Tensor

from app.diffusion.attention import CrossAttention
from app.diffusion.text import MASKED


def cross() -> CrossAttention:
    torch.manual_seed(0)
    made = CrossAttention(channels=16, words=12, heads=2)
    torch.nn.init.normal_(made.out.weight, std=0.3)
    return made.requires_grad_(False)


def inputs(count: int = 3) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    mask = torch.zeros(count, 1, 1, 5)
    mask[:, :, :, 3:] = MASKED
    x = torch.randn(count, 16, 4, 6, generator=generator)
    return x, torch.randn(count, 5, 12, generator=generator), mask


def test_without_training_nothing_is_read() -> None:
    x, words, mask = inputs()
    fresh = CrossAttention(channels=16, words=12, heads=2)
    assert fresh.out.bias is not None
    bias = fresh.out.bias[None, :, None, None]
    torch.testing.assert_close(fresh(x, words, mask), x + bias)


def test_weights_are_shares_of_the_words_that_are_there() -> None:
    weights = cross().weights(*inputs())
    assert weights.shape == (3, 5, 4, 6)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(3, 4, 6))
    assert (weights[:, 3:] == 0.0).all()
    assert (weights[:, :3] > 0.0).all()


def test_what_is_read_is_what_the_weights_say() -> None:
    """With one head, the values summed with the weights and put out are what the layer adds."""
    torch.manual_seed(0)
    one = CrossAttention(channels=16, words=12, heads=1)
    torch.nn.init.normal_(one.out.weight, std=0.3)
    x, words, mask = inputs()
    value = one.keys_values(words)[..., 16:]
    read = torch.einsum("bwyx,bwc->bcyx", one.weights(x, words, mask), value)
    torch.testing.assert_close(one(x, words, mask), x + one.out(read))


def test_what_fills_a_prompt_up_is_never_read() -> None:
    x, words, mask = inputs()
    other = words.clone()
    other[:, 3:] += 10.0
    torch.testing.assert_close(cross()(x, words, mask), cross()(x, other, mask))
