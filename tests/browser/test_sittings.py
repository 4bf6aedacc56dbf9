"""A sitting with scripts and without: another try, giving up, the dots, and questions within a lesson."""

from __future__ import annotations

import pytest

from app.course.question import opaque_id
from tests.browser.answering import check, choose
from tests.browser.axe import violations
from tests.browser.playwright_names import Browser, Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.question_fixtures",)


def test_on_the_practice_page_the_dots_and_the_way_on_follow_the_answer(page: Page) -> None:
    page.goto("/lessons/colours/practice?q=one")
    current = page.locator("#practice-dots [aria-current]")
    expect(current).to_contain_text("not answered")
    expect(page.locator("[data-next]")).to_have_count(0)
    choose(page.locator("#question-one"), "one", "Red")
    check(page.locator("#question-one"))
    expect(current).to_contain_text("right at once")
    expect(page.locator("[data-next]")).to_have_text("Next question")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Question 2")


def test_a_wrong_answer_is_told_beside_the_question_and_answered_again_by_keys(page: Page) -> None:
    page.goto("/lessons/colours/practice?q=one")
    one = page.locator("#question-one")
    wrong = one.locator(f"label:has(input[value='{opaque_id('one', 'Green')}'])")
    letter = wrong.locator(".letter").inner_text()
    page.keyboard.press(letter.lower())
    page.keyboard.press("Enter")
    expect(one.get_by_role("status")).to_be_focused()
    expect(one.get_by_role("status")).to_contain_text("Not right.")
    expect(one.locator("s")).to_have_text("Green")
    assert violations(page) == []
    expect(page.locator("#practice-dots [aria-current]")).to_contain_text("not right yet")
    page.keyboard.press(letter.lower())
    expect(one.locator("input:checked")).to_have_count(0)
    choose(one, "one", "Red")
    page.keyboard.press("Enter")
    expect(one.locator(".verdict")).to_have_text("Right, at the second try.")
    experiment, options = (one.locator(name).bounding_box() for name in (".experiment", ".choice"))
    assert experiment and options
    assert experiment["y"] < options["y"], "the experiment stands under the verdict"
    assert violations(page) == []
    page.reload()
    expect(one.locator(".verdict")).to_have_text("Right, at the second try.")
    expect(page.locator("[data-next]")).to_be_visible()
    page.get_by_role("link", name="Try it again").click()
    expect(one.locator("form[data-answer]")).to_be_visible()


def test_giving_up_shows_the_solution_in_place(page: Page) -> None:
    page.goto("/lessons/colours/practice?q=how-many")
    page.get_by_role("button", name="Show me the solution").click()
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.locator(".verdict")).to_have_text("The solution.")
    expect(page.locator("#practice-dots [aria-current]")).to_contain_text("seen the solution")
    page.go_back()
    page.go_forward()
    expect(page.locator(".verdict")).to_have_text("The solution.")


def test_questions_of_a_lesson_come_when_they_near_the_view_and_are_answered_there(page: Page) -> None:
    page.goto("/lessons/colours")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.get_by_role("link", name="Answer it on the practice page")).to_have_count(2)
    page.get_by_role("link", name="Answer it on the practice page").first.scroll_into_view_if_needed()
    one = page.locator("#question-one")
    expect(one.locator("form[data-answer]")).to_be_visible()
    expect(page.locator("#question-some")).to_have_count(0)
    page.keyboard.press("b")
    expect(one.locator("input:checked")).to_have_count(0)
    choose(one, "one", "Green")
    check(one)
    expect(one.locator(".verdict")).to_have_text("Not right.")
    choose(one, "one", "Red")
    check(one)
    expect(one.locator(".verdict")).to_have_text("Right, at the second try.")
    expect(page.locator(".toc-progress")).to_contain_text("1 of 3 right")
    assert page.url.endswith("/lessons/colours")
    assert violations(page) == []
    page.get_by_role("link", name="Answer it on the practice page").scroll_into_view_if_needed()
    some = page.locator("#question-some")
    choose(some, "some", "Red")
    check(some)
    expect(some.get_by_role("status")).to_contain_text("One of two found.")
    some.get_by_role("button", name="Show me the solution").click()
    expect(some.locator(".verdict")).to_have_text("The solution.")
    some.get_by_role("link", name="Try it again").click()
    expect(some.locator("form[data-answer]")).to_be_visible()
    assert page.url.endswith("/lessons/colours")


def test_without_javascript_a_second_try_and_giving_up_are_plain_forms(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/lessons/colours")
    page.get_by_role("link", name="Answer it on the practice page").first.click()
    one = page.locator("#question-one")
    choose(one, "one", "Green")
    check(one)
    expect(one).to_contain_text("One try is left")
    expect(one.locator(f"input[value='{opaque_id('one', 'Green')}']")).to_be_disabled()
    one.get_by_role("button", name="Show me the solution").click()
    expect(one.locator(".verdict")).to_have_text("The solution.")
    page.get_by_role("link", name="Try it again").click()
    choose(one, "one", "Red")
    check(one)
    expect(one.locator(".verdict")).to_have_text("Right.")
    context.close()
