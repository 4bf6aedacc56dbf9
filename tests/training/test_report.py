from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from app.training.plots import Chart, Line, svg
from app.training.report import report_page, write_report
from app.training.targets import TARGETS, Target


def result(sheet: str = "absent.png") -> dict[str, Any]:
    quality = {"frechet": 2.0, "label_accuracy": 0.99, "precision": 0.8, "recall": 0.7}
    setting = {"sampler": "ddim", "guidance": 1.0, "eta": 0.0, "count": 100}
    return {
        "model": "digits <b>",
        "sha256": "ab" * 32,
        "seed": 0,
        "judge": {"accuracy_on_test": 0.995},
        "headline": {**setting, "steps": 20, "calls": 20, **quality},
        "headline_floor": {**quality, "frechet": 1.0},
        "curve": [
            {**setting, "steps": 10, "calls": 10, **quality, "frechet": 4.0},
            {**setting, "steps": 100, "calls": 100, **quality},
            {**setting, "sampler": "heun", "steps": 10, "calls": 19, **quality},
        ],
        "curve_floor": {**quality, "frechet": 1.5},
        "nearest_sheet": sheet,
        "figures": {"frechet_ratio": 2.0, "near_copies": 0.015},
    }


def test_the_page_says_which_targets_are_met_and_which_are_missed() -> None:
    page = report_page(result())
    assert re.search(r"over that of real ones.*?2\.000.*?at most 1\.5.*?missed", page)
    assert re.search(r"99% of test pictures.*?1\.50%.*?at most 2%.*?met", page)


def test_the_page_stands_alone_and_is_escaped(tmp_path: Path) -> None:
    sheet = tmp_path / "nearest.png"
    sheet.write_bytes(b"\x89PNG")
    page = write_report(result(str(sheet)), tmp_path / "out").read_text()
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert "data:image/png;base64," in page
    assert "<b>" not in page and "digits &lt;b&gt;" in page
    assert json.loads((tmp_path / "out" / "evaluation.json").read_text()) == result(str(sheet))


def test_a_page_without_a_sheet_or_a_curve_is_still_a_page() -> None:
    page = report_page({**result(), "curve": []})
    assert "<svg" not in page and "<img" not in page and "</html>" in page


def test_a_chart_is_well_formed_and_puts_better_points_lower() -> None:
    chart = Chart(
        "a & b", "calls", "distance", [Line("x < y", [(10, 4.0), (100, 1.0)])], floor=0.5, log_up=True
    )
    circles = [e.attrib for e in ET.fromstring(svg(chart)).iter() if e.tag == "circle"]
    (first_x, first_y), (last_x, last_y) = ((float(c["cx"]), float(c["cy"])) for c in circles)
    assert first_x < last_x and first_y < last_y


def test_a_chart_of_one_point_is_drawn() -> None:
    circles = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg(Chart("t", "x", "y", [Line("a", [(10, 1.0)])])))
    assert len(circles) == 1


@pytest.mark.parametrize(
    ("target", "wanted", "good", "bad"),
    [
        (Target("a", "", high=1.5), "at most 1.5", 1.5, 1.51),
        (Target("a", "", low=0.97, percent=True), "at least 97%", 0.97, 0.969),
        (Target("a", "", 0.9, 1.15), "0.9 to 1.15", 1.0, 0.89),
    ],
)
def test_a_target_says_its_range_and_includes_its_ends(
    target: Target, wanted: str, good: float, bad: float
) -> None:
    assert target.wanted == wanted
    assert target.met(good) and not target.met(bad)
    assert not target.met(float("nan"))


def test_targets_have_names_of_their_own() -> None:
    assert len({target.key for target in TARGETS}) == len(TARGETS)
