"""A real GPU, where there is one; elsewhere these tests are skipped. What they measure may go to a file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from app.engine.models import Models

HERE = Path(__file__).parent
FIGURES = "CUDA_FIGURES"
"""A variable that names a JSON file for the figures."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip all of these without a GPU; with one, have one process run them all."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("cuda"))
            if not torch.cuda.is_available():
                item.add_marker(pytest.mark.skip(reason="there is no GPU"))


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str, float], None]:
    """Keep a figure under the test's name, and print it."""

    def keep(what: str, value: float) -> None:
        name = f"{request.node.name}: {what}"
        print(f"{name} = {value:g}")
        if place := os.environ.get(FIGURES):
            path = Path(place)
            known = json.loads(path.read_text()) if path.exists() else {}
            path.write_text(json.dumps(known | {name: value}, indent=1))

    return keep


@pytest.fixture(scope="session")
def gpu() -> torch.device:
    return torch.device("cuda", 0)


@pytest.fixture(scope="session")
def on_gpu(both_models: Models, gpu: torch.device) -> Models:
    """Load the tiny models, one of classes and one of prompts, onto the GPU."""
    return Models(both_models.get("tiny").file.folder.parent, gpu, threads=1)
