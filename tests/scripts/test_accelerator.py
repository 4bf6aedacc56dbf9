"""What travels to an accelerator machine and what comes home: sizes, marks, parts, and a stage as a toy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from app.errors import InvalidRequest
from app.training.photos import read_photos
from app.training.trainer import Trainer
from scripts.accelerator import compact
from scripts.accelerator.bare import PROVING, TRAINING, missing, pins, there
from scripts.accelerator.collect import keep, report
from scripts.accelerator.packages import DATA_BYTES, MOST_BYTES, PACKAGES, TRAINING_FILE
from scripts.accelerator.parts import cut, join
from scripts.accelerator.record import Record
from scripts.accelerator.rehearse import toy_photos
from scripts.accelerator.stages import STAGES, home_name
from scripts.accelerator.training import recipe_of
from scripts.accelerator.wheels import SIZES, TRAINING_FOLDER

ROOT = Path(__file__).parents[2]
WHEELS = json.loads(SIZES.read_text())


def package_of(path: str) -> str:
    return path.rpartition("/")[2].partition("-")[0].replace("_", "-").lower()


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_is_small_enough_to_travel(name: str) -> None:
    assert PACKAGES[name].recorded_bytes() <= MOST_BYTES


def test_every_package_that_is_missing_there_is_among_the_wheels() -> None:
    assert {package_of(path) for path in WHEELS} == set(missing(PROVING)), "make accelerator-wheels"
    training = {package_of(path) for path in WHEELS if path.startswith(f"{TRAINING_FOLDER}/")}
    assert training == set(missing(TRAINING))


def test_what_is_there_already_does_not_travel_but_for_what_may_be_too_old() -> None:
    assert {"torch", "numpy", "pillow", "onnx", "jinja2", "uvloop", "sympy", "protobuf"} <= there()
    assert not there() & set(missing(PROVING))
    assert "typing-extensions" in missing(TRAINING)


def test_wheels_are_of_the_locked_versions_for_the_python_that_is_there() -> None:
    assert "deprecated==3.0.1" in pins(["deprecated"], "3.12")
    assert "deprecated==1.3.1" in pins(["deprecated"], "3.11")


def test_a_package_that_trains_has_neither_models_nor_tests_and_one_that_proves_no_pictures() -> None:
    prove, train = PACKAGES["prove"], PACKAGES["train"]
    for path in ("models/digits/model.safetensors", "tests/engine/cuda/test_graphs.py"):
        assert (prove.takes(path), train.takes(path)) == (True, False)
    for path in ("app/training/train.py", "scripts/accelerator/run.py", "benchmarks/gpu/__main__.py"):
        assert prove.takes(path)
        assert train.takes(path)
    assert not prove.takes("tests/browser/test_click.py")
    assert (prove.data, train.data) == ((), (TRAINING_FILE,))
    assert DATA_BYTES[TRAINING_FILE] < MOST_BYTES


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 250, 300])
def test_a_file_that_was_cut_is_joined_again_and_one_that_is_small_stays_whole(
    tmp_path: Path, size: int
) -> None:
    source = tmp_path / "weights.safetensors"
    source.write_bytes(bytes(number % 251 for number in range(size)))
    parts = cut(source, tmp_path / "out", most=100)
    assert all(part.stat().st_size <= 100 for part in parts)
    assert [part.name for part in parts] == [source.name] if size <= 100 else len(parts) == -(-size // 100)
    assert join(source.name, tmp_path / "out") == source.read_bytes()


def test_a_file_of_which_a_part_is_missing_is_not_joined(tmp_path: Path) -> None:
    source = tmp_path / "weights"
    source.write_bytes(bytes(250))
    parts = cut(source, tmp_path / "out", most=100)
    parts[1].unlink()
    assert join("weights", tmp_path / "out") is None
    assert join("other", tmp_path / "out") is None


def test_a_record_is_added_to_and_an_earlier_visits_is_gone_on_with(tmp_path: Path) -> None:
    back = Record("c", tmp_path / "back", tmp_path)
    back.add(step=100, minutes=4.0)
    record = Record("c", tmp_path / "work", tmp_path / "back")
    assert (record.read()["step"], record.is_done) == (100, False)
    record.add(step=200, done=True)
    assert record.is_done
    assert record.read()["minutes"] == 4.0
    assert back.read()["step"] == 100


def test_what_comes_home_replaces_all_parts_of_what_came_before(tmp_path: Path) -> None:
    back = tmp_path / "back"
    for visit, size in (("first", 300), ("second", 150)):
        source = tmp_path / visit / "weights"
        source.parent.mkdir()
        source.write_bytes(bytes([len(visit)]) * size)
        cut(source, tmp_path / visit / "c", most=100)
        source.unlink()
        keep(tmp_path / visit, back)
    assert join("weights", back) == bytes([len("second")]) * 150


def test_files_of_two_models_lie_side_by_side_at_home(tmp_path: Path) -> None:
    record = Record("d", tmp_path / "work", tmp_path / "back")
    for model in ("photos", "painter", "painter64"):
        for name in ("average.safetensors", "compact.safetensors", "sheet.png"):
            path = record.work / model / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{model} {name}")
    for stage in STAGES.values():
        stage.brings(record, tmp_path / "out" / stage.name)
    keep(tmp_path / "out", tmp_path / "back")
    for model in ("painter", "painter64"):
        assert join(home_name(f"{model}/average.safetensors"), tmp_path / "back") == (
            f"{model} average.safetensors".encode()
        )
    assert (tmp_path / "back" / "photos-sheet.png").read_text() == "photos sheet.png"


def test_every_stage_says_how_it_stands(tmp_path: Path) -> None:
    Record("a", tmp_path, tmp_path).add(done=True, tests=18, failed=[])
    Record("c", tmp_path, tmp_path).add(done=False, step=4000, steps=36_000)
    lines = report(tmp_path)
    assert len(lines) == len(STAGES)
    assert "done {'tests': 18" in lines[0]
    assert lines[1].endswith("not run")
    assert "more to do {'step': 4000, 'steps': 36000}" in lines[2]


@pytest.mark.training
def test_a_training_goes_on_from_its_weights_alone(tmp_path: Path) -> None:
    toy_photos(tmp_path / "data")
    recipe = recipe_of("photos", 6, tiny=True)
    assert len(read_photos(tmp_path / "data", "train")) == 40
    trainer = Trainer(recipe, recipe.batches(tmp_path / "data"), torch.device("cpu"))
    for _ in trainer.run(3, lambda _: None):
        break
    compact.write(trainer, tmp_path / compact.FILE)
    again = Trainer(recipe, recipe.batches(tmp_path / "data"), torch.device("cpu"))
    compact.resume(again, tmp_path / compact.FILE)
    assert again.step == 3
    for name in compact.NETWORKS:
        for one, other in zip(
            getattr(trainer, name).parameters(), getattr(again, name).parameters(), strict=True
        ):
            torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4)
    average, step = compact.average_of(tmp_path / compact.FILE)
    assert step == 3
    assert {value.dtype for value in average.values()} == {torch.float16}
    assert set(average) == set(trainer.average.state_dict())
    other = Trainer(replace(recipe, steps=7), recipe.batches(tmp_path / "data"), torch.device("cpu"))
    with pytest.raises(InvalidRequest, match="another recipe"):
        compact.resume(other, tmp_path / compact.FILE)


@pytest.mark.slow
@pytest.mark.training
def test_a_stage_runs_by_its_command_line_brings_its_files_home_and_is_done_once(tmp_path: Path) -> None:
    toy_photos(tmp_path / "accelerator" / "data")
    environment = os.environ | {
        "OUT": str(tmp_path / "out"),
        "ACCELERATOR_FOLDER": str(tmp_path / "accelerator"),
    }
    command = [sys.executable, "-m", "scripts.accelerator.run", "c", "--device", "cpu", "--steps", "tiny"]
    told = [
        subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=True
        ).stdout
        for _ in range(2)
    ]
    assert "c: done after" in told[0]
    assert "c: photos: done before" in told[1]
    files = {path.name for path in (tmp_path / "out" / "c").iterdir()}
    assert {"c.json", "photos-compact.safetensors", "photos-sheet.png"} <= files
    found = json.loads((tmp_path / "out" / "c" / "c.json").read_text())
    assert (found["done"], found["step"], found["steps"]) == (True, 6, 6)


@pytest.mark.slow
def test_a_number_of_steps_that_is_none_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.accelerator.run", "c", "--steps", "many"]
    environment = os.environ | {"ACCELERATOR_FOLDER": str(tmp_path)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "must be a number or tiny" in done.stderr
    assert list(tmp_path.iterdir()) == []
