from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from app.training.plots import Chart, Line, svg
from app.training.report import report_page, write_report
from app.training.targets import TARGETS, Target, verdicts


def result(sheet: str = "absent.png") -> dict[str, Any]:
    quality = {"frechet": 2.0, "label_accuracy": 0.99, "precision": 0.8, "recall": 0.7}
    setting = {"sampler": "ddim <b>", "guidance": 1.0, "eta": 0.0, "count": 100}
    return {
        "model": "digits",
        "sha256": "ab" * 32,
        "seed": 0,
        "judge": {"accuracy_on_test": 0.995, "marks": {"class": 0.995}},
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
    assert "<b>" not in page and "ddim &lt;b&gt;" in page
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


@pytest.mark.parametrize("model", TARGETS)
def test_targets_of_a_model_have_names_of_their_own(model: str) -> None:
    assert len({target.key for target in TARGETS[model]}) == len(TARGETS[model])


@pytest.mark.parametrize(("model", "limit"), [("digits", 1.5), ("painter", 2.0), ("photos", 5.0)])
def test_how_near_pictures_shall_come_to_real_ones_depends_on_the_model(model: str, limit: float) -> None:
    ((target, value),) = verdicts(model, {"frechet_ratio": 3.0, "unheard_of": 1.0})
    assert (target.high, value) == (limit, 3.0)


def joint(obeyed: int, asked: int) -> dict[str, Any]:
    share = obeyed / asked
    return {
        "asked": asked,
        "obeyed": obeyed,
        "share": share,
        "interval": [share / 2, 1.0],
        "share_of_drawings": 1.0,
    }


def prompted(sheet: str = "absent.png") -> dict[str, Any]:
    """What is measured of a prompted model beside the rest."""
    common = {
        "sampler": "ddim",
        "steps": 20,
        "guidance": 2.5,
        "attributes": {"time": {"asked": 30, "share": 0.987, "share_of_drawings": 1.0}},
        "wrong_colour": 0.125,
        "wrong_side": 0.0,
        "doubled": 0.01,
        "doubled_of_drawings": 0.004,
        "unasked_for": 0.0345,
        "pairs": {},
    }
    return {
        **result(),
        "model": "painter",
        "judge": {"accuracy_on_test": 0.995, "marks": {"time": 0.999, "weather": 0.998}},
        "seen": {**common, **joint(29, 30)},
        "held_out": {**common, **joint(20, 24), "pairs": {"cactus and snow": joint(3, 4)}},
        "side_open": {**common, **joint(28, 30), "doubled": 0.234},
        "sheet": {"prompts": ["a house", "a boat"], "path": sheet},
        "figures": {"frechet_ratio": 1.9, "seen_prompts_ratio": 0.96, "held_out_prompts_ratio": 0.91},
    }


def test_the_page_of_a_prompted_model_shows_what_was_said_and_seen(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    sheet.write_bytes(b"\x89PNG")
    page = report_page(prompted(str(sheet)))
    assert re.search(r"over that of real ones.*?1\.900.*?at most 2.*?met", page)
    assert re.search(r"everything in the prompt is there.*?0\.960.*?at least 0\.97.*?missed", page)
    assert re.search(r"time</th>.*?98\.7%.*?99\.90%", page)
    assert re.search(r"cactus and snow</th>.*?3 of 4.*?38% to 100%", page)
    for part in ("a house; a boat", "12.5%", "23.4%", "0.4%", "3.5%", "data:image/png"):
        assert part in page, part
