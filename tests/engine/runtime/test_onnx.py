"""The exported networks; an export itself takes some twenty seconds, so each is made once for all tests."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from app.diffusion.checkpoints import load_network
from app.engine.conditions import examples
from app.engine.models import Models
from app.engine.runtime import export
from app.engine.runtime.eager import EagerRuntime
from app.engine.runtime.export import export_path, exported
from app.engine.runtime.onnx import OnnxRuntime
from app.engine.runtime.parity import TOLERANCE, agrees
from app.prompts import MAX_WORDS
from tests.engine.core_scenes import never

pytestmark = [pytest.mark.export, pytest.mark.xdist_group("export")]

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def cache(tmp_path_factory, both_models):
    folder = tmp_path_factory.mktemp("cache") / "new"
    for file in (both_models.get(name).file for name in ("tiny", "painter")):
        assert exported(file, folder) == export_path(file, folder)
    return folder


@pytest.fixture(scope="module", params=["tiny", "painter"])
def file(request, both_models):
    """Give a model of classes, and one of prompts."""
    return both_models.get(request.param).file


@pytest.fixture(scope="module")
def onnx(file, cache):
    return OnnxRuntime(export_path(file, cache), threads=1)


@pytest.fixture(scope="module")
def eager(file):
    return EagerRuntime(load_network(file))


@pytest.mark.parametrize("batch", [1, 2, 3, 8])
def test_the_exported_network_predicts_what_the_eager_one_does_at_any_batch_size(file, onnx, eager, batch):
    generator = torch.Generator().manual_seed(batch)
    x_t = torch.randn(batch, *file.card.shape, generator=generator)
    t = torch.rand(batch, generator=generator)
    condition = examples(file.card, batch + 8)[8:]
    expected = eager(x_t, t, condition)
    assert expected.std() > 0.05, "a network that says nothing would agree with anything"
    torch.testing.assert_close(onnx(x_t, t, condition), expected, rtol=0.0, atol=1e-4)


@pytest.mark.parametrize("threads", [2, 3])
def test_several_threads_predict_the_same_whether_they_share_a_call_or_cut_it(file, cache, eager, threads):
    onnx = OnnxRuntime(export_path(file, cache), threads)
    for batch in (1, 2, 3, 7):
        x_t = torch.randn(batch, *file.card.shape, generator=torch.Generator().manual_seed(batch))
        given = x_t, torch.linspace(0.1, 0.9, batch), examples(file.card, batch)
        torch.testing.assert_close(onnx(*given), eager(*given), rtol=0.0, atol=1e-4)


def test_a_call_with_a_row_for_every_thread_is_cut_and_a_smaller_one_shared(file, cache, monkeypatch):
    seen = []

    def run(session, given):
        seen.append((session.get_session_options().intra_op_num_threads, len(given[0])))
        return given[0]

    monkeypatch.setattr("app.engine.runtime.onnx._run", run)
    onnx = OnnxRuntime(export_path(file, cache), threads=3)
    for batch, expected in ((2, [(3, 2)]), (3, [(1, 1)] * 3), (7, [(1, 2), (1, 2), (1, 3)])):
        seen.clear()
        x_t = torch.randn(batch, *file.card.shape)
        assert torch.equal(onnx(x_t, torch.zeros(batch), examples(file.card, batch)), x_t)
        assert sorted(seen) == expected


def test_a_failure_in_one_piece_is_the_calls(file, cache):
    onnx = OnnxRuntime(export_path(file, cache), threads=2)
    with pytest.raises(Exception, match="INVALID_ARGUMENT"):
        onnx(torch.zeros(4, 1, 3, 3), torch.zeros(4), examples(file.card, 4))


@pytest.mark.parametrize("words", [0, 1, 2, MAX_WORDS - 1, MAX_WORDS])
def test_the_exported_painter_reads_prompts_of_any_length(both_models, cache, words):
    painter = both_models.get("painter")
    onnx = OnnxRuntime(export_path(painter.file, cache), threads=1)
    row = painter.card.vocabulary.read(" ".join(["night", "sea"] * MAX_WORDS)).row
    condition = torch.tensor([row[:words] + (0,) * (MAX_WORDS - words)])
    x_t = torch.randn(1, *painter.card.shape, generator=torch.Generator().manual_seed(0))
    t = torch.tensor([0.6])
    expected = painter.eager(x_t, t, condition)
    torch.testing.assert_close(onnx(x_t, t, condition), expected, rtol=0.0, atol=1e-4)


def test_the_exported_network_takes_what_is_not_laid_out_in_order(file, onnx, eager):
    x_t = torch.randn(2, *file.card.shape, generator=torch.Generator().manual_seed(0))
    given = torch.tensor([0.3, 0.7]), examples(file.card, 4)[::2]
    laid_out = x_t.to(memory_format=torch.channels_last).flip(0)
    torch.testing.assert_close(onnx(laid_out, *given), eager(laid_out, *given), rtol=0.0, atol=1e-4)


def test_runtimes_agree_with_themselves_and_with_each_other(file, onnx, eager):
    assert agrees(eager, eager, file.card)
    assert agrees(onnx, eager, file.card)


def test_the_conditions_that_runtimes_are_compared_on_are_of_every_sort(both_models):
    tiny, painter = (both_models.get(name).card for name in ("tiny", "painter"))
    assert examples(tiny, 8).tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    rows = examples(painter, 8)
    assert rows.shape == (8, MAX_WORDS)
    lengths = (rows != 0).sum(dim=1).tolist()
    assert {0, 1, MAX_WORDS} < set(lengths)
    assert [row[:length].all().item() for row, length in zip(rows, lengths, strict=True)] == [True] * 8
    assert set(rows.flatten().tolist()) == set(range(painter.vocabulary.size))
    assert set((examples(painter, 3) != 0).sum(dim=1).tolist()) == {5, 0, MAX_WORDS}


class Altered:
    """A runtime that is the reference but for one thing."""

    name = "altered"

    def __init__(self, reference, alter):
        self.reference = reference
        self.alter = alter

    def __call__(self, x_t, t, condition):
        return self.alter(self.reference(x_t, t, condition), x_t, t, condition)


def where(rows, altered, v):
    """Put other predictions into these rows."""
    return torch.where(rows[:, None, None, None], altered, v)


@pytest.mark.parametrize(
    "alter",
    [
        lambda v, x_t, t, condition: v + 2 * TOLERANCE,
        lambda v, x_t, t, condition: v * float("nan"),
        lambda v, x_t, t, condition: v + 0.1 * (len(v) == 8),
        lambda v, x_t, t, condition: v.flip(0),
        lambda v, x_t, t, condition: where(t > 0.99, -v, v),
    ],
)
def test_a_runtime_that_disagrees_anywhere_is_rejected(file, eager, alter):
    assert not agrees(Altered(eager, alter), eager, file.card)


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("tiny", lambda label: label == 3),
        ("painter", lambda tokens: (tokens == 0).all(dim=1)),
        ("painter", lambda tokens: (tokens != 0).all(dim=1)),
        ("painter", lambda tokens: (tokens != 0).sum(dim=1) == 1),
    ],
    ids=["no class", "no word", "as many words as are read", "one word"],
)
def test_a_runtime_that_disagrees_on_some_conditions_is_rejected(both_models, name, chosen):
    model = both_models.get(name)
    altered = Altered(model.eager, lambda v, x_t, t, condition: where(chosen(condition), v + 0.1, v))
    assert not agrees(altered, model.eager, model.card)


def test_a_runtime_that_fails_is_rejected_by_the_failure(file, eager):
    def fail(*_):
        raise RuntimeError("no kernel")

    with pytest.raises(RuntimeError):
        agrees(Altered(eager, fail), eager, file.card)


def test_models_swap_the_export_in_while_they_are_served(both_models, cache):
    names = ("tiny", "painter")
    models = Models(both_models.get("tiny").file.folder.parent, CPU, threads=1)
    before = [models.get(name) for name in names]
    exporting = models.speed_up(cache, never)
    exporting.join(30)
    after = [models.get(name) for name in names]
    assert [model.runtime.name for model in (*before, *after)] == ["eager"] * 2 + ["onnxruntime"] * 2
    assert [report["runtime"] for report in models.report()] == ["onnxruntime"] * 2
    for old, new in zip(before, after, strict=True):
        assert new.eager is old.eager, "attention is still to be seen there"
        x_t, t = torch.ones(2, *old.card.shape), torch.tensor([0.5, 0.8])
        given = examples(old.card, 2), torch.tensor([2.0, 3.0]), examples(old.card, 4)[2:]
        expected = old.denoiser.estimate(x_t, t, *given)
        torch.testing.assert_close(new.denoiser.estimate(x_t, t, *given), expected, rtol=0.0, atol=1e-4)


def test_a_faster_runtime_is_never_taken_for_slower_than_what_it_replaces(both_models, cache):
    """Runs go on while it is measured, and may make it look slow."""
    models = Models(both_models.get("tiny").file.folder.parent, CPU, threads=1)
    model = models.get("tiny")
    models._loaded["tiny"] = replace(model, max_rows=10**6, rows_per_s=1e9)
    exporting = models.speed_up(cache, never)
    exporting.join(30)
    after = models.get("tiny")
    assert (after.runtime.name, after.max_rows, after.rows_per_s) == ("onnxruntime", 10**6, 1e9)


def test_an_export_that_is_there_is_not_made_again(file, cache):
    made_at = export_path(file, cache).stat().st_mtime_ns
    assert exported(file, cache) == export_path(file, cache)
    assert export_path(file, cache).stat().st_mtime_ns == made_at
    assert len(list(cache.iterdir())) == 2, "one for each model, and nothing half done"


def test_other_weights_have_another_export(file, cache):
    other = replace(file, card=file.card.model_copy(update={"sha256": "1" * 64}))
    assert export_path(other, cache) != export_path(file, cache)


def test_an_export_that_fails_is_told_and_leaves_nothing(tmp_path, file, capsys):
    broken = replace(file, folder=tmp_path)
    assert exported(broken, tmp_path / "cache") is None
    assert "the export failed" in capsys.readouterr().out
    assert not (tmp_path / "cache").exists() or not list((tmp_path / "cache").iterdir())


def test_an_export_whose_engine_went_while_it_was_starting_leaves_and_writes_nothing(file, tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    target = tmp_path / "network.onnx"
    command = [sys.executable, "-m", export.PROCESS, str(file.folder), str(target), str(gone.pid)]
    assert subprocess.run(command, check=False, timeout=60).returncode == 1
    assert list(tmp_path.iterdir()) == []
