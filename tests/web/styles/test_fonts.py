"""Fonts that are shipped: few bytes, never waited for, each with its licence."""

from __future__ import annotations

import re

from app.settings import files_folder
from tests.web.styles.sheets import sheets

FONTS = files_folder("static") / "fonts"
FACE = re.compile(r"@font-face \{(.*?)\}", re.DOTALL)


def test_text_is_shown_before_a_font_has_arrived() -> None:
    faces = [face for path in sheets().values() for face in FACE.findall(path.read_text(encoding="utf-8"))]
    assert len(faces) == 1
    assert all("font-display: swap;" in face for face in faces)
    assert {name for face in faces for name in re.findall(r'url\("fonts/([^"]+)"\)', face)} == {
        path.name for path in FONTS.glob("*.woff2")
    }


def test_the_letters_of_formulas_are_a_small_part_of_what_a_lesson_may_need() -> None:
    assert (FONTS / "math.woff2").stat().st_size <= 2_500  # of 60 kB


def test_the_licence_stands_beside_the_font_and_on_the_page_of_licences() -> None:
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Copyright (c) 2001-2011 by the STI Pub Companies" in licence
    page = (files_folder("templates") / "pages" / "licences.html").read_text(encoding="utf-8")
    assert "/static/fonts/OFL.txt" in page
