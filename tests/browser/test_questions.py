"""Questions of several kinds on one page: each is answered by itself, with htmx and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from app.course.question import opaque_id
from app.learners.sessions import new_session
from app.main import create_app
from app.questions.registry import KINDS
from app.settings import ROOMS, Settings
from app.web.edge.services import services_of
from app.web.edge.session import keep_session, session_of
from app.web.practice.addresses import on_practice_page
from app.web.practice.asked import asked
from tests.browser.axe import violations
from tests.browser.playwright_names import Browser, Locator, Page, expect
from tests.browser.server_thread import served_in_thread
from tests.questions.guests.number.kind import NUMBER
from tests.web.small_course import LESSON, question

pytestmark = pytest.mark.browser

GUESTS = Path(__file__).parent.parent / "questions" / "guests"
HOW_MANY = """[[question]]
id = "how-many"
kind = "number"
level = "apply"
concepts = ["colour"]
stem = "How many are there?"
right = 7
when_right = "That many."
when_wrong = "Count again."
steps = ["Look.", "Count."]
final_answer = "Seven."
quick_check = "Count twice."
mistakes = ["Not counting."]
"""
EXPERIMENT = """
[question.experiment]
kind = "run"
model = "digits"
"""
IN_TEXT = f"""
{"A line of text. " * 400}

:::{{question}} one
:::

{"Another line of text. " * 400}

:::{{question}} some
:::
"""
PAGE = """{% extends "base.html" %}
{% block styles %}<link rel="stylesheet" href="{{ asset('practice/question.css') }}">
{% for style in styles %}<link rel="stylesheet" href="{{ asset(style) }}">{% endfor %}{% endblock %}
{% block scripts %}<script src="{{ asset('practice/practice.js') }}" type="module"></script>
{% for script in scripts %}<script src="{{ asset(script) }}" type="module"></script>{% endfor %}{% endblock %}
{% block main %}<article class="wrap"><h1 id="practice">Two at once</h1>
{% for asked in questions %}<h2>{{ asked.label }}</h2>{% include "practice/asked.html" %}{% endfor %}
</article>{% endblock %}"""


def with_page_of_several(app: FastAPI) -> FastAPI:
    """Add a page that asks all questions of the lesson at once."""

    @app.get("/several")
    async def several(request: Request, names: str = "one,some,how-many") -> HTMLResponse:
        services = services_of(request)
        learner = session_of(request) or new_session(services.secret)
        (lesson,) = services.catalogue.lessons
        questions = [
            asked(
                services.catalogue.question(name),
                services.kinds,
                learner.learner_key,
                label=f"Question {number}",
                page=on_practice_page(lesson, services.catalogue.question(name)),
            )
            for number, name in enumerate(names.split(","), 1)
        ]
        scripts = dict.fromkeys(one.kind.script for one in questions)
        styles = dict.fromkeys(one.kind.style for one in questions)
        template = services.templates.env.from_string(PAGE)
        response = HTMLResponse(template.render(questions=questions, scripts=scripts, styles=styles))
        keep_session(request, response, learner)
        return response

    return app


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("course")
    lesson = folder / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(LESSON + IN_TEXT)
    several = question("some", ("Red", "Blue"), kind="several")
    (lesson / "quiz.toml").write_text(question("one", ("Red",)) + EXPERIMENT + several + HOW_MANY)
    settings = Settings(
        lessons=folder / "lessons",
        models=folder / "none",
        database_url=f"sqlite:///{folder / 'records.sqlite3'}",
    )
    app = create_app(settings, {**KINDS, "number": NUMBER}, {**ROOMS, "guests": GUESTS})
    with served_in_thread(with_page_of_several(app)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert [error for error in errors if "status of 422" not in error] == []


def choose(asked: Locator, name: str, *texts: str) -> None:
    for text in texts:
        asked.locator(f"label:has(input[value='{opaque_id(name, text)}'])").click()


def check(asked: Locator) -> None:
    asked.get_by_role("button", name="Check my answer").click()


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
