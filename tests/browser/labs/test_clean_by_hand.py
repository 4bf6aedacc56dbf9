"""The lab clean-by-hand: by mouse, finger and keyboard, against the clock, and the model's call after it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.course.directives import Lab
from app.labs.clean_by_hand.noisy import noisy_pixels
from app.labs.clean_by_hand.options import CleanByHand, read
from app.labs.options import Resources
from app.main import create_app
from app.settings import Settings
from tests.browser.axe import violations
from tests.browser.playwright_names import expect
from tests.browser.server_thread import served_in_thread
from tests.labs.clean_by_hand.cleaned_cards import CARDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]
LESSON = "/lessons/by-hand"
HEAD = """+++
title = "By hand"
unit = "The idea"
minutes = 10
summary = "A brush."
hook = "Which dot is dirt?"
concepts = ["noise"]
+++

"""
LAB = ":::{lab} clean-by-hand\n:seconds: 10\n:seed: 3\n\nTry it.\n:::\n"
DARK, LIGHT = 80, 180
SCROLLED = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a lesson with the lab and the shipped models' cards; no engine answers."""
    folder = tmp_path_factory.mktemp("by-hand")
    lesson = folder / "lessons" / "01-by-hand"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(HEAD + LAB + "\nText.\n" * 40, encoding="utf-8")
    (lesson / "quiz.toml").write_text("", encoding="utf-8")
    settings = Settings(
        lessons=folder / "lessons",
        models=ROOT / "models",
        database_url=f"sqlite:///{folder / 'records.sqlite3'}",
    )
    with served_in_thread(create_app(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def desk(browser: Browser, site: str) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=site, viewport={"width": 1366, "height": 768}) as made:
        yield made


@pytest.fixture(scope="module")
def phone(browser: Browser, site: str) -> Iterator[BrowserContext]:
    with browser.new_context(
        base_url=site, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ) as made:
        yield made


@pytest.fixture
def page(desk: BrowserContext) -> Iterator[Page]:
    """Open the lesson; a script that fails, or a policy that is broken, fails the test."""
    page = desk.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    opened(page)
    page.locator("#lab-1").evaluate("plate => plate.scrollIntoView()")
    yield page
    page.close()
    assert errors == []


def settings() -> CleanByHand:
    lab = Lab("clean-by-hand", "lab-1", 1, "", {"seconds": "10", "seed": "3"})
    return read(lab, Resources(CARDS, {}))


def opened(page: Page) -> None:
    """Open the lesson, and wait for the plate, whose script is loaded when it comes near."""
    page.goto(LESSON)
    expect(find(page, "error")).not_to_have_text("\N{EN DASH}")


def find(page: Page, role: str) -> Locator:
    return page.locator(f"#lab-1 [data-role={role}]")


def greys(canvas: Locator) -> NDArray[np.uint8]:
    """Return how light each dot of a canvas is, of shape (height, width)."""
    script = """canvas => [canvas.width,
      ...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""
    width, *values = canvas.evaluate(script)
    return np.array(values, np.uint8).reshape(-1, width, 4)[:, :, 1]


def pad_of(page: Page) -> Locator:
    return find(page, "pad").locator("canvas")


def middle_of(page: Page, x: int, y: int, dots: int = 28) -> tuple[float, float]:
    """Return where a dot of the pad is on the screen."""
    box = pad_of(page).bounding_box()
    assert box
    return box["x"] + (x + 0.5) * box["width"] / dots, box["y"] + (y + 0.5) * box["width"] / dots


def click_dot(page: Page, x: int, y: int) -> None:
    page.mouse.click(*middle_of(page, x, y))


def state(page: Page, name: str) -> None:
    expect(page.locator("#lab-1 clean-by-hand")).to_have_attribute("data-state", name)


def answer(page: Page) -> list[Any]:
    """Let the server answer in the engine's place, and note what it was asked."""
    asked: list[Any] = []

    def fulfil(route: Route) -> None:
        asked.append(json.loads(str(route.request.post_data)))
        pixels = base64.b64encode(settings().clean.tobytes()).decode()
        route.fulfill(json={"noisy": pixels, "estimate": pixels, "rms_noisy": 1.0, "rms_estimate": 0.21})

    page.route("**/api/clean", fulfil)
    return asked


def test_the_noisy_picture_is_the_one_that_the_model_is_given(page: Page) -> None:
    found = page.evaluate(
        """async ([clean, noise, seed]) => {
          const { Repair } = await import("/static/labs/clean_by_hand/repair.js");
          const { valuesOf } = await import("/static/kit/noisy.js");
          const repair = new Repair(valuesOf(Uint8Array.from(clean)), noise, seed);
          return [repair.error, [...repair.pixels]];
        }""",
        [settings().clean.ravel().tolist(), 1.0, 3],
    )
    error, pixels = found
    expected = noisy_pixels(settings()).ravel().astype(int)
    assert np.abs(np.array(pixels) - expected).max() <= 1
    assert error == pytest.approx(1.0, abs=0.06)
    assert find(page, "error").inner_text() == f"{error:.2f}"


def test_a_click_paints_one_dot_and_the_error_follows(page: Page) -> None:
    before = greys(pad_of(page))
    click_dot(page, 3, 5)
    page.get_by_label("Paper").check()
    click_dot(page, 4, 5)
    after = greys(pad_of(page))
    assert after[5, 3] < DARK
    assert after[5, 4] > LIGHT
    changed = {(int(y), int(x)) for y, x in np.argwhere(before != after)}
    assert changed <= {(5, 3), (5, 4)}
    assert find(page, "touched").inner_text() == "2 of 784"
    made = settings()
    clean = made.clean[:, :, 0].astype(float) / 127.5 - 1.0
    repaired = page.evaluate(
        """async ([clean, noise, seed]) => {
          const { INK, PAPER, Repair } = await import("/static/labs/clean_by_hand/repair.js");
          const { valuesOf } = await import("/static/kit/noisy.js");
          const repair = new Repair(valuesOf(Uint8Array.from(clean)), noise, seed);
          repair.paint(143, INK);
          for (const value of [INK, PAPER, PAPER]) repair.paint(144, value);
          return [[...repair.values], repair.error, repair.touched.size];
        }""",
        [made.clean.ravel().tolist(), 1.0, 3],
    )
    values, error, touched = repaired
    assert touched == 2
    assert error == pytest.approx(np.sqrt(np.square(np.array(values) - clean.ravel()).mean()), abs=1e-6)
    assert find(page, "error").inner_text() == f"{error:.2f}"


def test_a_stroke_paints_the_dots_on_its_way_and_a_hovering_mouse_none(page: Page) -> None:
    page.mouse.move(*middle_of(page, 2, 20))
    page.mouse.move(*middle_of(page, 12, 20), steps=20)
    assert find(page, "touched").inner_text() == "0 of 784"
    state(page, "ready")
    page.mouse.move(*middle_of(page, 2, 20))
    page.mouse.down()
    page.mouse.move(*middle_of(page, 12, 20), steps=30)
    page.mouse.up()
    page.mouse.move(*middle_of(page, 20, 2), steps=10)
    assert find(page, "touched").inner_text() == "11 of 784"
    assert (greys(pad_of(page))[20, 2:13] < DARK).all()
    assert find(page, "curve").locator(".curve-known").get_attribute("d")


def test_by_keyboard_the_brush_moves_paints_and_is_changed(page: Page) -> None:
    voice = find(page, "voice")
    find(page, "pad").focus()
    page.keyboard.press("ArrowRight")
    expect(voice).to_have_text(re.compile(r"^Row 15, column 16: \d+% dark\.$"))
    page.keyboard.press("Space")
    assert greys(pad_of(page))[14, 15] < DARK
    page.keyboard.press("x")
    expect(voice).to_have_text("paper")
    assert page.get_by_label("Paper").is_checked()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert greys(pad_of(page))[13, 15] > LIGHT
    page.keyboard.press("ArrowDown")
    expect(voice).to_have_text("Row 15, column 16: painted ink.")
    for _ in range(30):
        page.keyboard.press("ArrowLeft")  # it stops at the edge
    expect(voice).to_have_text(re.compile("^Row 15, column 1: "))
    assert find(page, "touched").inner_text() == "2 of 784"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.role") == "ask"


def test_a_screen_reader_hears_the_error_now_and_then_and_not_at_each_dot(page: Page) -> None:
    voice = find(page, "voice")
    for x in range(19):
        click_dot(page, x, 1)
    assert voice.inner_text() == ""
    click_dot(page, 20, 1)
    expect(voice).to_have_text(re.compile(r"^20 dots, error \d\.\d\d\.$"))


def test_the_clock_begins_with_the_first_dot_and_ends_the_painting(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.clock.install()
    opened(page)
    page.clock.run_for(5_000)
    assert find(page, "left").inner_text() == "10 s"
    click_dot(page, 3, 5)
    page.clock.run_for(4_000)
    assert find(page, "left").inner_text() == "6 s"
    state(page, "painting")
    page.clock.run_for(6_400)
    state(page, "ended")
    assert find(page, "left").inner_text() == "0 s"
    sentence = find(page, "sentence").inner_text()
    assert sentence.startswith("Time is up. In 10 seconds you painted 1 of 784 dots, and the error ")
    assert sentence.endswith("At that speed the whole picture takes 130 minutes 40 seconds.")
    assert find(page, "voice").inner_text() == sentence
    click_dot(page, 9, 9)
    assert find(page, "touched").inner_text() == "1 of 784"
    assert find(page, "ask").inner_text() == "One call of the model"
    page.close()


def test_giving_up_asks_the_model_and_shows_the_four_side_by_side(page: Page) -> None:
    asked = answer(page)
    click_dot(page, 3, 5)
    assert find(page, "ask").inner_text() == "I give up: let the model do it"
    find(page, "ask").click()
    state(page, "shown")
    assert asked == [{"lesson": "by-hand", "lab": "lab-1"}]
    places = page.locator("#lab-1 [data-result]")
    assert places.count() == 4
    errors = places.locator("[data-role=result-error]").all_inner_texts()
    assert errors[2:] == ["error 0.21", "error 0.00"]
    noisy, yours, model, clean = (greys(places.nth(place).locator("canvas")) for place in range(4))
    assert {(int(y), int(x)) for y, x in np.argwhere(noisy != yours)} == {(5, 3)}
    np.testing.assert_array_equal(model, clean)
    sentence = find(page, "sentence").inner_text()
    assert "you painted 1 of 784 dots" in sentence
    assert sentence.endswith("One call of the model changed all 784 dots at once: its error is 0.21.")
    assert page.evaluate("document.activeElement.dataset.role") == "result"
    tops = [box["y"] for place in places.all() if (box := place.bounding_box())]
    assert len(set(tops)) == 1

    find(page, "again").click()
    state(page, "ready")
    assert find(page, "touched").inner_text() == "0 of 784"
    assert page.evaluate("document.activeElement.dataset.role") == "pad"
    np.testing.assert_array_equal(greys(pad_of(page)), noisy)


def test_the_clean_picture_is_not_shown_before_the_end(page: Page) -> None:
    assert find(page, "result").is_hidden()
    find(page, "ask").click()  # no engine answers
    expect(find(page, "fault")).to_be_visible()
    assert find(page, "result").is_hidden()


def test_it_can_be_skipped_before_a_single_dot(page: Page) -> None:
    answer(page)
    assert find(page, "ask").inner_text() == "Skip: let the model do it"
    find(page, "ask").click()
    state(page, "shown")
    assert find(page, "sentence").inner_text().startswith("You painted no dot.")


def test_an_engine_that_is_away_is_told_at_the_button_which_can_be_pressed_again(page: Page) -> None:
    click_dot(page, 3, 5)
    find(page, "ask").click()
    fault = find(page, "fault")
    expect(fault).to_have_text("The model is waking up. Press again in a moment.")
    state(page, "ended")
    page.context.set_offline(True)
    find(page, "ask").click()
    expect(fault).to_have_text("The server cannot be reached. Press again in a moment.")
    page.context.set_offline(False)
    answer(page)
    find(page, "ask").click()
    state(page, "shown")
    assert fault.is_hidden()


def test_on_a_phone_a_part_is_large_and_a_finger_paints_without_scrolling(phone: BrowserContext) -> None:
    page = phone.new_page()
    opened(page)
    page.locator("#lab-1").evaluate("plate => plate.scrollIntoView()")
    box = pad_of(page).bounding_box()
    assert box
    assert box["width"] / 16 >= 20
    assert greys(pad_of(page)).shape == (16, 16)
    before = page.evaluate("scrollY")
    touch = phone.new_cdp_session(page)
    x, y = middle_of(page, 4, 4, 16)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for down in range(1, 9):
        _, y = middle_of(page, 4, 4 + down, 16)
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(find(page, "touched")).to_have_text("9 of 784")
    assert page.evaluate("scrollY") == before
    assert (greys(pad_of(page))[4:13, 4] < DARK).all()

    left, right = greys(pad_of(page)), page.get_by_role("button", name="Upper right")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")
    np.testing.assert_array_equal(greys(pad_of(page))[:, :4], left[:, 12:])
    page.touchscreen.tap(*middle_of(page, 15, 0, 16))
    expect(find(page, "touched")).to_have_text("10 of 784")
    overview = greys(find(page, "overview").locator("canvas"))
    assert overview[0, 27] < DARK
    page.close()


def test_beside_the_picture_a_finger_scrolls_the_page(phone: BrowserContext) -> None:
    page = phone.new_page()
    opened(page)
    touch_action = "e => getComputedStyle(e).touchAction"
    assert pad_of(page).evaluate(touch_action) == "none"
    assert page.locator("#lab-1").evaluate(touch_action) == "auto"
    assert find(page, "pad").evaluate(touch_action) == "auto"
    page.close()


def test_by_keyboard_the_brush_takes_the_part_along(phone: BrowserContext) -> None:
    page = phone.new_page()
    opened(page)
    find(page, "pad").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert page.get_by_role("button", name="Upper right").get_attribute("aria-pressed") == "true"
    assert find(page, "cursor").is_visible()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, scheme: Any, width: int) -> None:
    answer(page)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 700})
    opened(page)
    assert violations(page) == []
    assert page.evaluate(SCROLLED)
    for part in page.locator("#lab-1 :is(.readouts dd, button, .tick):visible").all():
        box = part.bounding_box()
        assert box
        assert box["x"] + box["width"] <= width
    find(page, "ask").click()
    state(page, "shown")
    assert violations(page) == []
    assert page.evaluate(SCROLLED)
    noisy = greys(page.locator("#lab-1 [data-result=clean] canvas"))
    assert noisy[0, 0] > LIGHT > DARK > noisy.min()


def test_in_forced_colours_ink_is_darker_than_paper(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, forced_colors="active", color_scheme="dark") as context:
        page = context.new_page()
        opened(page)
        click_dot(page, 3, 5)
        page.get_by_label("Paper").check()
        click_dot(page, 4, 5)
        shown = greys(pad_of(page))
        assert shown[5, 3] < DARK < LIGHT < shown[5, 4]


def test_without_javascript_there_are_the_noisy_picture_and_a_link_to_the_answer(
    browser: Browser, site: str
) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(LESSON)
        assert find(page, "pad").is_hidden()
        still = page.locator("#lab-1 img.still")
        assert still.is_visible()
        assert still.evaluate("image => image.naturalWidth") == 8 * 28
        link = page.get_by_role("link", name="What one call of the model makes of it")
        answered = page.goto(str(link.get_attribute("href")))
        assert answered
        assert answered.status == 503  # there is no engine; the page says so
        assert "the model is waking up" in page.locator("main").inner_text()


@pytest.mark.slow
def test_the_real_model_halves_the_error_and_more(product: str, browser: Browser) -> None:
    with browser.new_context(base_url=product) as context:
        page = context.new_page()
        page.goto("/labs/clean-by-hand")
        find(page, "ask").click()
        state(page, "shown")
        errors = page.locator("#lab-1 [data-role=result-error]").all_inner_texts()
        noisy, yours, model, _ = (float(text.removeprefix("error ")) for text in errors)
        assert noisy == yours == pytest.approx(1.0, abs=0.06)
        assert model < noisy / 2
        assert page.request.get("/labs/clean-by-hand/-/lab-1/answer.png").ok
