"""A folder with one tiny model, the model loaded, and runs of it; and the same beside a model of prompts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from app.cards import Card
from app.controls.request import RunRequest
from app.engine.models import LoadedModel, Models
from app.engine.reading import read_run
from app.engine.run import RunSpec
from tests.engine.core_scenes import Source
from tests.tiny_model import write_tiny_model, write_tiny_painter


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    return folder


@pytest.fixture(scope="session")
def models(models_folder: Path) -> Models:
    return Models(models_folder, torch.device("cpu"), threads=1)


@pytest.fixture(scope="session")
def tiny(models: Models) -> LoadedModel:
    return models.get("tiny")


@pytest.fixture
def source(tiny: LoadedModel) -> Source:
    return Source(tiny)


@pytest.fixture(scope="session")
def card(tiny: LoadedModel) -> Card:
    return tiny.card


@pytest.fixture(scope="session")
def spec_of(card: Card):
    """Read a run of the tiny model with these settings."""

    def make(**settings: object) -> RunSpec:
        return read_run(RunRequest.model_validate({"model": "tiny"} | settings), card).spec

    return make


@pytest.fixture(scope="session")
def both_models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """Load a model of classes, `tiny`, and a model of prompts, `painter`."""
    folder = tmp_path_factory.mktemp("both")
    write_tiny_model(folder)
    write_tiny_painter(folder)
    return Models(folder, torch.device("cpu"), threads=1)


@pytest.fixture(scope="session")
def painter(both_models: Models) -> LoadedModel:
    return both_models.get("painter")


@pytest.fixture(scope="session")
def painting_of(painter: LoadedModel):
    """Read a run of the painter with these settings."""

    def make(**settings: object) -> RunSpec:
        return read_run(RunRequest.model_validate({"model": "painter"} | settings), painter.card).spec

    return make
