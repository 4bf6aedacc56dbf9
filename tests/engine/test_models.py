import threading

import pytest
import torch

from app.cards import read_card
from app.engine.models import ROW_CHOICES, Models
from app.engine.runtime.eager import EagerRuntime
from app.engine.runtime.export import export_path
from app.errors import CheckpointError, InvalidRequest, TryLater
from tests.engine.core_scenes import never
from tests.tiny_model import unmake, write_tiny_model, write_tiny_painter

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
