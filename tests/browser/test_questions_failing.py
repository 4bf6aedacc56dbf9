"""What failed says so where it was pressed; what was chosen stays, and it can be pressed again."""

from __future__ import annotations

import pytest

from app.course.question import opaque_id
from tests.browser.answering import check, choose
from tests.browser.playwright_names import Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.question_fixtures",)

NOTICE = (
    '<section class="notice" role="alert"><h1>Not now</h1>'
    '<p class="lead">The records are locked.</p></section>'
)
ANSWERS = {
    "503": (503, NOTICE, "The records are locked. What you chose is still here"),
    "500": (500, NOTICE, "The records are locked."),
    "429": (429, NOTICE, "The records are locked."),
    "409": (409, NOTICE, "The records are locked."),
    "422 of an error": (422, NOTICE, "The records are locked."),
    "a proxy's 502": (502, "Bad gateway", "The server answered with status 502."),
    "empty": (504, "", "The server answered with status 504."),
}


@pytest.fixture
def quiet(page: Page) -> Page:
    page.goto("/several")
    return page


def fail(page: Page, status: int, body: str) -> None:
    page.route(
        "**/practice*",
        lambda route: route.fulfill(status=status, body=body, content_type="text/html"),
        times=1,
    )


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_failed_says_so_and_is_sent_again(quiet: Page, name: str) -> None:
    status, body, words = ANSWERS[name]
    one = quiet.locator("#question-one")
    choose(one, "one", "Red")
    fail(quiet, status, body)
    check(one)
    expect(one.get_by_role("alert")).to_contain_text(words)
    expect(one.locator(f"input[value='{opaque_id('one', 'Red')}']")).to_be_checked()
    assert quiet.locator("#question-some").get_by_role("alert").count() == 0
    check(one)
    expect(one.locator(".verdict")).to_have_text("Right.")
    expect(one.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("button", ["Check my answer", "Show me the solution"])
def test_offline_every_button_says_so_where_it_was_pressed(quiet: Page, button: str) -> None:
    some = quiet.locator("#question-some")
    choose(some, "some", "Red", "Blue")
    quiet.context.set_offline(True)
    for _ in range(2):  # pressed twice, it says so once
        some.get_by_role("button", name=button).click()
        expect(some.get_by_role("alert")).to_have_count(1)
    expect(some.get_by_role("alert")).to_contain_text("cannot be reached. Nothing is lost")
    expect(some.locator("input:checked")).to_have_count(2)
    quiet.context.set_offline(False)
    some.get_by_role("button", name=button).click()
    expect(some.locator(".verdict")).to_be_visible()


def test_an_experiment_that_cannot_be_fetched_says_so_beside_its_button(quiet: Page) -> None:
    one = quiet.locator("#question-one")
    choose(one, "one", "Red")
    check(one)
    quiet.context.set_offline(True)
    one.get_by_role("link", name="Show me").click()
    expect(one.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(one.locator(".verdict")).to_have_text("Right.")
    expect(one.get_by_role("link", name="Show me")).to_be_visible()
