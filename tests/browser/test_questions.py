"""Questions of several kinds on one page: each is answered by itself, with htmx and without JavaScript."""

from __future__ import annotations

import re

import pytest

from app.course.question import opaque_id
from tests.browser.answering import check, choose
from tests.browser.playwright_names import Browser, Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.question_fixtures",)


def test_no_id_is_on_the_page_twice_before_and_after_the_answers(page: Page) -> None:
    page.goto("/several")
    for _ in range(2):
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
        assert len(ids) == len(set(ids))
        assert {"practice", "question-one", "question-some", "question-how-many"} <= set(ids)
        one = page.locator("#question-one")
        if one.locator("form").count():
            choose(one, "one", "Red")
            check(one)
            expect(page.locator("#experiment-one")).to_be_visible()


def test_two_questions_are_answered_on_one_page_each_in_its_place(page: Page) -> None:
    page.goto("/several")
    one, some = page.locator("#question-one"), page.locator("#question-some")
    choose(one, "one", "Green")
    choose(some, "some", "Red", "Blue")
    check(some)
    expect(some.locator(".verdict")).to_have_text("Right.")
    expect(some.get_by_role("status")).to_be_focused()
    # The other is as it was, with what was chosen and not yet sent.
    expect(one.locator(f"input[value='{opaque_id('one', 'Green')}']")).to_be_checked()
    check(one)
    expect(one.locator(".verdict")).to_have_text("Not right.")
    expect(one.get_by_role("status")).to_be_focused()
    expect(some.locator(".verdict")).to_have_text("Right.")
    assert page.url.endswith("/several")
    assert page.locator("[data-next]").count() == 0


def test_a_refusal_stands_in_the_question_that_it_is_about(page: Page) -> None:
    page.goto("/several")
    check(page.locator("#question-some"))
    expect(page.locator("#question-some").get_by_role("alert")).to_have_text("Choose an option first.")
    assert page.locator("#question-one").get_by_role("alert").count() == 0


def test_a_key_is_for_the_question_that_has_the_focus(page: Page) -> None:
    page.goto("/several")
    page.keyboard.press("b")
    expect(page.locator("input:checked")).to_have_count(0)
    page.locator("#question-some input[type=checkbox]").first.focus()
    page.keyboard.press("b")
    page.keyboard.press("4")
    expect(page.locator("#question-one input:checked")).to_have_count(0)
    checked = page.locator("#question-some input[type=checkbox]").evaluate_all(
        "all => all.map((one) => one.checked)"
    )
    assert checked == [False, True, False, True]
    page.keyboard.press("Enter")
    expect(page.locator("#question-some .verdict")).to_be_visible()
    expect(page.locator("#question-one form[data-answer]")).to_be_visible()


def test_a_key_is_for_the_only_question_of_a_page(page: Page) -> None:
    page.goto("/several?names=one")
    page.keyboard.press("b")
    checked = page.locator("#question-one input[name=option]").evaluate_all(
        "all => all.map((one) => one.checked)"
    )
    assert checked == [False, True, False, False]


def test_another_kind_has_keys_of_its_own_and_typing_is_left_alone(page: Page) -> None:
    page.goto("/several")
    number = page.locator("#question-how-many")
    number.get_by_role("button", name="Check my answer").focus()
    page.keyboard.press("n")
    field = number.get_by_label("Your number")
    expect(field).to_be_focused()
    page.keyboard.type("7")
    expect(field).to_have_value("7")
    page.keyboard.press("Enter")
    expect(number.locator(".verdict")).to_have_text("Right.")
    expect(number).to_contain_text("You entered 7.")
    expect(page.locator("input:checked")).to_have_count(0)


def test_keys_are_turned_off_for_all_questions(page: Page) -> None:
    page.goto("/several")
    page.locator("#question-one").get_by_role("button", name="Turn keys off").click()
    expect(page.get_by_role("button", name="Turn keys on")).to_have_count(2)
    page.locator("#question-one input[type=radio]").first.focus()
    page.keyboard.press("b")
    expect(page.locator("input:checked")).to_have_count(0)


def test_without_javascript_each_is_answered_and_explained(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    for name, texts, verdict in (("one", ["Red"], "Right."), ("some", ["Red", "Blue"], "Right.")):
        page.goto("/several")
        choose(page.locator(f"#question-{name}"), name, *texts)
        check(page.locator(f"#question-{name}"))
        expect(page).to_have_url(re.compile(rf"/lessons/colours/practice\?q={name}$"))
        expect(page.locator(f"#question-{name} .verdict")).to_have_text(verdict)
        expect(page.locator("[data-next]")).to_be_visible()
    page.goto("/lessons/colours/practice/summary")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 of 3 answered")
    context.close()


@pytest.mark.parametrize(("key", "code"), [("\u0438", "KeyB"), ("\u03b2", "KeyB"), ("\u0662", "Digit2")])
def test_a_keyboard_of_another_script_chooses_by_the_place_of_the_key(
    page: Page, key: str, code: str
) -> None:
    page.goto("/several")
    field = page.locator("#question-one input[name=option]").first
    field.focus()
    press = "(field, init) => field.dispatchEvent(new KeyboardEvent('keydown', { ...init, bubbles: true }))"
    field.evaluate(press, {"key": key, "code": code})
    expect(page.locator("#question-one input[name=option]").nth(1)).to_be_checked()
