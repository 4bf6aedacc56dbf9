"""Lessons on paper, as Chromium prints them: whole, on few pages, none of them empty, and on white."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from app.main import create_app
from app.settings import Settings
from tests.browser.playwright_names import Browser, Page, Route
from tests.browser.printed import MM, PAPERS, pages_of
from tests.browser.server_thread import served_in_thread

pytestmark = pytest.mark.browser

LESSON = "/lessons/from-noise-to-picture"
SIDES_MM = 36.0
"""Both margins of a page, as static/print.css has them."""

TOO_WIDE = """() => [...document.querySelectorAll("main *")].filter((element) => {
  const { right, width } = element.getBoundingClientRect();
  const isCut = element.scrollWidth > element.clientWidth + 1 && element.matches("pre, table, .equation");
  return width > 0 && (right > innerWidth + 1 || isCut) && !element.closest(".unseen, math");
}).map((element) => `${element.localName}.${element.className}`)"""
SHOWN = """() => [...document.querySelectorAll(
  "nav, button, input:not([data-print] *), select, canvas, summary, .asked-here, .to-practice, .to-print, "
  + ".player-bar"
)].filter((element) => element.checkVisibility()).length"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the shipped course; there is no engine."""
    folder = tmp_path_factory.mktemp("site")
    with served_in_thread(
        create_app(Settings(database_url=f"sqlite:///{folder / 'records.sqlite3'}"))
    ) as address:
        yield address


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, color_scheme="dark")
    yield context.new_page()
    context.close()


def with_strips(page: Page) -> list[str]:
    """Answer for the engine; returns the addresses of the strips as they are asked for."""
    asked: list[str] = []
    picture = io.BytesIO()
    Image.effect_noise((156, 28), 200).resize((1248, 224)).save(picture, format="PNG")

    def strip(route: Route) -> None:
        asked.append(route.request.url.partition("/plates/")[2])
        route.fulfill(body=picture.getvalue(), content_type="image/png")

    page.route("**/plates/*", strip)
    return asked


@pytest.mark.parametrize("paper", PAPERS)
def test_a_lesson_prints_whole_on_few_pages_with_a_strip_for_each_plate(page: Page, paper: str) -> None:
    asked = with_strips(page)
    page.goto(LESSON, wait_until="networkidle")
    page.locator(".listing .line").first.evaluate("(line) => line.append('a_long_name '.repeat(20))")
    assert asked == []  # on a screen they cost nothing
    printed = pages_of(page.pdf(format=paper))
    assert sorted(set(asked)) == ["lab-1.png", "lab-2.png", "lab-3.png", "lab-4.png"]
    assert 5 <= len(printed) <= 10
    assert min(side.texts for side in printed) >= 10
    assert sum(side.pictures for side in printed) >= 4  # the strips and the figure
    page.emulate_media(media="print")
    page.set_viewport_size({"width": int((PAPERS[paper] - SIDES_MM) * MM), "height": 900})
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(SHOWN) == 0
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    address = page.locator(".strip a").first
    assert address.inner_text() == f"{page.url}#lab-1"


def test_the_personal_page_prints_questions_and_solutions_on_pages_of_their_own(page: Page) -> None:
    with_strips(page)
    page.goto(f"{LESSON}/practice?q=l1-purpose")
    page.get_by_role("button", name="Show me the solution").click()
    page.locator(".solution").wait_for()
    page.goto(f"{LESSON}/print", wait_until="networkidle")
    whole = pages_of(page.pdf(format="A4"))
    assert 9 <= len(whole) <= 18
    assert min(side.texts for side in whole) >= 5
    page.locator("section:has(> #handout-solutions)").evaluate("(element) => element.remove()")
    assert len(pages_of(page.pdf(format="A4"))) == len(whole) - 1
    page.emulate_media(media="print")
    page.set_viewport_size({"width": int((PAPERS["A4"] - SIDES_MM) * MM), "height": 900})
    assert page.evaluate(TOO_WIDE) == []


def test_a_lesson_prints_where_the_model_is_away(page: Page) -> None:
    page.goto(f"{LESSON}/print", wait_until="networkidle")
    assert page.locator(".strip img").count() == 4
    assert page.locator(".strip img").first.evaluate("(image) => image.naturalWidth") >= 1200
    assert len(pages_of(page.pdf(format="A4"))) >= 9
