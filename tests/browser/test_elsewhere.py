"""The site where others put it: below a path, and in a frame of another site's page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.main import create_app
from app.settings import Settings
from tests.browser.playwright_names import Browser, Page
from tests.browser.server_thread import served_in_thread
from tests.web.small_course import COURSE, LESSON

pytestmark = pytest.mark.browser

IN_TEXT = """
:::{question} one
:::
"""


async def platform(request: Request) -> HTMLResponse:
    """A page of a learning platform, which shows another one in a frame."""
    return HTMLResponse(f'<!doctype html><iframe src="{request.query_params["of"]}"></iframe>')


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of a platform, and of our site, which lies below a path and which it may show.

    To the browser they are two sites: one is `localhost`, and the other 127.0.0.1.
    """
    folder = tmp_path_factory.mktemp("course")
    lesson = folder / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(LESSON.replace("absent", "digits") + IN_TEXT)
    (lesson / "quiz.toml").write_text("".join(COURSE))
    with served_in_thread(Starlette(routes=[Route("/course", platform)])) as other:
        around = other.replace("127.0.0.1", "localhost")
        settings = Settings(
            lessons=folder / "lessons",
            database_url=f"sqlite:///{folder / 'records.sqlite3'}",
            root_path="/noise",
            embed_origins=(around,),
        )
        with served_in_thread(create_app(settings)) as ours:
            yield around, f"{ours}/noise"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_below_a_path_every_request_of_pages_and_scripts_stays_below_it(
    page: Page, sites: tuple[str, str]
) -> None:
    _, ours = sites
    asked: list[str] = []
    missing: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda got: missing.append(got.url) if got.status in (404, 405) else None)
    page.goto(f"{ours}/lessons/colours")
    with page.expect_response("**/noise/api/runs"):
        page.get_by_role("button", name="Start from noise").click()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # questions load as they come near
    question = page.locator("[data-question=one]")
    question.get_by_label("Red").check()
    question.locator("form button").first.click()
    question.get_by_text("CANARY one final").wait_for()
    page.get_by_role("link", name="Practice", exact=True).first.click()
    page.wait_for_url(f"{ours}/lessons/colours/practice")
    assert [address for address in asked if not address.startswith(f"{ours}/")] == []
    assert missing == []
    parts = ("/api/runs", "/api/ticket", "/api/models", "/fragments/progress", "/fragments/questions/one")
    assert [part for part in parts if not any(part in address for address in asked)] == []


def test_the_platform_that_is_named_shows_it_and_is_told_that_nothing_is_kept(
    page: Page, sites: tuple[str, str]
) -> None:
    around, ours = sites
    page.goto(f"{around}/course?of={ours}/lessons/colours/practice")
    within = page.frame_locator("iframe")
    within.get_by_text("your progress is not kept").wait_for()
    within.get_by_label("Red").check()
    within.locator("form button").first.click()
    within.get_by_text("CANARY one final").wait_for()
    assert page.context.cookies() == []


def shown_within(page: Page, ours: str) -> list[str]:
    page.wait_for_timeout(300)
    return [frame.url for frame in page.frames if frame.url.startswith(ours)]


def test_a_platform_that_is_not_named_does_not(page: Page, sites: tuple[str, str]) -> None:
    around, ours = sites
    page.goto(f"{around.replace('localhost', '127.0.0.1')}/course?of={ours}/lessons/colours")
    assert shown_within(page, ours) == []


def test_a_page_of_no_origin_does_not(page: Page, sites: tuple[str, str]) -> None:
    _, ours = sites
    page.set_content(f'<iframe src="{ours}/lessons/colours"></iframe>')
    assert shown_within(page, ours) == []


def test_in_a_tab_nothing_is_said_of_frames(page: Page, sites: tuple[str, str]) -> None:
    _, ours = sites
    page.goto(f"{ours}/lessons/colours/practice")
    assert page.get_by_text("your progress is not kept").is_hidden()
    assert [cookie["path"] for cookie in page.context.cookies()] == ["/noise"]
