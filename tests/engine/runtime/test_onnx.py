"""The exported network; the export itself takes some twenty seconds, so it is made once for all tests."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from app.cards import read_card
from app.diffusion.checkpoints import load_network
from app.engine.models import Models
from app.engine.runtime.eager import EagerRuntime
from app.engine.runtime.onnx import TOLERANCE, OnnxRuntime, agrees, export_path, exported

CPU = torch.device("cpu")
SHAPE, CLASSES = (1, 8, 8), 3


@pytest.fixture(scope="module")
def file(models_folder):
    return read_card(models_folder / "tiny")


@pytest.fixture(scope="module")
def cache(tmp_path_factory, file):
    folder = tmp_path_factory.mktemp("cache") / "new"
    assert exported(file, folder) == export_path(file, folder)
    return folder


@pytest.fixture(scope="module")
def onnx(file, cache):
    return OnnxRuntime(export_path(file, cache), threads=1)


@pytest.fixture(scope="module")
def eager(file):
    return EagerRuntime(load_network(file))


@pytest.mark.parametrize("batch", [1, 2, 3, 8])
def test_the_exported_network_predicts_what_the_eager_one_does_at_any_batch_size(onnx, eager, batch):
    generator = torch.Generator().manual_seed(batch)
    x_t = torch.randn(batch, *SHAPE, generator=generator)
    t = torch.rand(batch, generator=generator)
    label = torch.randint(CLASSES + 1, (batch,), generator=generator)
    expected = eager(x_t, t, label)
    assert expected.std() > 0.05, "a network that says nothing would agree with anything"
    torch.testing.assert_close(onnx(x_t, t, label), expected, rtol=0.0, atol=1e-4)


def test_the_exported_network_takes_what_is_not_laid_out_in_order(onnx, eager):
    x_t = torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(0))
    t, label = torch.tensor([0.3, 0.7]), torch.tensor([0, 3])
    laid_out = x_t.to(memory_format=torch.channels_last).flip(0)
    torch.testing.assert_close(onnx(laid_out, t, label), eager(laid_out, t, label), rtol=0.0, atol=1e-4)


def test_runtimes_agree_with_themselves_and_with_each_other(onnx, eager):
    assert agrees(eager, eager, SHAPE, CLASSES)
    assert agrees(onnx, eager, SHAPE, CLASSES)


class Altered:
    """A runtime that is the reference but for one thing."""

    name = "altered"

    def __init__(self, reference, alter):
        self.reference = reference
        self.alter = alter

    def __call__(self, x_t, t, label):
        return self.alter(self.reference(x_t, t, label), x_t, t, label)


@pytest.mark.parametrize(
    "alter",
    [
        lambda v, x_t, t, label: v + 2 * TOLERANCE,
        lambda v, x_t, t, label: v * float("nan"),
        lambda v, x_t, t, label: torch.where((label == CLASSES)[:, None, None, None], v + 0.1, v),
        lambda v, x_t, t, label: v + 0.1 * (len(v) == 8),
        lambda v, x_t, t, label: v.flip(0),
        lambda v, x_t, t, label: torch.where((t > 0.99)[:, None, None, None], -v, v),
    ],
)
def test_a_runtime_that_disagrees_anywhere_is_rejected(eager, alter):
    assert not agrees(Altered(eager, alter), eager, SHAPE, CLASSES)


def test_a_runtime_that_fails_is_rejected_by_the_failure(eager):
    def fail(*_):
        raise RuntimeError("no kernel")

    with pytest.raises(RuntimeError):
        agrees(Altered(eager, fail), eager, SHAPE, CLASSES)


def test_models_swap_the_export_in_while_they_are_served(models_folder, cache):
    models = Models(models_folder, CPU, threads=1)
    before = models.get("tiny")
    models.speed_up(cache).join(30)
    after = models.get("tiny")
    assert (before.runtime.name, after.runtime.name) == ("eager", "onnxruntime")
    assert models.report()[0]["runtime"] == "onnxruntime"
    x_t, t = torch.ones(1, *SHAPE), torch.tensor([0.5])
    label, guidance = torch.tensor([1]), torch.tensor([2.0])
    expected = before.denoiser.estimate(x_t, t, label, guidance)
    torch.testing.assert_close(
        after.denoiser.estimate(x_t, t, label, guidance), expected, rtol=0.0, atol=1e-4
    )


def test_an_export_that_is_there_is_not_made_again(file, cache):
    made_at = export_path(file, cache).stat().st_mtime_ns
    assert exported(file, cache) == export_path(file, cache)
    assert export_path(file, cache).stat().st_mtime_ns == made_at
    assert [path.name for path in cache.iterdir()] == [export_path(file, cache).name]


def test_other_weights_have_another_export(file, cache):
    other = replace(file, card=file.card.model_copy(update={"sha256": "1" * 64}))
    assert export_path(other, cache) != export_path(file, cache)


def test_an_export_that_fails_is_told_and_leaves_nothing(tmp_path, file, capsys):
    broken = replace(file, folder=tmp_path)
    assert exported(broken, tmp_path / "cache") is None
    assert "the export failed" in capsys.readouterr().out
    assert not (tmp_path / "cache").exists() or not list((tmp_path / "cache").iterdir())
