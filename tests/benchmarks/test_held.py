"""The figures of `make soak`: a run of some tests renews theirs alone, and `make bench` leaves them."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.held import HEADING, Held, keep, section_of, without_section
from benchmarks.result import Result

LOST = Held(
    Result("R1", "answers lost", 0, "≤", 0, "", "Killed."), "test_kills", "2030-01-01 10:00 UTC", 0.25
)
SLOPE = Held(
    Result("R9", "slope", 1.5, "≤", 1, " MB", "Watched."), "test_memory", "2030-01-02 10:00 UTC", 7.0
)
MACHINE = {"processor": "a slow one, 2 cores", "memory": "8 GiB", "system": "Linux", "libraries": "many"}
PAGE = "# What was measured\n\n| S1 | a figure |\n"


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    page = tmp_path / "RESULTS.md"
    page.write_text(PAGE)
    return tmp_path / "soak.json", page


def test_the_section_names_the_machine_each_figure_its_date_and_how_busy_it_was(
    paths: tuple[Path, Path],
) -> None:
    keep([SLOPE, LOST], MACHINE, *paths)
    page = paths[1].read_text()
    assert page.startswith(PAGE)
    assert "- A: a slow one, 2 cores; 8 GiB; Linux" in page
    assert "1 of 2 targets met." in page
    first, second = (line for line in page.splitlines() if line.startswith("| R"))
    assert first == "| R1 | answers lost | ≤ 0 | 0 | met | 2030-01-01 10:00 UTC | 0.25 | A |"
    assert second == "| R9 | slope | ≤ 1 MB | 1.50 MB | missed | 2030-01-02 10:00 UTC | 7 | A |"
    assert "- **R9.** Watched." in page


def test_new_figures_replace_the_old_ones_of_their_tests_alone(paths: tuple[Path, Path]) -> None:
    keep([SLOPE, LOST], MACHINE, *paths)
    better = replace(
        SLOPE, result=replace(SLOPE.result, what="the slope", measured=0.5), date="2030-02-02 10:00 UTC"
    )
    keep([better], MACHINE, *paths)
    page = paths[1].read_text()
    assert page.count(HEADING) == 1
    assert "2030-01-02" not in page
    assert "2 of 2 targets met." in page
    assert [one["date"] for one in json.loads(paths[0].read_text())["held"]] == [LOST.date, better.date]


def test_figures_of_another_machine_stay_with_its_name(paths: tuple[Path, Path]) -> None:
    keep([LOST], MACHINE, *paths)
    keep([SLOPE], MACHINE | {"processor": "a quick one"}, *paths)
    page = paths[1].read_text()
    assert "- A: a slow one, 2 cores; 8 GiB; Linux\n- B: a quick one; 8 GiB; Linux" in page
    assert "| 0.25 | A |" in page
    assert "| 7 | B |" in page


def test_a_page_without_the_section_has_none_to_keep() -> None:
    assert section_of(PAGE) == ""
    assert without_section(PAGE) == PAGE


def test_a_complete_bench_keeps_the_section(
    paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep([LOST], MACHINE, *paths)
    section = section_of(paths[1].read_text())
    speed = Result("S1", "delivered", 0.9, "≥", 0.85, "", "Counted.")
    monkeypatch.setattr(bench, "measure", lambda *_: [speed])
    monkeypatch.setattr(sys, "argv", ["bench", "--out", str(paths[1])])
    bench.main()
    capsys.readouterr()
    page = paths[1].read_text()
    assert page.endswith(section)
    assert "| S1 | delivered |" in page
    assert "a figure" not in page
