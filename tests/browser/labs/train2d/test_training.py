"""Trainings on the plate: one and two side by side, looked over afterwards, stopped, and every trouble."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.labs.train2d.plates import PATH, Trainings, column, done, find, ink, said, train
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_training_is_asked_for_with_the_settings_of_the_form(page: Page, trainings: Trainings) -> None:
    page.get_by_text("How it is trained").click()
    page.get_by_label("Two moons").check()
    page.get_by_label("Target").select_option("v")
    page.get_by_label("Schedule").select_option("cosine")
    page.get_by_label("Level", exact=True).select_option("no")
    page.get_by_label("Levels in the loop").select_option("cycled")
    page.get_by_label("Updates").first.select_option("100")
    page.get_by_label("Seed").fill("12")
    train(page)
    done(page)
    assert trainings.asked == [
        {
            "preset": "two_moons",
            "target": "v",
            "schedule": "cosine",
            "level_told": False,
            "loop": "cycled",
            "updates": 100,
            "seed": 12,
        }
    ]
    name = column(page).locator("[data-role=name]").inner_text()
    assert (
        name
        == "Two moons \u00b7 v \u00b7 cosine \u00b7 level not told \u00b7 levels 0.1 to 1, again and again"
    )
    assert not column(page, 2).is_visible()


def test_what_comes_is_shown_and_can_be_looked_over_report_by_report(page: Page) -> None:
    train(page)
    done(page)
    one = column(page)
    assert re.match(
        r"After 40 updates: mean error of x0 0\.\d\d; the best possible is 0\.5\d\.",
        said(page, "standing"),
    )
    assert one.locator("[data-figure=floor]").first.text_content() == "0.006"
    assert one.locator("[data-figure=blind]").first.is_hidden()
    now = one.locator(".now-line")
    newest = now.get_attribute("d")
    slider = find(page, "report")
    assert slider.get_attribute("aria-valuetext") == "40 of 40 updates"
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "0 of 40 updates"
    assert now.get_attribute("d") == one.locator(".first-line").get_attribute("d") != newest
    assert "After 0 updates" in said(page, "standing")


def test_samples_ways_and_guesses_are_other_drawings(page: Page) -> None:
    train(page)
    done(page)
    canvas = column(page).locator("canvas")
    drawings = {ink(canvas)}
    page.get_by_label("Their ways from noise").check()
    drawings.add(ink(canvas))
    assert find(page, "guess-label").is_hidden()
    page.get_by_role("radio", name="Guesses").check()
    for level in range(3):
        find(page, "guess-level").select_option(str(level))
        drawings.add(ink(canvas))
    assert len(drawings) == 5


def test_two_are_trained_side_by_side_with_one_thing_changed(page: Page, trainings: Trainings) -> None:
    page.get_by_label("Train beside it").select_option("untold")
    train(page)
    done(page)
    done(page, 2)
    first, second = trainings.asked
    assert first | {"level_told": False} == second
    assert first["level_told"] is True
    assert column(page, 2).locator("[data-role=name]").inner_text() == "Beside, level: not told"
    assert "not told the level" in said(page, "standing", 2)
    assert "not told" not in said(page, "standing")
    assert column(page, 2).locator(".blind-line").get_attribute("d")
    marks = [column(page, place).locator("[data-mark]").inner_text() for place in (1, 2)]
    assert marks[0] == marks[1]  # one scale


def test_what_would_be_the_same_cannot_be_chosen_beside(page: Page) -> None:
    beside = page.get_by_label("Train beside it")
    assert beside.locator("option[value=random]").is_disabled()
    beside.select_option("rising")
    page.get_by_text("How it is trained").click()
    page.get_by_label("Levels in the loop").select_option("rising")
    assert beside.input_value() == "none"
    assert beside.locator("option[value=rising]").is_disabled()
    assert beside.locator("option[value=random]").is_enabled()


def test_the_first_prints_of_a_loop_stand_beside_those_of_the_exact_denoiser(page: Page) -> None:
    page.get_by_text("How it is trained").click()
    page.get_by_label("Levels in the loop").select_option("rising")
    page.get_by_label("Updates").first.select_option("10")
    train(page)
    done(page)
    one = column(page)
    one.get_by_text("What the loop prints first").click()
    rows = [row.inner_text().split("\t") for row in one.locator("[data-role=prints] tr").all()]
    assert [row[:2] for row in rows] == [[str(k), f"{k / 10:.1f}"] for k in range(1, 11)]
    exact = [float(row[3]) for row in rows]
    assert exact[0] < 0.05
    assert exact[-1] > 0.8


def test_a_training_that_goes_on_is_stopped_and_withdrawn(page: Page, trainings: Trainings) -> None:
    trainings.ending = b": still going\n\n"
    train(page)
    expect(column(page)).to_have_attribute("data-state", "training")
    find(page, "stop").click()
    expect(column(page)).to_have_attribute("data-state", "stopped")
    assert find(page, "stop").is_hidden()
    assert trainings.withdrawn == 1
    assert page.evaluate("document.activeElement.dataset.role") == "train"
    assert "After 40 updates" in said(page, "standing")


def test_a_training_that_fails_says_so_and_starts_again_from_the_same_points(
    page: Page, trainings: Trainings
) -> None:
    trainings.ending = b'event: failed\ndata: {"reason": "The model went away."}\n\n'
    page.get_by_label("Drawn by you").check()
    page.locator("#lab-1 [data-role=pad]").focus()
    page.keyboard.press("Space")
    train(page)
    expect(column(page)).to_have_attribute("data-state", "failed")
    assert said(page, "state") == "The model went away. Press Train to start it again."
    trainings.ending = Trainings().ending
    train(page)
    done(page)
    assert trainings.asked[0] == trainings.asked[1]
    assert trainings.asked[1]["points"] == [[0, 0]]


def test_a_refusal_is_told_in_the_servers_words(page: Page, trainings: Trainings) -> None:
    trainings.refusal = (422, {"message": "there may be at most 2,000 points", "field": "points"})
    train(page)
    expect(column(page)).to_have_attribute("data-state", "failed")
    assert said(page, "state") == "There may be at most 2,000 points."


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1e3", "9007199254740992", "1,000"])
def test_a_seed_that_is_none_is_told_beside_it(page: Page, trainings: Trainings, text: str) -> None:
    page.get_by_text("How it is trained").click()
    page.get_by_label("Seed").fill(text)
    page.get_by_text("How it is trained").click()
    train(page)
    assert find(page, "seed-fault").is_visible()
    assert page.get_by_label("Seed").get_attribute("aria-invalid") == "true"
    assert trainings.asked == []


def test_on_a_slow_machine_fewer_updates_are_set_first(page: Page, trainings: Trainings) -> None:
    assert find(page, "updates").input_value() == "3000"
    trainings.pace = (0.02, 0.1)  # 3,000 updates take a minute
    page.goto(PATH)
    expect(find(page, "note")).to_contain_text("500 updates are set to begin with")
    assert find(page, "updates").input_value() == "500"
    assert find(page, "cost").inner_text() == "takes about 12 seconds"
