from __future__ import annotations

import pytest
import torch
from torch import Tensor

from app.diffusion.text import TextConfig, TextEncoder
from app.diffusion.unet import UNet, UNetConfig

CONFIG = TextConfig(tokens=9, positions=6, width=8, layers=2, heads=2)
ROWS = torch.tensor([[3, 5, 1, 0, 0, 0], [5, 3, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6]])


def encoder(config: TextConfig = CONFIG) -> TextEncoder:
    torch.manual_seed(0)
    return TextEncoder(config).requires_grad_(False)


def text_unet() -> UNet:
    torch.manual_seed(0)
    config = UNetConfig(channels=3, height=8, width=8, widths=(8, 16), blocks=1, heads=2, text=CONFIG)
    unet = UNet(config).eval().requires_grad_(False)
    for parameter in unet.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.2)
    return unet


def pictures(count: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, 3, 8, 8, generator=generator), torch.linspace(0.1, 0.9, count)


def test_features_stand_for_no_word_and_then_for_each_word() -> None:
    features, mask = encoder()(ROWS)
    assert features.shape == (4, 7, 8)
    assert (features[:, 0] == features[0, 0]).all()
    assert (mask[:, 0, 0] == 0.0).tolist() == [[True, *[token > 0 for token in row]] for row in ROWS.tolist()]


def test_the_order_of_words_counts() -> None:
    features, _ = encoder()(ROWS)
    assert not torch.allclose(features[0, 1], features[1, 2], atol=1e-3)


def test_words_know_of_each_other() -> None:
    changed = ROWS.clone()
    changed[0, 1] = 7
    before, after = encoder()(ROWS)[0], encoder()(changed)[0]
    assert not torch.allclose(before[0, 3], after[0, 3], atol=1e-3)
    assert torch.equal(before[1:], after[1:])


def test_a_prompt_without_words_gives_numbers() -> None:
    features, _ = encoder()(ROWS)
    assert features.isfinite().all()


def test_the_prompt_changes_the_prediction_and_its_padding_does_not_matter() -> None:
    unet = text_unet()
    x_t, t = pictures(2)
    same = torch.tensor([[3, 5, 0, 0, 0, 0]] * 2)
    other = torch.tensor([[3, 5, 0, 0, 0, 0], [3, 4, 0, 0, 0, 0]])
    difference = (unet(x_t, t, same) - unet(x_t, t, other)).flatten(1).norm(dim=1)
    assert difference[0] == 0.0
    assert difference[1] > 1e-3


def test_a_prompt_in_a_batch_is_read_as_it_is_alone() -> None:
    unet = text_unet()
    x_t, t = pictures(4)
    together = unet(x_t, t, ROWS)
    for k in range(4):
        alone = unet(x_t[k : k + 1], t[k : k + 1], ROWS[k : k + 1])
        torch.testing.assert_close(together[k : k + 1], alone, rtol=0.0, atol=1e-5)


def test_a_network_takes_classes_or_text() -> None:
    shape = {"channels": 3, "height": 8, "width": 8, "widths": (8, 16), "blocks": 1, "heads": 2}
    for both_or_none in ({}, {"classes": 3, "text": CONFIG}):
        with pytest.raises(ValueError, match="classes or text"):
            UNetConfig(**shape, **both_or_none)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"divide every width, \(8, 24\), got 3"):
        UNetConfig(**{**shape, "widths": (8, 24), "heads": 3}, text=CONFIG)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "text"),
    [({"width": 9}, "divide the width, 9, got 2"), ({"tokens": 0}, "positive"), ({"layers": -1}, "positive")],
)
def test_an_encoder_that_cannot_be_built_is_refused(changes: dict[str, int], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        TextConfig(**{**vars(CONFIG), **changes})
