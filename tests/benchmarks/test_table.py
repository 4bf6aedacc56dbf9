"""The table of results: misses are said as plainly as what was met."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from benchmarks.result import Result
from benchmarks.table import as_markdown, as_text

DELIVERED = Result("S1", "delivered against raw", 0.9, "≥", 0.85, "", "Counted by the viewers.")
START = Result("S11", "start to first page", 2.4, "≤", 2, " s", "Asked until it answers.")


@pytest.mark.parametrize(
    ("sense", "measured", "met"),
    [("≥", 0.849, False), ("≥", 0.85, True), ("≤", 0.85, True), ("≤", 0.851, False)],
)
def test_a_target_is_met_from_its_limit_on(sense: Literal["≥", "≤"], measured: float, met: bool) -> None:
    result = replace(DELIVERED, sense=sense, measured=measured)
    assert result.met is met


def test_a_figure_is_written_with_its_unit_and_as_many_digits_as_it_deserves() -> None:
    assert START.measured_text == "2.40 s"
    assert START.target_text == "≤ 2 s"
    assert replace(START, measured=131.4, unit=" MB").measured_text == "131 MB"


def test_a_figure_just_off_its_limit_does_not_look_as_if_it_had_met_it() -> None:
    result = replace(DELIVERED, measured=0.8496)
    assert not result.met
    assert result.measured_text == "0.8496"


def test_the_page_names_the_machine_every_figure_how_it_was_found_and_the_misses() -> None:
    page = as_markdown([DELIVERED, START], {"processor": "a slow one, 2 cores"})
    assert "- processor: a slow one, 2 cores" in page
    assert "1 of 2 targets met." in page
    assert "| S1 | delivered against raw | ≥ 0.85 | 0.90 | met |" in page
    assert "| S11 | start to first page | ≤ 2 s | 2.40 s | missed |" in page
    assert "Counted by the viewers." in page
    assert "Asked until it answers." in page


def test_the_terminal_shows_one_line_a_result() -> None:
    lines = [line for line in as_text([DELIVERED, START]).splitlines() if "│" in line]
    assert len(lines) == 2
    assert "met" in lines[0]
    assert "missed" in lines[1]
