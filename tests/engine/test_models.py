import hashlib
import threading
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save

from app.cards import read_card
from app.engine.models import Models
from app.engine.runtime.eager import EagerRuntime
from app.engine.runtime.export import export_path
from app.engine.runtime.timing import ROW_CHOICES
from app.errors import CheckpointError, InvalidRequest, TryLater
from tests.engine.core_scenes import never
from tests.tiny_model import CLASSES, unmake, write_judge, write_tiny_model, write_tiny_painter

CPU = torch.device("cpu")


def test_models_are_loaded_measured_and_reported(models):
    model = models.get("tiny")
    assert model.card.name == "tiny"
    assert model.max_rows in ROW_CHOICES
    assert model.rows_per_s > 0
    assert isinstance(model.runtime, EagerRuntime)
    (report,) = models.report()
    assert (report["name"], report["ready"], report["fault"]) == ("tiny", True, None)
    assert report["max_rows"] == model.max_rows


def test_a_model_of_prompts_is_loaded_and_measured_too(both_models):
    model = both_models.get("painter")
    assert model.card.vocabulary is not None
    assert model.max_rows in ROW_CHOICES
    assert model.rows_per_s > 0
    assert [report["name"] for report in both_models.report()] == ["painter", "tiny"]


def test_an_unknown_model_is_refused_with_those_there_are(models):
    with pytest.raises(InvalidRequest, match="allowed: tiny") as refused:
        models.get("none")
    assert refused.value.field == "model"


def test_a_model_whose_weights_are_wrong_is_reported_and_the_others_are_served(tmp_path):
    write_tiny_model(tmp_path)
    write_tiny_model(tmp_path, "corrupt").weights.write_bytes(b"something else")
    write_tiny_model(tmp_path, "missing").weights.unlink()
    unmake(write_tiny_painter(tmp_path, "unmade"))
    models = Models(tmp_path, CPU, threads=1)
    assert models.get("tiny")
    for name in ("corrupt", "missing", "unmade"):
        with pytest.raises(TryLater, match=name) as refused:
            models.get(name)
        assert refused.value.retry_after_s > 1
    faults = {report["name"]: report["fault"] for report in models.report()}
    assert faults["tiny"] is None
    assert "still to be made" in faults["unmade"]
    assert "missing" in faults["missing"]
    assert "not the ones" in faults["corrupt"]


def test_a_card_that_cannot_be_read_is_an_error_that_names_it(tmp_path):
    folder = write_tiny_model(tmp_path).folder
    (folder / "card.md").write_text("nonsense")
    with pytest.raises(CheckpointError, match=r"card\.md"):
        Models(tmp_path, CPU, threads=1)


@pytest.mark.parametrize("time", ["[]", '["dawn", ""]', '["dawn", " "]'])
def test_a_card_with_a_kind_or_an_entry_without_words_is_an_error_that_names_it(tmp_path, time):
    path = write_tiny_painter(tmp_path).folder / "card.md"
    written = path.read_text()
    path.write_text(written.replace('["dawn daybreak sunrise", "day", "night midnight"]', time))
    assert path.read_text() != written
    with pytest.raises(CheckpointError, match=r"(?s)painter/card\.md.*every entry a word, but not in time"):
        read_card(path.parent)


def test_without_models_there_are_none(tmp_path):
    assert Models(tmp_path, CPU, threads=1).report() == []


@pytest.mark.slow
def test_a_corrupt_export_in_the_cache_leaves_the_eager_runtime_at_work_and_is_thrown_away(tmp_path, capsys):
    """The cache is only a cache: whatever lies there, models are served."""
    first, second = (
        write_tiny_model(tmp_path / "models"),
        write_tiny_model(tmp_path / "models", "other", seed=1),
    )
    cache = tmp_path / "cache"
    for file in (first, second):
        export_path(file, cache).parent.mkdir(exist_ok=True)
        export_path(file, cache).write_bytes(b"not a network")
    models = Models(tmp_path / "models", CPU, threads=1)
    thread = models.speed_up(cache, never)
    assert isinstance(thread, threading.Thread)
    thread.join(20)
    assert not thread.is_alive()
    assert {report["runtime"] for report in models.report()} == {"eager"}
    assert not export_path(first, cache).exists()
    assert capsys.readouterr().out.count("does not run") == 2


# Weights with a fitting checksum that nothing can be drawn with


def spoil(file, value, name="model.safetensors"):
    """Put a value into the weights, and have the card describe them as they are then."""
    path = file.folder / name
    state = load_file(path)
    first = next(tensor for tensor in state.values() if tensor.dim() > 1)
    first.view(-1)[0] = value
    path.write_bytes(save(state))
    card = file.folder / "card.md"
    written = card.read_text()
    old = file.card.sha256 if name == "model.safetensors" else file.card.judge.sha256
    card.write_text(written.replace(old, hashlib.sha256(path.read_bytes()).hexdigest()))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("write", [write_tiny_model, write_tiny_painter])
def test_weights_that_are_no_numbers_make_a_model_that_is_not_ready(tmp_path, write, value):
    spoil(write(tmp_path, "spoilt"), value)
    write_tiny_model(tmp_path)
    models = Models(tmp_path, CPU, threads=1)
    reports = {report["name"]: report for report in models.report()}
    assert (reports["spoilt"]["ready"], reports["tiny"]["ready"]) == (False, True)
    assert "no numbers" in reports["spoilt"]["fault"]
    with pytest.raises(TryLater, match="no numbers"):
        models.get("spoilt")


def test_a_judge_of_such_weights_judges_nothing_and_the_model_runs(tmp_path):
    file = read_card(write_judge(write_tiny_model(tmp_path), {"class": CLASSES}).folder)
    spoil(file, float("nan"), "judge.safetensors")
    model = Models(tmp_path, CPU, threads=1).get("tiny")
    assert model.judge is None
    assert model.judge_fault is not None
    assert "no numbers" in model.judge_fault


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e9, -1e30])
def test_finite_weights_that_predict_no_picture_are_found_by_a_call(tmp_path, monkeypatch, value):
    write_tiny_model(tmp_path)

    def predict(self, x_t, t, condition):
        predicted = torch.zeros_like(x_t)
        predicted[t > 0.9] = value
        return predicted

    monkeypatch.setattr(EagerRuntime, "__call__", predict)
    (report,) = Models(tmp_path, CPU, threads=1).report()
    assert not report["ready"]
    assert "nothing can be drawn" in report["fault"]


@pytest.mark.parametrize(
    "fault",
    [
        lambda file: spoil(file, float("nan")),
        lambda file: file.weights.write_bytes(b"something else"),
        lambda file: rewrite(file, "widths = [8, 16]", "widths = [8, 15]"),
        lambda file: rewrite(file, "widths = [8, 16]", "widths = [8, 24]"),
        lambda file: rewrite(file, "blocks = 1", "depth = 1"),
        lambda file: file.weights.unlink(),
        lambda file: (file.weights.unlink(), file.weights.mkdir()),
    ],
    ids=["numbers", "checksum", "side", "size", "key", "missing", "folder"],
)
@pytest.mark.parametrize("is_relative", [False, True])
def test_a_fault_does_not_tell_where_this_machine_keeps_its_models(tmp_path, monkeypatch, fault, is_relative):
    folder = tmp_path / "secret-place"
    fault(write_tiny_model(folder))
    monkeypatch.chdir(tmp_path)
    models = Models(Path("secret-place") if is_relative else folder, CPU, threads=1)
    (report,) = models.report()
    assert report["fault"]
    with pytest.raises(TryLater) as refused:
        models.get("tiny")
    for told in (report["fault"], str(refused.value)):
        assert "secret-place" not in told
        assert str(tmp_path) not in told
        assert "tiny" in told
        assert "\n" not in told
        assert len(told) < 700


def rewrite(file, old, new):
    card = file.folder / "card.md"
    assert old in card.read_text()
    card.write_text(card.read_text().replace(old, new))
