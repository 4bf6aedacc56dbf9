"""How the modules of the program import each other: in no circle, and by contracts that leave none out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["name"]: contract for contract in LINTER["contracts"]}

KNOWN = ("app.training.later_stages", "app.training.recipes")
"""The one import that closes a circle: a stage names the type of the recipe that it belongs to."""


def circle_in(imports: Mapping[str, Set[str]]) -> list[str] | None:
    """Find modules that import each other in a circle; late imports, and those for types alone, count too."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return None


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """What every module of the program imports of it."""
    graph = grimp.build_graph("app", cache_dir=None)
    return {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def test_a_circle_is_found_however_long_it_is() -> None:
    chain = {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set[str]()}
    assert circle_in(chain) is None
    assert set(circle_in(chain | {"d": {"a"}}) or ()) == {"a", "b", "c", "d"}


def test_modules_import_each_other_in_no_circle_but_the_known_one(imports: dict[str, set[str]]) -> None:
    importer, imported = KNOWN
    others = imports | {importer: imports[importer] - {imported}}
    assert circle_in(others) is None
    assert set(circle_in(imports) or ()) == set(KNOWN), "the exception is no longer needed"


def test_every_part_of_the_program_but_the_command_is_kept_from_training(
    imports: dict[str, set[str]],
) -> None:
    parts = {".".join(module.split(".")[:2]) for module in imports} - {"app", "app.training", "app.cli"}
    contract = CONTRACTS["training is reached by nobody but the command"]
    assert parts == set(contract["source_modules"])


def test_the_layers_of_the_contract_are_those_of_the_document() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = text.partition("| layer | what it holds |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    named = [
        name.removesuffix(".py").replace("/", ".")
        for row in rows
        for name in row.split("|")[1].replace("`", "").replace(" ", "").split(",")
    ]
    layers = [part for layer in CONTRACTS["imports point downwards"]["layers"] for part in layer.split(" | ")]
    assert named == layers
