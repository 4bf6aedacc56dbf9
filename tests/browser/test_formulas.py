"""Formulas as a browser sets them: accents stand clear of the letters that wear them, in our own font."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from app.course.formulas import mathml
from app.settings import files_folder
from tests.browser.playwright_names import Browser, Page

pytestmark = pytest.mark.browser

LESSON = "/lessons/from-noise-to-picture"
FAMILY = '"From Noise Math"'
ITALIC_ALPHA, ALPHA, EPSILON = 0x1D6FC, 0x3B1, "\N{GREEK SMALL LETTER EPSILON}"


@pytest.fixture
def page(browser: Browser, product: str) -> Iterator[Page]:
    context = browser.new_context(base_url=product, device_scale_factor=4)
    page = context.new_page()
    page.goto(LESSON)
    page.evaluate("document.fonts.ready")
    yield page
    context.close()


def bands_of_ink(page: Page, latex: str) -> int:
    """Set a formula alone, and count the bands of ink in it from top to bottom."""
    page.locator("main").evaluate(
        """(main, formula) => {
          main.innerHTML = `<p id="alone" style="padding: 1em">${formula}</p>`;
          return document.fonts.ready;
        }""",
        mathml(latex, display=False),
    )
    page.wait_for_function("""document.fonts.check(`20px "From Noise Math"`, "\\u02c6")""")
    box = page.locator("#alone math").bounding_box()
    assert box
    left, top, width, height = box["x"], box["y"], box["width"], box["height"]
    png = page.screenshot(clip={"x": left - 2, "y": top - 6, "width": width + 4, "height": height + 12})
    shot = np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=np.int16)
    ink = (shot < shot.max() - 90).any(axis=1)
    return int(((ink[1:] != ink[:-1]).sum() + 1) // 2)


@pytest.mark.parametrize("latex", [r"\hat x", r"\hat v", r"\bar\alpha"])
def test_an_accent_stands_clear_of_its_letter(page: Page, latex: str) -> None:
    assert bands_of_ink(page, latex) == 2


def test_a_quantity_stands_clear_of_its_accent_and_of_its_line(page: Page) -> None:
    assert bands_of_ink(page, r"\hat\varepsilon") == 3


def test_every_letter_that_wears_an_accent_in_a_lesson_comes_from_our_font(page: Page) -> None:
    """What docs/subset_math.py lists is what the browser finds; a letter more is a line there."""
    page.goto(LESSON)
    worn = page.locator("main mover[accent=true]").evaluate_all(
        "all => all.map(one => one.textContent.replace(/[\\u02c6\\u00af]/gu, ''))"
    )
    listed = (files_folder("static").parent / "docs" / "subset_math.py").read_text(encoding="utf-8")
    [letters] = re.findall(r'^LETTERS = "(\w+)"', listed, re.MULTILINE)
    greek = {chr(int(code, 16) - ITALIC_ALPHA + ALPHA) for code in re.findall(r": (0x1D[67]\w\w)\b", listed)}
    assert {"x", EPSILON} <= set(worn) <= set(letters) | greek


def test_a_page_with_formulas_fetches_the_font_and_no_other_one(browser: Browser, product: str) -> None:
    page = browser.new_page(base_url=product)
    fonts: list[str] = []
    page.on("response", lambda answer: fonts.append(answer.url) if "woff" in answer.url else None)
    page.goto(LESSON, wait_until="networkidle")
    assert [url.rpartition("/static/")[2] for url in fonts] == ["fonts/math.woff2"]
    assert FAMILY in page.locator("math").first.evaluate("one => getComputedStyle(one).fontFamily")
    page.close()
