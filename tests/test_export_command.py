"""`fromnoise export`: a lesson with all solutions as one file that needs nothing else."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import pictures
from app.errors import CheckpointError, CourseError, InvalidRequest
from app.export_command import export_lesson
from app.sampling_command import sample_to_file
from app.settings import Settings
from tests.tiny_model import write_tiny_model
from tests.web.small_course import COURSE, LESSON

FIGURE = """
See [the course](/#course) and [part one](#first-things).

:::{figure} dots.png
:alt: Dots.

Some dots.
:::

:::{where}
app.errors.NotFound: what is *missing*
:::

:::{question} two
:::
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A course of one lesson, with a plate of a tiny model, a figure, and three questions."""
    write_tiny_model(tmp_path / "models")
    lesson = tmp_path / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    text = LESSON.replace(":model: absent", ":model: tiny\n:label: square\n:seed: 5\n:steps: 4") + FIGURE
    (lesson / "lesson.md").write_text(text, encoding="utf-8")
    (lesson / "quiz.toml").write_text("".join(COURSE), encoding="utf-8")
    Image.new("L", (3, 2)).save(lesson / "dots.png")
    return Settings(lessons=tmp_path / "lessons", models=tmp_path / "models")


def exported(settings: Settings, out: Path, site: str = "") -> str:
    export_lesson(settings, "colours", out, site)
    return out.read_text(encoding="utf-8")


def test_the_file_has_every_solution_after_every_question(settings: Settings, tmp_path: Path) -> None:
    said = export_lesson(settings, "colours", tmp_path / "colours.html")
    assert said.endswith("colours.html: Seeing colours, 1 plate, 3 questions with all solutions")
    page = (tmp_path / "colours.html").read_text(encoding="utf-8")
    sheet, solutions = page.split('id="handout-solutions"')
    assert "CANARY" not in sheet
    for name in ("one", "two", "some"):
        assert f"Which <em>colour</em> is {name}?" in sheet
        for part in ("step one", "step two", "final", "check", "mistake"):
            assert f"CANARY {name} {part}" in solutions
    assert solutions.count("The right answer") == 4
    assert "Your answer" not in page


def test_the_file_needs_nothing_else_and_runs_nothing(settings: Settings, tmp_path: Path) -> None:
    page = exported(settings, tmp_path / "colours.html")
    assert re.findall(r"<(?:script|link|button|form|iframe)\b", page) == []
    sources = re.findall(r'src="([^"]+)"', page) + re.findall(r"url\(\"?([^\")]+)", page)
    assert len(sources) >= 4
    assert [source[:40] for source in sources if not source.startswith("data:")] == []
    assert [href for href in re.findall(r'href="([^"]+)"', page) if not href.startswith("#")] == []
    assert "See the course and" in page
    assert (
        '<li>what is <em>missing</em> <code translate="no">app.<wbr>errors.<wbr>NotFound</code></li>' in page
    )
    assert page.count('<style media="print">') == 1
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("below", ["", "/noise", "/a/b"], ids=["root", "path", "longer path"])
def test_with_a_site_links_and_plates_lead_there(settings: Settings, tmp_path: Path, below: str) -> None:
    site = f"https://noise.example.org{below}"
    page = exported(settings, tmp_path / "colours.html", f"{site}/")
    assert f'href="{site}/#course"' in page
    assert f'href="{site}/code/app/errors.py#code-NotFound"' in page
    assert f">{site}/lessons/colours#lab-1</a>" in page


def test_a_strip_ends_in_the_picture_that_the_model_draws(settings: Settings, tmp_path: Path) -> None:
    page = exported(settings, tmp_path / "colours.html")
    (strip,) = re.findall(r'<div class="strip-pictures">\s*<img[^>]+base64,([^"]+)"', page)
    with Image.open(io.BytesIO(base64.b64decode(strip))) as image:
        scale = image.height // 8
        shown = np.asarray(image)[scale // 2 :: scale, scale // 2 :: scale]
    given = {"label": "square", "seed": 5, "steps": 4}
    sample_to_file(settings.models, "tiny", 1, given, tmp_path / "drawn.npz")
    with np.load(tmp_path / "drawn.npz") as file:
        drawn = pictures.on_paper(file["images"])[0, :, :, 0]
    assert np.abs(shown[:, -8:].astype(int) - drawn).max() <= 1
    assert np.abs(shown[:, :8].astype(int) - drawn).max() > 20


def test_a_file_that_is_there_is_kept_unless_told_otherwise(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "colours.html"
    out.write_text("mine")
    with pytest.raises(InvalidRequest, match="is there already; name another file by -o, or give --force"):
        export_lesson(settings, "colours", out)
    assert out.read_text() == "mine"
    export_lesson(settings, "colours", out, replaces=True)
    assert "Seeing colours" in out.read_text(encoding="utf-8")


def test_what_cannot_be_exported_is_said_and_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "colours.html"
    with pytest.raises(InvalidRequest, match="there is no lesson 'shapes'; there are: colours"):
        export_lesson(settings, "shapes", out)
    with pytest.raises(InvalidRequest, match="cannot be written: No such file or directory"):
        export_lesson(settings, "colours", tmp_path / "nowhere" / "colours.html")
    with pytest.raises(InvalidRequest, match="--site is scheme and host"):
        export_lesson(settings, "colours", out, "noise.example.org")
    (settings.models / "tiny" / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(CheckpointError, match="sha256"):
        export_lesson(settings, "colours", out)
    (settings.lessons / "01-colours" / "quiz.toml").write_text("[[question]]\nid = 'q'\n")
    with pytest.raises(CourseError, match=r"quiz\.toml"):
        export_lesson(settings, "colours", out)
    assert list(tmp_path.glob("colours.html*")) == []
