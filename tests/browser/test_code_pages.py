"""From a lesson to the code that runs and back: by link, without scripts, on a phone, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from app.main import create_app
from app.settings import Settings
from tests.browser.axe import violations
from tests.browser.playwright_names import expect
from tests.browser.printed import pages_of
from tests.browser.server_thread import served_in_thread

if TYPE_CHECKING:
    from tests.browser.playwright_names import Browser, Page

pytestmark = pytest.mark.browser

LESSON = "/lessons/adding-noise"
FILE = "/code/app/diffusion/schedules.py"
LINEAR = f"{FILE}#code-Linear"
LIGHT = "element => getComputedStyle(element).backgroundColor"
CLEAR = "rgba(0, 0, 0, 0)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the shipped course; there is no engine."""
    folder = tmp_path_factory.mktemp("site")
    with served_in_thread(
        create_app(Settings(database_url=f"sqlite:///{folder / 'records.sqlite3'}"))
    ) as address:
        yield address


@pytest.fixture(params=["with scripts", "without"])
def page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    with browser.new_context(
        base_url=site,
        viewport={"width": 390, "height": 844},
        java_script_enabled=request.param == "with scripts",
    ) as context:
        yield context.new_page()


def test_a_link_of_a_lesson_shows_the_object_lit_and_leads_back(page: Page) -> None:
    page.goto(LESSON)
    page.get_by_role("link", name="the linear one").click()
    expect(page).to_have_url(f"{page.url.partition('/code')[0]}{LINEAR}")
    asked, other = page.locator("#code-Linear"), page.locator("#code-Cosine")
    box = asked.bounding_box()
    assert box
    assert 0 <= box["y"] < 120
    expect(asked).to_contain_text("class Linear")
    assert asked.evaluate(LIGHT) != CLEAR
    assert other.evaluate(LIGHT) == CLEAR
    page.locator(".mentions").get_by_role("link", name="Cosine").click()
    assert asked.evaluate(LIGHT) == CLEAR
    assert other.evaluate(LIGHT) != CLEAR
    page.locator(".mentions").get_by_role("link", name="lesson 2").first.click()
    expect(page.locator("#in-code-1")).to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 390, 700, 1366])
def test_every_line_is_read_whole_beside_its_number(browser: Browser, site: str, width: int) -> None:
    with browser.new_context(base_url=site, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(LINEAR)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("pre").evaluate("pre => pre.scrollWidth <= pre.clientWidth")
        line = page.locator(".line[data-line='12']")
        assert line.evaluate("line => getComputedStyle(line, '::before').content") == '"12"'


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [LINEAR, LESSON])
def test_axe_finds_nothing(browser: Browser, site: str, path: str, scheme: str) -> None:
    with browser.new_context(
        base_url=site,
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    ) as context:
        page = context.new_page()
        page.goto(path)
        assert violations(page) == []


def test_with_the_readers_own_colours_the_lit_object_has_the_wider_rule(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, forced_colors="active") as context:
        page = context.new_page()
        page.goto(LINEAR)
        width = "element => parseFloat(getComputedStyle(element).borderLeftWidth)"
        lit, other = (page.locator(f"#code-{name}").evaluate(width) for name in ("Linear", "Cosine"))
        assert lit >= other + 2 > 2


def test_it_prints_on_a_few_pages_none_of_them_empty(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(LINEAR)
        printed = pages_of(page.pdf(format="A4"))
        assert 3 <= len(printed) <= 8
        assert min(side.texts for side in printed) >= 10


def test_a_printed_lesson_names_the_code_and_underlines_no_link_to_it(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site) as context:
        page = context.new_page()
        page.goto(LESSON)
        page.emulate_media(media="print")
        listed = page.locator(".in-code").first
        assert listed.is_visible()
        assert "app.diffusion.schedules.Cosine" in listed.inner_text()
        line = listed.locator("a").first.evaluate("link => getComputedStyle(link).textDecorationLine")
        assert line == "none"
