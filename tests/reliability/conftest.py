"""A real server over the tiny model for each full test, one for all short ones, and the figures they find."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import torch

from app.engine.models import LoadedModel, Models
from benchmarks.held import Held, keep
from benchmarks.machine import describe, load
from benchmarks.result import Result
from tests.real_server import RealServer, real_server
from tests.tiny_model import write_tiny_model

FOUND = pytest.StashKey[list[Held]]()
RESULTS = Path(__file__).parents[2] / "benchmarks"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have one process run all of these, one after the other: side by side they would disturb each other."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("reliability"))
            if item.get_closest_marker("soak") is None:
                item.add_marker(pytest.mark.slow)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep the figures of the full counts."""
    found = session.config.stash.get(FOUND, [])
    if found:
        keep(found, describe(0.0), RESULTS / "soak.json", RESULTS / "RESULTS.md")


class Figures:
    """What one test found, against the targets; only those of a test with full counts are kept.

    Args:
        how: how they are found.
        is_full: whether the counts are the full ones.
    """

    def __init__(self, how: str, *, is_full: bool) -> None:
        self.how = " ".join(how.split())
        self.is_full = is_full
        self.results: list[Result] = []

    def note(
        self,
        code: str,
        what: str,
        measured: float,
        sense: Literal["≥", "≤"],
        target: float,
        unit: str = "",
        lenient: float | None = None,
    ) -> None:
        """Note a figure; `lenient` is the limit of a short test, where others share the machine."""
        limit = target if self.is_full or lenient is None else lenient
        self.results.append(Result(code, what, measured, sense, limit, unit, how=""))

    def must_hold(self) -> None:
        """Fail with every target that was missed."""
        missed = [one for one in self.results if not one.met]
        told = [f"{one.what}: {one.measured_text}, target {one.target_text}" for one in missed]
        assert not missed, "\n".join(told)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    is_full = request.node.get_closest_marker("soak") is not None
    busy = load()
    figures = Figures(request.function.__doc__, is_full=is_full)
    yield figures
    if is_full:
        found = request.config.stash.setdefault(FOUND, [])
        found += [
            Held.now(replace(result, how=figures.how), request.node.name, busy) for result in figures.results
        ]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    return folder


@pytest.fixture(scope="session")
def tiny(models: Path) -> LoadedModel:
    return Models(models, torch.device("cpu"), threads=1).get("tiny")


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("server"), models) as server:
        yield server


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path, models: Path) -> Iterator[RealServer]:
    if request.node.get_closest_marker("soak") is None:
        yield request.getfixturevalue("shared_server")
        return
    with real_server(tmp_path, models) as server:
        server.wait_until_settled()
        yield server


@pytest.fixture
def moments() -> random.Random:
    return random.Random(0)
