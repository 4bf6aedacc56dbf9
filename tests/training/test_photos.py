from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from app.cards import find_card, weights_fault
from app.diffusion.checkpoints import build_network, load_network
from app.diffusion.unet import UNet, UNetConfig
from app.errors import CheckpointError, InvalidRequest
from app.settings import files_folder
from app.training.card_text import ABOUT
from app.training.photos import CLASSES, FILES, read_photos
from app.training.recipes import PHOTOS
from app.training.train import train
from app.training.trainer import TrainingProgress, hidden_kernels

CPU = torch.device("cpu")
TRAIN = FILES["train"]


def jpeg(colour: tuple[int, int, int] | int, size: tuple[int, int] = (32, 32), kind: str = "JPEG") -> bytes:
    content = BytesIO()
    mode = "L" if isinstance(colour, int) else "RGB"
    Image.new(mode, size, colour).save(content, kind)
    return content.getvalue()


def colours(count: int) -> list[bytes]:
    return [jpeg((20 * index % 256, 100, 200)) for index in range(count)]


def arrays(files: list[bytes], labels: list[int] | None = None) -> dict[str, Any]:
    sizes = [len(file) for file in files]
    return {
        "jpeg": np.frombuffer(b"".join(files), np.uint8),
        "offset": np.cumsum([0, *sizes]),
        "label": np.array(list(range(len(files))) if labels is None else labels, np.uint8),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with eight training pictures, each redder than the last, and two test pictures."""
    np.savez(tmp_path / TRAIN, **arrays(colours(8)))
    np.savez(tmp_path / FILES["test"], **arrays(colours(2), [9, 3]))
    return tmp_path


def test_pictures_come_in_the_order_of_the_file_with_colours_first_and_whole_labels(folder: Path) -> None:
    pictures = read_photos(folder, "train")
    assert pictures.pixels.shape == (8, 3, 32, 32) and pictures.pixels.dtype == torch.uint8
    assert pictures.labels.tolist() == list(range(8)) and pictures.labels.dtype == torch.int64
    for index, pixels in enumerate(pictures.pixels):
        wanted = torch.tensor([20 * index, 100, 200])
        assert (pixels.float().mean(dim=(1, 2)) - wanted).abs().max() < 3


@pytest.mark.parametrize("given", ["", TRAIN, FILES["test"]])
def test_folder_and_either_file_lead_to_both_parts(folder: Path, given: str) -> None:
    assert len(read_photos(folder / given, "train")) == 8
    assert read_photos(folder / given, "test").labels.tolist() == [9, 3]


def test_a_training_file_of_another_name_is_read_with_the_test_file_beside_it(folder: Path) -> None:
    (folder / TRAIN).rename(folder / "mine.npz")
    assert len(read_photos(folder / "mine.npz", "train")) == 8
    assert len(read_photos(folder / "mine.npz", "test")) == 2


@pytest.mark.parametrize("given", ["absent", TRAIN])
def test_a_missing_file_is_named_with_what_it_should_hold(tmp_path: Path, given: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"no data at .*{given}: .*{TRAIN}.*jpeg, offset, label"):
        read_photos(tmp_path / given, "train")


def test_missing_arrays_are_named_with_those_there_are(tmp_path: Path) -> None:
    np.savez(tmp_path / TRAIN, jpeg=np.zeros(3, np.uint8), images=np.zeros(3))
    with pytest.raises(InvalidRequest, match=r"has no array offset, label; it has jpeg, images"):
        read_photos(tmp_path, "train")


def test_a_file_that_was_cut_off_or_is_another_kind_is_refused(folder: Path) -> None:
    content = (folder / TRAIN).read_bytes()
    for damaged in (content[:-100], b"", b"nonsense"):
        (folder / TRAIN).write_bytes(damaged)
        with pytest.raises(InvalidRequest, match=f"{TRAIN} is not an npz file"):
            read_photos(folder, "train")


def test_a_file_damaged_inside_is_refused(folder: Path) -> None:
    content = bytearray((folder / TRAIN).read_bytes())
    content[300] ^= 0xFF
    (folder / TRAIN).write_bytes(content)
    with pytest.raises(InvalidRequest, match=f"{TRAIN} cannot be read: "):
        read_photos(folder, "train")


class Traitor:
    """What unpickles into a file that is created."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_pickled_arrays_are_refused_unread(tmp_path: Path) -> None:
    given = arrays(colours(1)) | {"label": np.array([Traitor(tmp_path / "touched")], dtype=object)}
    np.savez(tmp_path / TRAIN, allow_pickle=True, **given)
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_photos(tmp_path, "train")
    assert not (tmp_path / "touched").exists()


WHOLE = colours(3)
FAULTS = [
    (arrays([WHOLE[0], WHOLE[1][:-200], WHOLE[2]]), "picture 1 is not a whole JPEG"),
    (arrays([WHOLE[0], b"\xff\xd8 nonsense"]), "picture 1 is not a whole JPEG"),
    (arrays([jpeg((1, 2, 3), kind="PNG")]), "picture 0 is not a whole JPEG"),
    (arrays([WHOLE[0], jpeg((1, 2, 3), (32, 28))]), "picture 1 must be 32 x 32 in RGB, got 32 x 28 in RGB"),
    (arrays([jpeg(77)]), "picture 0 must be 32 x 32 in RGB, got 32 x 32 in L"),
    (arrays(WHOLE, [0, 10, 9]), "labels must be 0 to 9, got 0 to 10"),
    (arrays(WHOLE) | {"label": np.array([-1, 0, 1])}, "labels must be 0 to 9, got -1 to 1"),
    (arrays(WHOLE) | {"label": np.zeros(3)}, "label must be a row of integers, got float64"),
    (arrays(WHOLE, [0, 1]), "offset must have one number more than label, .* got 4 and 2"),
    (arrays([], []), "offset must have .* label at least one, got 1 and 0"),
    (arrays(WHOLE) | {"jpeg": np.zeros(5, np.uint8)}, "offset must rise from 0 to the 5 bytes of jpeg"),
    (arrays(WHOLE) | {"jpeg": np.zeros(5)}, "jpeg must be a row of uint8, got float64"),
    (arrays(WHOLE) | {"offset": np.array([[0, 1]])}, r"offset must be a row .* of shape \(1, 2\)"),
]


@pytest.mark.parametrize(("held", "said"), FAULTS)
def test_what_does_not_fit_is_named_with_its_file(tmp_path: Path, held: dict[str, Any], said: str) -> None:
    np.savez(tmp_path / TRAIN, **held)
    with pytest.raises(InvalidRequest, match=f"{TRAIN}: {said}"):
        read_photos(tmp_path, "train")


def test_offsets_that_fall_are_refused(tmp_path: Path) -> None:
    held = arrays(WHOLE)
    held["offset"][[1, 2]] = held["offset"][[2, 1]]
    np.savez(tmp_path / TRAIN, **held)
    with pytest.raises(InvalidRequest, match="offset must rise"):
        read_photos(tmp_path, "train")


SMALL = replace(
    PHOTOS,
    network=UNetConfig(channels=3, height=32, width=32, widths=(8, 8), blocks=1, heads=1, classes=10),
    steps=2,
    batch=4,
    keep_every=1,
)


def test_the_recipe_scaled_down_takes_a_step_and_is_taken_up_where_it_was(
    folder: Path, tmp_path: Path
) -> None:
    losses: list[float] = []

    def stop(progress: TrainingProgress) -> None:
        losses.append(progress.loss)
        if progress.step == 2:
            raise KeyboardInterrupt

    work, whole = tmp_path / "work", tmp_path / "whole"
    with pytest.raises(KeyboardInterrupt):
        train(SMALL, folder, work, CPU, stop)
    assert len(losses) == 2 and all(np.isfinite(losses))
    assert int(load_file(work / "checkpoint.safetensors")["step"]) == 1
    assert (work / "sheet-000001.png").is_file() and not (work / "average.safetensors").exists()
    sha256 = train(SMALL, folder, work, CPU, lambda progress: losses.append(progress.step))
    assert losses[2:] == [2]
    assert sha256 == train(SMALL, folder, whole, CPU, lambda progress: None)


@pytest.fixture(scope="module")
def network() -> Iterator[UNet]:
    with torch.device("meta"):
        yield UNet(PHOTOS.network)


def test_the_network_has_at_most_twelve_million_numbers_and_muon_has_most_of_them(network: UNet) -> None:
    count = sum(parameter.numel() for parameter in network.parameters())
    assert 8_000_000 < count <= 12_000_000
    kernels, _ = hidden_kernels(network)
    assert sum(kernel.numel() for kernel in kernels) > 0.75 * count


def test_the_card_is_that_of_the_recipe_and_says_that_weights_are_to_be_made(network: UNet) -> None:
    file = find_card(files_folder("models"), "photos")
    card = file.card
    assert card.classes == PHOTOS.classes == CLASSES
    assert card.t_max == PHOTOS.t_max
    about = ABOUT["photos"]
    assert (card.title, card.licence, card.data, card.data_licence, card.defaults) == (
        about.title,
        about.licence,
        about.data,
        about.data_licence,
        about.defaults,
    )
    built = build_network(file)
    assert built.config == PHOTOS.network
    assert f"{sum(p.numel() for p in network.parameters()):,} numbers" in file.body
    assert f"{PHOTOS.steps:,} steps of {PHOTOS.batch} pictures" in file.body
    if not file.card.sha256:
        assert "fromnoise train photos --data FOLDER" in file.body
        fault = weights_fault(file)
        assert fault is not None and "still to be made" in fault
        with pytest.raises(CheckpointError, match="photos are still to be made"):
            load_network(file)
