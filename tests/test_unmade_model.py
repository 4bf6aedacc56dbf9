"""A card whose weights are still to be made: a fault of that model alone, said alike everywhere."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from app.cards import find_card, find_cards
from app.engine.models import Models
from app.errors import CheckpointError, FromNoiseError, TryLater
from app.sampling_command import sample_to_file
from app.serving import announce
from app.settings import Settings
from app.training.agenda import Options
from app.training.evaluation import evaluate
from app.web.runs.models import card_faults, list_models
from tests.tiny_model import unmake, write_tiny_model

SAID = "the weights of unmade are still to be made; its card says how"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with one model that can run and one whose weights have not been made."""
    write_tiny_model(tmp_path, "ready")
    unmake(write_tiny_model(tmp_path, "unmade"))
    return tmp_path


class Engine:
    """An engine that reports what its models say of themselves."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def status(self) -> dict[str, Any]:
        return {"device": "a test", "models": self._models.report()}


class Away:
    async def status(self) -> dict[str, Any]:
        raise TryLater("waking")


def test_the_engine_serves_the_others_and_says_why_this_one_cannot_run(models: Path) -> None:
    held = Models(models, torch.device("cpu"), threads=1)
    assert held.get("ready").card.name == "ready"
    with pytest.raises(TryLater, match=SAID):
        held.get("unmade")


@pytest.mark.parametrize("engine_is_there", [True, False])
def test_it_is_listed_as_not_ready_with_the_reason_whether_or_not_the_engine_answers(
    models: Path, engine_is_there: bool
) -> None:
    cards = find_cards(models)
    engine = Engine(Models(models, torch.device("cpu"), threads=1)) if engine_is_there else Away()
    services = SimpleNamespace(engine=engine, cards=cards, faults=card_faults(cards))
    request: Any = SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(services=services)))
    listed = {model["name"]: model for model in json.loads(bytes(asyncio.run(list_models(request)).body))}
    assert (listed["unmade"]["ready"], listed["unmade"]["fault"]) == (False, SAID)
    assert (listed["ready"]["ready"], listed["ready"]["fault"]) == (engine_is_there, None)


def test_drawing_with_it_and_measuring_it_say_the_same(models: Path, tmp_path: Path) -> None:
    with pytest.raises(FromNoiseError, match=SAID):
        sample_to_file(models, "unmade", 1, {}, tmp_path / "x.png")
    file = find_card(models, "unmade")
    with pytest.raises(CheckpointError, match=SAID):
        evaluate(file, tmp_path / "data.npz", tmp_path, Options(), lambda progress: None)


def test_the_start_tells_it_from_those_that_can_run(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    announce(Settings(models=models, host="0.0.0.0", port=8123))
    assert capsys.readouterr().out.splitlines() == [
        "From Noise  http://localhost:8123",
        "models      ready, unmade (weights still to be made)",
    ]
