"""The path of a click as docs/architecture.md lists it is the one that a run takes, in both processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.engine.supervisor import free_port
from tests.tiny_model import write_tiny_model
from tests.web.page_scripts import with_imports

ROOT = Path(__file__).parents[2]
LISTED = re.compile(r"<!-- click: (python|scripts) -->(.*?)<!-- end -->", re.DOTALL)
MOST_MODULES = 42
"""Forty, and two for the bounds of a connection: bytes unread, and its deadline."""
LESSON = """+++
title = "Colours"
unit = "The idea"
minutes = 5
summary = "Colours."
hook = "Which?"
concepts = ["colour"]
+++

:::{lab} player
:::
"""

pytestmark = pytest.mark.slow


def listed(kind: str) -> list[str]:
    """Read the list of the document: the paths of a table's rows."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    sections = {found: body for found, body in LISTED.findall(text)}
    return re.findall(r"`([\w./]+\.(?:py|js))`", sections[kind])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve a course of one player with a tiny model, as `fromnoise serve` does; give address and traces."""
    folder = tmp_path_factory.mktemp("served")
    write_tiny_model(folder / "models")
    (folder / "lessons" / "01-colours").mkdir(parents=True)
    (folder / "lessons" / "01-colours" / "lesson.md").write_text(LESSON)
    (folder / "lessons" / "01-colours" / "quiz.toml").write_text("")
    (folder / "traces").mkdir()
    port = free_port()
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(ROOT)]),
        "TRACE_FOLDER": str(folder / "traces"),
        "TRACE_PACKAGE": str(ROOT / "app"),
        "LESSONS": str(folder / "lessons"),
        "MODELS": str(folder / "models"),
        "DATABASE_URL": f"sqlite:///{folder / 'records.sqlite3'}",
        "XDG_DATA_HOME": str(folder / "data"),
        "PORT": str(port),
        "CUDA_VISIBLE_DEVICES": "",
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
    with subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_exported(address, process)
            yield address, folder / "traces"
        finally:
            process.terminate()


def wait_until_exported(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        try:
            models = httpx2.get(f"{address}/api/models").json()
            if any(model["runtime"] == "onnxruntime" for model in models):
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the exported network did not come into use")


def click(address: str) -> None:
    """Ask for a run as the player does, and watch it to its end."""
    settings = {"model": "tiny", "label": "round", "steps": 4, "sampler": "ddim", "guidance": 1.0}
    started = httpx2.post(f"{address}/api/runs", json=settings)
    started.raise_for_status()
    with httpx2.stream("GET", address + started.json()["frames"]) as stream:
        content = b"".join(stream.iter_raw())
    assert content.count(b"event: frame") == 5
    assert b"event: done" in content


def executed(address: str, traces: Path) -> dict[str, set[str]]:
    """Trace one click: the files of the program whose functions execute, by process."""
    (traces / "begin").touch()
    time.sleep(0.3)
    click(address)
    (traces / "end").touch()
    deadline = time.monotonic() + 20
    while len(found := list(traces.glob("*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.1)
    return {
        path.stem: {Path(name).relative_to(ROOT).as_posix() for name in json.loads(path.read_text())}
        for path in found
    }


def test_the_listed_modules_are_those_that_execute_and_no_more_than_that(served: tuple[str, Path]) -> None:
    by_process = executed(*served)
    assert len(by_process) == 2, "one web process and one engine process"
    assert any("app/engine/stepper.py" in files for files in by_process.values())
    found = set().union(*by_process.values())
    names = listed("python")
    assert len(names) == len(set(names))
    assert sorted(found - set(names)) == []
    assert sorted(set(names) - found) == []
    assert len(found) <= MOST_MODULES


def test_the_listed_scripts_are_those_that_the_page_loads(served: tuple[str, Path]) -> None:
    address, _ = served
    with httpx2.Client(base_url=address) as client:
        page = client.get("/lessons/colours").text
        scripts = with_imports(client.get, set(re.findall(r'<script src="([^"]+)"', page)))
    found = {re.sub(r"^/static/(?=labs/)", "app/", name.split("?")[0]) for name in scripts}
    names = listed("scripts")
    assert len(names) == len(set(names))
    assert set(names) == {name.removeprefix("/") for name in found}
