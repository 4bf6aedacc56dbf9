from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from app.cards import Card, CardFile, Defaults
from app.diffusion.checkpoints import build_network, denoiser, load_network, save_weights
from app.diffusion.unet import UNet, UNetConfig
from app.errors import CheckpointError
from app.prompts import MAX_WORDS
from tests.cards import made_up_card

NETWORK: dict[str, Any] = {"widths": [8, 16], "blocks": 1, "heads": 2}


def fresh_network(classes: int = 2) -> UNet:
    torch.manual_seed(0)
    unet = UNet(UNetConfig(channels=1, height=8, width=8, widths=(8, 16), blocks=1, heads=2, classes=classes))
    for parameter in unet.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return unet.eval()


def card(sha256: str, network: dict[str, Any] = NETWORK) -> Card:
    return made_up_card(
        "tiny",
        (1, 8, 8),
        Defaults(sampler="ddim", steps=4, guidance=1.0),
        classes=("round", "square"),
        schedule="linear",
        t_max=0.98,
        clip=False,
        sha256=sha256,
        network=network,
    )


@pytest.fixture
def saved(tmp_path: Path) -> CardFile:
    """Give a card beside the weights it describes."""
    sha256 = save_weights(fresh_network(), tmp_path / "model.safetensors")
    return CardFile(card(sha256), "", tmp_path)


def with_content(file: CardFile, content: bytes) -> CardFile:
    """Put other bytes in place of the weights, and let the card agree with them."""
    file.weights.write_bytes(content)
    return CardFile(card(hashlib.sha256(content).hexdigest()), "", file.folder)


def predict(unet: UNet) -> torch.Tensor:
    x_t = torch.linspace(-1.0, 1.0, 2 * 64).reshape(2, 1, 8, 8)
    v_hat: torch.Tensor = unet(x_t, torch.tensor([0.2, 0.8]), torch.tensor([0, 2]))
    return v_hat


def test_what_was_saved_is_loaded_in_single_precision(saved: CardFile) -> None:
    loaded, original = load_network(saved), fresh_network()
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}
    for name, value in original.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value.half().float()), name


def test_a_loaded_network_predicts_what_the_saved_one_did(saved: CardFile) -> None:
    loaded = load_network(saved)
    assert not loaded.training
    assert not any(p.requires_grad for p in loaded.parameters())
    expected = predict(fresh_network())
    # Weights of half precision carry 11 bits, through a dozen layers.
    torch.testing.assert_close(predict(loaded), expected, rtol=0.0, atol=0.02 * expected.abs().max().item())


def test_weights_are_stored_at_half_precision_under_the_returned_checksum(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    sha256 = save_weights(fresh_network(), path)
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {tensor.dtype for tensor in load_file(path).values()} == {torch.float16}
    assert [file.name for file in tmp_path.iterdir()] == ["model.safetensors"]


def test_saving_again_replaces_the_file_and_equal_weights_give_equal_bytes(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"older")
    assert save_weights(fresh_network(), path) == save_weights(fresh_network(), path)


def test_single_precision_weights_load_too(saved: CardFile) -> None:
    save_file(fresh_network().state_dict(), saved.weights)
    file = with_content(saved, saved.weights.read_bytes())
    torch.testing.assert_close(predict(load_network(file)), predict(fresh_network()))


def test_missing_weights_are_named(saved: CardFile) -> None:
    saved.weights.unlink()
    with pytest.raises(CheckpointError, match=r"missing: no file model\.safetensors in models/tiny"):
        load_network(saved)


def test_weights_that_are_not_the_cards_are_refused(saved: CardFile) -> None:
    content = bytearray(saved.weights.read_bytes())
    content[-1] ^= 1
    saved.weights.write_bytes(content)
    with pytest.raises(CheckpointError, match="tiny are not the ones its card describes: sha256"):
        load_network(saved)


@pytest.mark.parametrize(
    "spoil",
    [lambda content: b"", lambda content: content[:200], lambda content: b"not weights at all" * 10],
    ids=["empty", "cut off", "nonsense"],
)
def test_a_corrupt_file_is_refused_by_name(saved: CardFile, spoil: Callable[[bytes], bytes]) -> None:
    file = with_content(saved, spoil(saved.weights.read_bytes()))
    with pytest.raises(CheckpointError, match=r"model\.safetensors: .*[Hh]eader"):
        load_network(file)


def test_weights_of_another_shape_are_refused_and_the_tensor_named(saved: CardFile) -> None:
    save_weights(fresh_network(classes=5), saved.weights)
    file = with_content(saved, saved.weights.read_bytes())
    with pytest.raises(CheckpointError, match=r"(?s)model\.safetensors: .*size mismatch for label\.weight"):
        load_network(file)


def test_missing_tensors_are_named(saved: CardFile) -> None:
    state = load_file(saved.weights)
    del state["head.bias"]
    save_file(state, saved.weights)
    file = with_content(saved, saved.weights.read_bytes())
    with pytest.raises(CheckpointError, match=r"(?s)Missing key.*head\.bias"):
        load_network(file)


@pytest.mark.parametrize(
    ("network", "text"),
    [
        ({**NETWORK, "widths": [8, 12]}, "does not fit: .*multiple of 8"),
        ({**NETWORK, "widths": 8}, "'widths': 8.*not iterable"),
        ({**NETWORK, "blocks": "one"}, "'blocks': 'one'"),
        ({**NETWORK, "widths": ["8", "16"]}, "'widths': .'8', '16'."),
        ({**NETWORK, "depth": 3}, "does not fit: .*'depth'"),
        ({"widths": [8]}, "does not fit: .*'blocks'"),
        ({}, "does not fit: .*'blocks'"),
    ],
)
def test_a_card_whose_network_cannot_be_built_is_refused(
    tmp_path: Path, network: dict[str, Any], text: str
) -> None:
    with pytest.raises(CheckpointError, match=f"(?s)the card's network .*{text}"):
        build_network(CardFile(card("0" * 64, network), "", tmp_path))


def prompt_card(sha256: str, **changes: Any) -> Card:
    fields = card(sha256).model_dump() | {
        "classes": (),
        "words": {"time": ("dawn sunrise", "night"), "other": ("the",)},
        "text": {"width": 8, "layers": 1, "heads": 2},
    }
    return Card(**(fields | changes))


def test_a_card_with_words_makes_a_network_that_reads_them(tmp_path: Path) -> None:
    built = build_network(CardFile(prompt_card(""), "", tmp_path))
    text = built.config.text
    assert text is not None
    assert (text.tokens, text.positions) == (4, MAX_WORDS)
    sha256 = save_weights(built, tmp_path / "model.safetensors")
    file = CardFile(prompt_card(sha256), "", tmp_path)
    loaded = load_network(file)
    for name, value in built.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value.half().float()), name
    assert denoiser(file, loaded).null == 0


@pytest.mark.parametrize(
    "text", [{}, {"width": 9, "layers": 1, "heads": 2}, {"width": 8, "layers": 1, "heads": 2, "depth": 1}]
)
def test_a_card_whose_text_encoder_cannot_be_built_is_refused(tmp_path: Path, text: dict[str, Any]) -> None:
    with pytest.raises(CheckpointError, match="does not fit"):
        build_network(CardFile(prompt_card("", text=text), "", tmp_path))


def test_a_card_whose_weights_are_still_to_be_made_says_so(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="tiny are still to be made"):
        load_network(CardFile(prompt_card(""), "", tmp_path))


def test_a_denoiser_knows_what_the_card_says(saved: CardFile) -> None:
    made = denoiser(saved, load_network(saved))
    assert (made.shape, made.null, made.schedule, made.t_max, made.clip) == (
        (1, 8, 8),
        2,
        "linear",
        0.98,
        False,
    )
