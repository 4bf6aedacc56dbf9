"""A noise lab's plate: what its script begins with, and its markup."""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.course.directives import Lab
from app.diffusion.schedules import SCHEDULES
from app.labs.noise.levels import table
from app.labs.noise.options import POSITIONS, read
from app.labs.noise.picture import read_picture
from app.labs.noise.picture_options import OWN_PICTURE
from app.labs.noise.view import EXAMPLE, NoiseView, view
from app.labs.options import Resources
from app.labs.registry import read_lab
from app.labs.shown import shown
from app.settings import ROOMS, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates

ROOT = Path(__file__).parents[3]
VOID = {"input", "path", "br", "img"}


def plate(resources: Resources | None = None, **options: str) -> NoiseView:
    lab = Lab("noise", "lab-1", 1, "<p>A caption.</p>", options)
    resources = resources or Resources({}, {})
    return view(lab, read(lab, resources), resources)


def rendered(context: NoiseView) -> str:
    templates = make_templates(files_folder("templates"), Assets(files_folder("static"), ROOMS), ROOMS)
    return templates.env.get_template("labs/noise/view.html").render(lab=context)


class Tags(HTMLParser):
    """Collects elements with their attributes, those still open, and end tags that close another."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open.pop() != tag:
            self.crossed.append(tag)


def test_the_script_is_given_the_picture_and_the_tables_of_the_schedules() -> None:
    start = json.loads(plate(schedule="flow", compare="snr", seed="12", t="0.5").data)
    pixels = np.frombuffer(base64.b64decode(start["pixels"]), np.uint8).reshape(32, 32, 3)
    np.testing.assert_array_equal(pixels, read_picture(OWN_PICTURE))
    assert (start["side"], start["channels"]) == (32, 3)
    assert (start["schedule"], start["compare"], start["seed"], start["position"]) == ("flow", "snr", 12, 100)
    assert list(start["schedules"]) == list(SCHEDULES)
    for name, schedule in SCHEDULES.items():
        scales = np.frombuffer(base64.b64decode(start["schedules"][name]["scales"]), "<f4")
        np.testing.assert_array_equal(scales.reshape(2, -1), table(schedule, POSITIONS))
    assert [name for name, sent in start["schedules"].items() if sent["preserves"]] == ["cosine", "linear"]


def test_a_lessons_grey_picture_is_sent_with_one_channel(tmp_path: Path) -> None:
    Image.new("L", (30, 28), 77).save(tmp_path / "grey.png")
    made = plate(Resources({}, {"grey.png": tmp_path / "grey.png"}), picture="grey.png", alt="a <grey> wall")
    start = json.loads(made.data)
    assert (start["side"], start["channels"]) == (28, 1)
    assert set(base64.b64decode(start["pixels"])) == {77}
    html = rendered(made)
    assert "A &lt;grey&gt; wall, with noise: x_t on the schedule linear" in html
    assert "own drawings" not in html
    assert "dB lower" not in html  # a picture of one colour has no ratio of its own


def test_the_plate_says_how_far_this_pictures_own_ratio_lies_below_the_read_outs() -> None:
    made = plate()
    deviation = (read_picture(OWN_PICTURE) / 127.5).std()
    assert made.deviation == f"{deviation:.2f}"
    assert made.lower_db == f"{-20 * np.log10(deviation):.1f}"
    assert f"its own ratio is {made.lower_db} dB lower" in rendered(made)


def test_the_credit_names_the_drawing_and_its_licence() -> None:
    assert re.search("own drawings, from which the painter learnt. MIT", rendered(plate()))


def test_every_control_has_a_label() -> None:
    html = rendered(plate())
    tags = Tags(html)
    labelled = {attributes["for"] for tag, attributes in tags.all if tag == "label" and "for" in attributes}
    inside = re.findall(r"<label[^>]*>\s*<input[^>]*>\s*(?:<span>)?\s*[^<\s]", html)
    inputs = [attributes for tag, attributes in tags.all if tag == "input"]
    assert len(inputs) == 3 + 2 + 1 + 1
    assert {entry["id"] for entry in inputs if "id" in entry} == labelled == {"lab-1-t", "lab-1-seed"}
    assert len(inside) == 5
    for tag, attributes in tags.all:
        if tag == "button" or attributes.get("role") == "img":
            assert attributes.get("aria-label"), attributes


def test_names_and_ids_are_the_plates_own_so_that_a_page_may_hold_several() -> None:
    for _, attributes in Tags(rendered(plate())).all:
        for name in ("id", "name", "for"):
            assert str(attributes.get(name, "lab-1")).startswith("lab-1")


def test_the_first_state_is_in_the_markup() -> None:
    tags = Tags(rendered(plate(schedule="linear", compare="snr", seed="7", t="0.25"))).all
    checked = [entry["value"] for tag, entry in tags if tag == "input" and "checked" in entry]
    assert checked == ["linear", "snr"]
    (slider,) = [entry for _, entry in tags if entry.get("type") == "range"]
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "200", "50")
    (seed,) = [entry for _, entry in tags if "data-number" in entry]
    assert (seed["value"], seed["data-most"]) == ("7", str(2**53 - 1))


def test_every_element_is_closed_where_it_should_be() -> None:
    tags = Tags(rendered(plate()))
    assert (tags.crossed, tags.open) == ([], [])


def test_nothing_in_the_markup_needs_a_looser_policy() -> None:
    html = rendered(plate())
    for inline in ("<script", "<style", " style=", " onclick", "javascript:"):
        assert inline not in html


def test_the_plate_costs_a_page_little() -> None:
    html = rendered(plate()).encode()
    assert len(gzip.compress(html, 9, mtime=0)) < 24_000


def test_a_page_loads_the_labs_script_and_style() -> None:
    lab = Lab("noise", "lab-1", 1, "", EXAMPLE)
    made = shown(read_lab(lab, Resources({}, {})))
    assert made.template == "labs/noise/view.html"
    assert made.scripts == ("labs/noise/lab.js",)
    assert made.styles[-4:] == tuple(f"labs/noise/{name}.css" for name in ("lab", "panes", "spread", "still"))


@pytest.mark.slow
@pytest.mark.parametrize("module", ["options", "view"])
def test_no_torch_is_needed(module: str) -> None:
    code = f"import app.labs.noise.{module}, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
