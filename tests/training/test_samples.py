from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from app.diffusion.denoiser import Denoiser
from app.errors import InvalidRequest
from app.training.samples import Samples, Setting

CPU = torch.device("cpu")
SHAPE = (1, 4, 4)
PLAIN = Setting("ddim", 3, 1.0)


class Counting:
    """A network that tells the class by the brightness, and counts the rows that it was shown."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(self, x_t: Tensor, t: Tensor, label: Tensor) -> Tensor:
        self.rows += len(x_t)
        return 0.1 * x_t + (label[:, None, None, None] - 1.5) * t[:, None, None, None]


def samples(folder: Path, count: int, setting: Setting = PLAIN, batch: int = 4) -> Samples:
    return Samples(setting, torch.arange(count) % 3, seed=5, folder=folder, batch=batch)


def obtain(wanted: Samples, network: Counting) -> Tensor:
    return wanted.obtain(Denoiser(network, SHAPE, null=3), CPU, lambda calls: None)


@pytest.mark.parametrize(
    ("setting", "calls"),
    [
        (Setting("ddim", 20, 1.0), 20),
        (Setting("ddim", 10, 2.0), 20),
        (Setting("ddim", 10, 0.0), 10),
        (Setting("heun", 10, 1.0), 19),
        (Setting("heun_sigma", 10, 1.0), 19),
    ],
)
def test_calls_count_both_halves_of_heun_and_both_rows_of_guidance(setting: Setting, calls: int) -> None:
    assert setting.calls == calls


def test_an_unknown_sampler_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="unknown sampler 'magic'"):
        _ = Setting("magic", 3, 1.0).calls


def test_pictures_are_kept_and_not_made_again(tmp_path: Path) -> None:
    network = Counting()
    wanted = samples(tmp_path / "a", 10)
    assert wanted.missing_calls() == 30
    first = obtain(wanted, network)
    assert first.shape == (10, *SHAPE) and first.dtype == torch.uint8 and network.rows == 30
    assert wanted.missing_calls() == 0
    assert torch.equal(obtain(wanted, network), first) and network.rows == 30


def test_more_pictures_of_a_setting_begin_with_the_ones_already_made(tmp_path: Path) -> None:
    network = Counting()
    few = obtain(samples(tmp_path / "a", 8), network)
    more = samples(tmp_path / "a", 14)
    assert more.missing_calls() == 6 * 3
    assert torch.equal(obtain(more, network)[:8], few) and network.rows == 14 * 3
    assert torch.equal(obtain(samples(tmp_path / "b", 14), network), obtain(more, network))


def test_an_interrupted_run_goes_on_where_it_was_and_ends_the_same(tmp_path: Path) -> None:
    whole = obtain(samples(tmp_path / "whole", 12), Counting())

    class Stopped(Exception):
        pass

    made = []

    def stop_in_the_second_chunk(calls: int) -> None:
        made.append(calls)
        if len(made) == 5:
            raise Stopped

    wanted = samples(tmp_path / "cut", 12)
    with pytest.raises(Stopped):
        wanted.obtain(Denoiser(Counting(), SHAPE, null=3), CPU, stop_in_the_second_chunk)
    assert wanted.missing_calls() == 8 * 3
    network = Counting()
    assert torch.equal(obtain(wanted, network), whole) and network.rows == 8 * 3


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut short", b"not an archive"])
def test_a_damaged_chunk_is_made_again(tmp_path: Path, damage: bytes) -> None:
    wanted = samples(tmp_path / "a", 8)
    whole = obtain(wanted, Counting())
    (tmp_path / "a" / "000004.npz").write_bytes(damage)
    assert wanted.missing_calls() == 4 * 3
    assert torch.equal(obtain(wanted, Counting()), whole)


def test_chunks_of_other_conditions_are_not_taken(tmp_path: Path) -> None:
    obtain(samples(tmp_path / "a", 8), Counting())
    other = Samples(PLAIN, torch.zeros(8, dtype=torch.int64), seed=5, folder=tmp_path / "a", batch=4)
    assert other.missing_calls() == 24


def test_rows_of_tokens_are_conditions_too(tmp_path: Path) -> None:
    def network(x_t: Tensor, t: Tensor, tokens: Tensor) -> Tensor:
        return 0.1 * x_t + tokens.sum(dim=1)[:, None, None, None] * t[:, None, None, None]

    rows = torch.tensor([[1, 2, 0], [0, 0, 0], [3, 0, 0]])
    wanted = Samples(PLAIN, rows, seed=5, folder=tmp_path / "a", batch=2)
    first = wanted.obtain(Denoiser(network, SHAPE, null=0), CPU, lambda calls: None)
    assert first.shape == (3, *SHAPE) and wanted.missing_calls() == 0
    other = Samples(PLAIN, rows.flip(1), seed=5, folder=tmp_path / "a", batch=2)
    assert other.missing_calls() == 9


def test_progress_counts_two_calls_a_picture_under_guidance(tmp_path: Path) -> None:
    told: list[int] = []
    wanted = samples(tmp_path / "a", 6, Setting("ddim", 2, 1.5))
    wanted.obtain(Denoiser(Counting(), SHAPE, null=3), CPU, told.append)
    assert told == [8, 8, 4, 4] and sum(told) == 6 * wanted.setting.calls
