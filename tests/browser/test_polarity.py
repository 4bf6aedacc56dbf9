"""One polarity: what the player draws as ink on paper is ink on paper wherever the picture is shown."""

from __future__ import annotations

import io
from collections.abc import Iterator

import httpx2
import numpy as np
import pytest
from PIL import Image

from app.course.lesson import Lesson
from app.pictures import read_levels
from app.questions.catalogue import load_catalogue
from app.settings import files_folder
from tests.browser.playwright_names import Browser, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("polarity")]

LESSON = "/lessons/from-noise-to-picture"
SIDE = 28
GREYS = """picture => {
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth || picture.width;
  canvas.height = picture.naturalHeight || picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: canvas.height }, (_, y) =>
    Array.from({ length: canvas.width }, (_, x) => data[4 * (y * canvas.width + x)]));
}"""


@pytest.fixture(scope="module", params=["light", "dark"])
def lesson(request: pytest.FixtureRequest, browser: Browser, product: str) -> Iterator[Page]:
    """The lesson's page after a run of its first plate, in either colour scheme."""
    context = browser.new_context(
        base_url=product, viewport={"width": 1280, "height": 900}, color_scheme=request.param
    )
    page = context.new_page()
    page.goto(LESSON)
    plate = page.locator("#lab-1")
    plate.locator("[data-role=start]").click()
    expect(plate.locator("denoising-player")).to_have_attribute("data-state", "done", timeout=90_000)
    plate.locator("[data-go=last]").click()
    yield page
    context.close()


def greys(picture: Locator) -> np.ndarray:
    picture.scroll_into_view_if_needed()
    return np.array(picture.evaluate(GREYS), dtype=float)


def file(page: Page, kind: str) -> Image.Image:
    address = page.locator(f"#lab-1 [data-keep={kind}]").get_attribute("href")
    answer = httpx2.get(page.url.partition("/lessons")[0] + (address or ""), timeout=60)
    return Image.open(io.BytesIO(answer.content))


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def one_dot_each(image: Image.Image, left: int = 0) -> np.ndarray:
    """Read a picture of an enlarged file back, one dot a pixel; `left` in pixels."""
    grey = np.asarray(image.convert("L"), dtype=float)
    scale = grey.shape[0] // SIDE
    first = left * scale + scale // 2
    return grey[scale // 2 :: scale, first : first + SIDE * scale : scale]


def test_the_canvas_has_dark_ink_on_light_paper_in_either_scheme(lesson: Page) -> None:
    shown = greys(lesson.locator("#lab-1 [data-pane=x_t] canvas"))
    assert shown[:2].mean() > 150, "the edge of a digit is bare paper"
    assert shown.min() < 60, "ink"
    assert np.median(shown) > 150, "most of a digit is paper"


def test_files_have_the_canvas_s_polarity(lesson: Page) -> None:
    shown = greys(lesson.locator("#lab-1 [data-pane=x_t] canvas"))
    png, gif, strip = (file(lesson, kind) for kind in ("png", "gif", "strip"))
    assert min(png.width, gif.width, strip.width) >= 512
    assert alike(shown, one_dot_each(png)) > 0.99
    gif.seek(gif.n_frames - 1)  # type: ignore[attr-defined]
    assert alike(shown, one_dot_each(gif)) > 0.99
    last = strip.width // (strip.height // SIDE) - SIDE
    assert alike(shown, one_dot_each(strip, left=last)) > 0.99


def first_lesson() -> Lesson:
    return load_catalogue(files_folder("lessons")).lessons[0]


def test_figures_and_questions_have_it_too(lesson: Page) -> None:
    ink = read_levels(first_lesson().pictures["seven.png"], 1)[:, :, 0].astype(float)
    assert ink[:2].max() == 0, "a model's pixels are 0 where there is paper"
    figure = greys(lesson.locator("figure img[src*=noisy-seven]"))
    assert alike(255 - figure[:, :SIDE], ink) > 0.99
    assert figure[:2, :SIDE].mean() > 150
    lesson.goto(f"{LESSON}/practice?q=l1-read-levels")
    asked = greys(lesson.locator("img[src*=noisy-seven]"))
    assert np.array_equal(asked, figure)
