"""The figures of a GPU in `RESULTS.md`: a section that says it has none until there are, and that stays."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.gpu import section
from benchmarks.gpu.section import HEADING, NOT_YET, Found, as_json, as_section, joined, read, renew
from benchmarks.held import HEADING as HELD
from benchmarks.result import Result

PAGE = f"# What was measured\n\n| S1 | a figure |\n\n{HELD}\n\nheld\n"
SHARE = Result("S4", "digits: arithmetic", 0.3, "≥", 0.25, "", "Counted.")
RATIO = Result("S3", "digits: batch 1", 2.5, "≥", 3, "", "Timed.")
MACHINE = {"GPU": "a small one, 8 GiB", "date": "2030-01-01 10:00 UTC"}


def test_before_anything_was_run_the_page_says_so_with_every_target() -> None:
    page = renew(PAGE, Found({}, ()))
    assert NOT_YET in page
    assert page.count("not yet run") == len(section.TARGETS)
    assert page.index("a figure") < page.index(HEADING) < page.index(HELD)
    assert page.endswith("held\n")


def test_the_shipped_page_has_the_section_as_it_is_written() -> None:
    assert as_section(read(section.FIGURES)) in section.RESULTS.read_text()


def test_figures_take_its_place_in_the_order_of_the_targets_and_once() -> None:
    found = joined(Found({}, ()), Found(MACHINE, (SHARE, RATIO)))
    page = renew(renew(PAGE, Found({}, ())), found)
    assert NOT_YET not in page
    assert page.count(HEADING) == 1
    assert "- GPU: a small one, 8 GiB" in page
    assert "1 of 2 targets met." in page
    first, second = (line for line in page.splitlines() if line.startswith(("| S3", "| S4")))
    assert first == "| S3 | digits: batch 1 | ≥ 3 | 2.50 | missed |"
    assert second == "| S4 | digits: arithmetic | ≥ 0.25 | 0.30 | met |"
    assert "- **S3, digits: batch 1.** Timed." in page


def test_new_figures_replace_those_of_their_target_on_the_same_machine_alone() -> None:
    old = Found(MACHINE, (RATIO, SHARE))
    better = replace(RATIO, measured=3.5)
    later = joined(old, Found(MACHINE | {"date": "2030-02-02 10:00 UTC"}, (better,)))
    assert later.results == (better, SHARE)
    elsewhere = joined(old, Found(MACHINE | {"GPU": "another one"}, (better,)))
    assert elsewhere.results == (better,)


def test_figures_survive_being_written(tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    assert read(path) == Found({}, ())
    path.write_text(as_json(Found(MACHINE, (RATIO,))))
    assert read(path) == Found(MACHINE, (RATIO,))


def test_a_complete_bench_keeps_the_section_and_the_one_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "RESULTS.md"
    page.write_text(renew(PAGE, Found({}, ())))
    monkeypatch.setattr(bench, "FIGURES", tmp_path / "gpu.json")
    monkeypatch.setattr(bench, "measure", lambda *_: [replace(SHARE, what="on a CPU")])
    monkeypatch.setattr(sys, "argv", ["bench", "--out", str(page)])
    bench.main()
    capsys.readouterr()
    written = page.read_text()
    assert "on a CPU" in written
    assert "a figure" not in written
    assert written.count(HEADING) == written.count(HELD) == 1
    assert written.index(NOT_YET) < written.index(HELD)
