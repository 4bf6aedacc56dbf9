from __future__ import annotations

import jaxtyping
import pytest
import torch
from torch import Tensor

from app.diffusion.attention import SelfAttention
from app.diffusion.unet import TimeEmbedding, UNet, UNetConfig

CONFIG = UNetConfig(channels=1, height=12, width=8, widths=(8, 16), blocks=2, heads=2, classes=3)


def config_with(**changes: object) -> UNetConfig:
    return UNetConfig(**{**vars(CONFIG), **changes})


def network(config: UNetConfig = CONFIG) -> UNet:
    torch.manual_seed(0)
    return UNet(config).eval().requires_grad_(False)


def awake(config: UNetConfig = CONFIG) -> UNet:
    """Make a network whose silent last layers speak, as after training."""
    unet = network(config)
    for parameter in unet.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.2)
    return unet


def inputs(config: UNetConfig = CONFIG, count: int = 4) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    x_t = torch.randn(count, config.channels, config.height, config.width, generator=generator)
    return x_t, torch.linspace(0.1, 0.9, count), torch.arange(count) % (config.classes + 1)


@pytest.mark.parametrize(
    "config",
    [
        CONFIG,
        config_with(channels=3, height=16, width=16, widths=(8, 16, 24), blocks=1, heads=3, classes=1),
        config_with(height=6, width=2, widths=(8,), blocks=3, heads=1),
        config_with(attention_levels=(0, 1)),
    ],
    ids=["two levels", "three levels", "one level", "attention everywhere"],
)
def test_a_prediction_has_the_shape_of_the_picture(config: UNetConfig) -> None:
    x_t, t, label = inputs(config)
    assert awake(config)(x_t, t, label).shape == x_t.shape


def test_an_untrained_network_predicts_the_same_whatever_it_sees() -> None:
    """The last convolution starts at zero weight: only its small bias is left, one number a channel."""
    x_t, t, label = inputs()
    predicted = network()(x_t, t, label)
    assert torch.equal(predicted, predicted[:1, :, :2, :2].repeat(4, 1, 6, 4))
    assert predicted.abs().max() < 0.2


def test_untrained_blocks_hand_their_input_on() -> None:
    unet = network()
    features = torch.randn(2, 8, 6, 4)
    assert torch.equal(unet.down[0](features, torch.randn(2, 32)), features)


def test_picture_level_and_class_each_change_the_prediction() -> None:
    unet = awake()
    x_t, t, label = inputs()
    base = unet(x_t, t, label)
    for other in (
        unet(x_t + 0.5, t, label),
        unet(x_t, t + 0.05, label),
        unet(x_t, t, (label + 1) % 4),
    ):
        assert ((other - base).flatten(1).norm(dim=1) > 1e-3).all()


def test_a_picture_in_a_batch_is_predicted_as_it_is_alone() -> None:
    unet = awake()
    parts = inputs()
    together = unet(*parts)
    for k in range(4):
        alone = unet(*(part[k : k + 1] for part in parts))
        torch.testing.assert_close(together[k : k + 1], alone, rtol=0.0, atol=1e-5)


def test_every_pixel_can_depend_on_every_other() -> None:
    """Attention in the middle reaches across the picture."""
    unet = awake()
    x_t, t, label = inputs(count=1)
    changed = x_t.clone()
    changed[0, 0, 0, 0] += 1.0
    difference = (unet(changed, t, label) - unet(x_t, t, label)).abs()
    assert (difference > 0.0).all()


def test_self_attention_follows_every_block_of_the_levels_that_are_named() -> None:
    unet = awake(config_with(attention_levels=(1,)))
    assert [isinstance(look, SelfAttention) for look in unet.look] == [False] * 2 + [True] * 4 + [False] * 2
    parts = inputs()
    before = unet(*parts)
    for look in unet.look[2:6]:
        assert isinstance(look, SelfAttention)
        torch.nn.init.zeros_(look.out.weight)
        assert not torch.equal(unet(*parts), before)
        before = unet(*parts)


def test_a_network_without_further_attention_has_the_weights_it_always_had() -> None:
    named = set(network().state_dict())
    assert not any(name.startswith("look.") for name in named)
    more = set(network(config_with(attention_levels=(1,))).state_dict())
    assert named < more and all(name.startswith("look.") for name in more - named)


@pytest.mark.parametrize("levels", [(2,), (-1,), (0, 5)])
def test_attention_at_a_level_that_is_not_there_is_refused(levels: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="attention levels must be among 0 to 1"):
        config_with(attention_levels=levels)


def test_heads_that_do_not_divide_the_width_of_an_attention_level_are_refused() -> None:
    with pytest.raises(ValueError, match="heads must divide the widths of attention levels"):
        config_with(widths=(8, 24), heads=3, attention_levels=(0,))


def test_embedding_tells_near_levels_apart() -> None:
    torch.manual_seed(0)
    embedding = TimeEmbedding(16, 64)(torch.tensor([0.10, 0.11, 0.50, 0.51, 0.90]))
    apart = torch.cdist(embedding, embedding) / embedding.norm(dim=1).mean()
    assert apart[~torch.eye(5, dtype=torch.bool)].min() > 0.02


def test_most_sinusoids_move_over_the_range_of_times() -> None:
    """Unscaled times in [0, 1] would leave five in six of them still."""
    embedding = TimeEmbedding(128, 8)
    angles = 1000.0 * torch.linspace(0.0, 1.0, 2001)[:, None] * embedding.frequencies
    seen: list[Tensor] = []
    embedding.dense.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    embedding(torch.linspace(0.0, 1.0, 2001))
    sinusoids = seen[0]
    torch.testing.assert_close(sinusoids, torch.cat([angles.cos(), angles.sin()], dim=1))
    moving = (sinusoids.amax(dim=0) - sinusoids.amin(dim=0)) > 0.1
    assert moving.float().mean() > 0.9


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"height": 13}, "multiples of 4, got 13x8"),
        ({"width": 6}, "multiples of 4, got 12x6"),
        ({"height": 0}, "multiples of 4, got 0x8"),
        ({"widths": (8, 12)}, r"multiple of 8, got \(8, 12\)"),
        ({"widths": (0, 8)}, r"multiple of 8, got \(0, 8\)"),
        ({"widths": ()}, "must not be empty"),
        ({"blocks": 0}, "must not be empty"),
        ({"heads": 3}, "divide the last width, 16, got 3"),
        ({"heads": 0}, "divide the last width, 16, got 0"),
        ({"channels": 0}, "at least one channel, got 0"),
    ],
)
def test_a_network_that_cannot_be_built_is_refused_with_the_rule(
    changes: dict[str, object], text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        config_with(**changes)


def test_a_level_for_each_picture_is_required() -> None:
    x_t, t, label = inputs()
    with pytest.raises(jaxtyping.TypeCheckError, match="'t'"):
        network()(x_t, t[:-1], label)
