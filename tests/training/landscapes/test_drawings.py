from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from app.training.landscapes.drawings import CHUNK, PROBES, any_numbered, obtain_drawings
from app.training.landscapes.scene import Scene, any_scene


class Painting:
    """Draws a plain picture of a scene in no time, and remembers for which numbers."""

    def __init__(self, shade: int = 0) -> None:
        self.numbers: list[int] = []
        self._shade = shade

    def __call__(self, number: int) -> tuple[Scene, Tensor]:
        self.numbers.append(number)
        scene = any_scene(np.random.default_rng(number))
        return scene, torch.full((3, 2, 2), (number + self._shade) % 256, dtype=torch.uint8)


def silent(done: int, count: int) -> None:
    del done, count


def test_drawings_are_kept_and_not_drawn_again_but_for_a_few_of_each_chunk(tmp_path: Path) -> None:
    first, again = Painting(), Painting()
    drawings = obtain_drawings(first, CHUNK + 5, tmp_path, silent)
    same = obtain_drawings(again, CHUNK + 5, tmp_path, silent)
    assert len(first.numbers) == CHUNK + 5
    assert again.numbers == [*range(0, CHUNK, CHUNK // PROBES), *range(CHUNK, CHUNK + 5)]
    assert same.scenes == drawings.scenes and torch.equal(same.pixels, drawings.pixels)


def test_fewer_drawings_are_the_first_of_more(tmp_path: Path) -> None:
    many = obtain_drawings(Painting(), 8, tmp_path, silent)
    few = obtain_drawings(Painting(), 3, tmp_path, silent)
    assert few.scenes == many.scenes[:3] and torch.equal(few.pixels, many.pixels[:3])
    assert len(obtain_drawings(Painting(), 12, tmp_path, silent)) == 12


def test_drawings_of_a_way_of_drawing_that_has_changed_are_not_taken(tmp_path: Path) -> None:
    obtain_drawings(Painting(), 4, tmp_path, silent)
    assert obtain_drawings(Painting(shade=1), 4, tmp_path, silent).pixels[:, 0, 0, 0].tolist() == [1, 2, 3, 4]


def test_a_change_that_shows_in_few_pictures_is_noticed(tmp_path: Path) -> None:
    def now_and_then(number: int) -> tuple[Scene, Tensor]:
        return Painting(shade=number % 7 == 6)(number)

    obtain_drawings(Painting(), 300, tmp_path, silent)
    changed = obtain_drawings(now_and_then, 300, tmp_path, silent)
    assert torch.equal(changed.pixels[6], now_and_then(6)[1])


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut short"])
def test_a_damaged_chunk_is_drawn_again(tmp_path: Path, damage: bytes) -> None:
    obtain_drawings(Painting(), 4, tmp_path, silent)
    (tmp_path / "000000.npz").write_bytes(damage)
    assert len(obtain_drawings(Painting(), 4, tmp_path, silent)) == 4


def test_progress_is_told_over_all_chunks(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    obtain_drawings(Painting(), CHUNK + 2, tmp_path, lambda *step: told.append(step))
    assert told[0] == (1, CHUNK + 2) and told[-1] == (CHUNK + 2, CHUNK + 2) and len(told) == CHUNK + 2


def test_what_drawings_show_is_the_indices_of_their_scenes(tmp_path: Path) -> None:
    drawings = obtain_drawings(Painting(), 5, tmp_path, silent)
    assert drawings.known().shown.tolist() == [list(scene.indices()) for scene in drawings.scenes]


def test_a_number_is_one_picture_of_a_seed_and_held_out_pairs_are_among_them() -> None:
    scene, picture = any_numbered(3, 7)
    again, same = any_numbered(3, 7)
    assert scene == again and torch.equal(picture, same) and picture.shape == (3, 32, 32)
    assert not torch.equal(any_numbered(4, 7)[1], picture)
    assert any(any_numbered(0, number)[0].is_held_out for number in range(40))
