"""The files that tools read: marks, locks and hooks."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import SHAPED

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements/ci.lock").read_text()


def pins() -> Iterator[Requirement]:
    for line in LOCK.splitlines():
        if line and not line.lstrip().startswith("#"):
            yield Requirement(line)


def imported(tree: ast.Module) -> Iterator[str]:
    """Name the packages that a file imports when it is collected, by the statements at its top."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_collecting_the_browser_tests_needs_no_playwright() -> None:
    files = [*(ROOT / "tests").rglob("*.py")]
    assert len(files) > 300
    packages = {path: set(imported(ast.parse(path.read_text(encoding="utf-8")))) for path in files}
    assert not [path for path, names in packages.items() if names & {"playwright", "axe_playwright_python"}]


def test_the_lock_pins_every_dependency_within_the_range_of_pyproject() -> None:
    versions = defaultdict(list)
    for pin in pins():
        versions[canonicalize_name(pin.name)].append(str(pin.specifier).removeprefix("=="))
    project = PROJECT["project"]
    for text in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        wanted = Requirement(text)
        if wanted.name != "torch":
            pinned = versions[canonicalize_name(wanted.name)]
            assert pinned, f"{wanted.name} is not in the lock: make lock"
            assert all(wanted.specifier.contains(version) for version in pinned), text


def test_the_lock_pins_exact_versions_and_names_no_address() -> None:
    for pin in pins():
        assert re.fullmatch(r"==[\w.!+-]+", str(pin.specifier)), pin
        assert pin.url is None
    assert "://" not in LOCK
    assert not re.search(r"^\s*-", LOCK, re.MULTILINE), "options such as an index do not belong here"


def test_the_lock_leaves_pytorch_and_what_comes_with_it_to_the_machine() -> None:
    names = {canonicalize_name(pin.name) for pin in pins()}
    assert not {name for name in names if name in ("torch", "triton", "sympy") or name.startswith("nvidia-")}


def test_the_lock_of_the_scripts_checkers_names_no_registry_and_fits_package_json() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert lock["packages"][""]["devDependencies"] == wanted
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all(package["integrity"] for path, package in lock["packages"].items() if path)
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().split()


def test_every_script_is_in_a_folder_whose_types_are_checked() -> None:
    config = re.sub(r"^\s*//.*$", "", (ROOT / "tsconfig.json").read_text(), flags=re.MULTILINE)
    patterns = json.loads(config)["include"]
    checked = {path for pattern in patterns for path in ROOT.glob(pattern)}
    shipped = {path for folder in ("app", "static", "templates") for path in (ROOT / folder).rglob("*.js")}
    assert shipped
    assert shipped <= checked


@pytest.mark.parametrize("target", ["quick", "test"])
def test_targets_name_marks_that_exist(target: str) -> None:
    marks = {mark.partition(":")[0] for mark in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    chosen = re.findall(r'-m "([^"]+)"', recipe[1])
    assert chosen
    for expression in chosen:
        assert set(re.findall(r"\w+", expression)) - {"not", "or", "and"} <= marks


def test_hooks_use_the_projects_own_tools_and_nothing_from_elsewhere() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert {source["repo"] for source in config["repos"]} == {"local"}
    hooks = [hook for source in config["repos"] for hook in source["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    checks = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert checks
    for hook in hooks:
        assert hook["entry"].startswith((".venv/bin/", "make ")), hook["id"]


def test_every_module_of_the_mathematics_that_states_shapes_has_them_checked() -> None:
    stating = {
        path.stem
        for path in (ROOT / "app" / "diffusion").rglob("*.py")
        if "from jaxtyping" in path.read_text()
    }
    assert set(SHAPED) == stating


GROUPED = """
import os
import pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(6))
def test_number(number):
    print(f"in process {os.getpid()}.")
"""


@pytest.mark.slow
def test_tests_of_one_group_share_a_process(tmp_path: Path) -> None:
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    options = ["-q", "-rP", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadgroup"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "test_grouped.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    processes = re.findall(r"in process (\d+)\.", run.stdout)
    assert len(processes) == 6, run.stdout
    assert len(set(processes)) == 1
