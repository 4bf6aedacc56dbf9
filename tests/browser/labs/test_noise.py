"""The lab of noise: what sliding, choosing, comparing, other noise and links do."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.diffusion.schedules import SCHEDULES, sigma
from app.labs.noise.levels import MINUS
from tests.browser.labs.noise_plates import GREY, LESSON, Plate, as_shown, expected_values
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from tests.browser.playwright_names import Page

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.labs.noise_fixtures",)

RATIOS = {  # in dB at t = 0.25, 0.5, 0.75
    "linear": ("0.4", f"{MINUS}10.7", f"{MINUS}24.6"),
    "cosine": ("7.7", "0.0", f"{MINUS}7.7"),
    "flow": ("9.5", "0.0", f"{MINUS}9.5"),
}


def test_each_canvas_shows_the_picture_at_its_schedules_level(page: Page) -> None:
    plate = Plate(page)
    for t, schedule in product([0.0, 0.3, 0.755, 1.0], SCHEDULES):
        plate.slide(t)
        np.testing.assert_array_equal(plate.pixels(schedule), as_shown(expected_values(schedule, t)))


def test_a_grey_picture_is_shown_in_grey_with_the_noise_of_its_seed(page: Page) -> None:
    plate = Plate(page, "lab-2")
    for schedule in SCHEDULES:
        expected = as_shown(expected_values(schedule, 0.5, 41, GREY[:, :, None]))
        np.testing.assert_array_equal(plate.pixels(schedule), expected)


def test_sliding_there_and_back_gives_the_identical_picture(page: Page) -> None:
    plate = Plate(page)
    before = {schedule: plate.pixels(schedule) for schedule in SCHEDULES}
    for t in (0.8, 0.0, 1.0, 0.31):
        plate.slide(t)
        assert all((plate.pixels(schedule) != before[schedule]).any() for schedule in SCHEDULES)
    plate.slide(0.3)
    for schedule in SCHEDULES:
        np.testing.assert_array_equal(plate.pixels(schedule), before[schedule])


def test_all_schedules_have_the_same_noise(page: Page) -> None:
    plate = Plate(page)
    plate.slide(1.0)
    np.testing.assert_array_equal(plate.pixels("cosine"), plate.pixels("flow"))
    difference = plate.pixels("linear").astype(int) - plate.pixels("flow")
    assert np.abs(difference).max() == 1  # linear keeps 0.7 % of the picture


@pytest.mark.parametrize(("place", "t"), [(0, 0.25), (1, 0.5), (2, 0.75)])
def test_the_read_outs_are_those_of_the_schedules(page: Page, place: int, t: float) -> None:
    plate = Plate(page)
    plate.slide(t)
    for name, schedule in SCHEDULES.items():
        assert plate.read(name, "t") == f"{t:.3f}"
        assert plate.read(name, "snr") == f"{RATIOS[name][place]} dB"
        assert float(plate.read(name, "sigma")) == pytest.approx(sigma(schedule, t), rel=5e-3)
        assert float(plate.read(name, "signal")) == pytest.approx(schedule.signal_scale(t), abs=5e-4)
        assert float(plate.read(name, "noise")) == pytest.approx(schedule.noise_scale(t), abs=5e-4)
        values = expected_values(name, t)
        assert plate.read(name, "deviation") == f"{values.std():.2f}"
        clipped = 100 * (np.abs(values) > 1).mean()
        assert float(plate.read(name, "clipped").removesuffix(" %")) == pytest.approx(clipped, abs=0.5)
    assert float(plate.read("cosine", "alpha_bar")) == pytest.approx(0.5 * (1 + np.cos(np.pi * t)), abs=5e-4)
    assert plate.read("flow", "alpha_bar") == "\N{EN DASH}"


def test_at_the_ends_what_is_infinite_is_said_so(page: Page) -> None:
    plate = Plate(page)
    plate.slide(0.0)
    assert [plate.read(name, "snr") for name in SCHEDULES] == ["∞ dB"] * 3
    assert [plate.read(name, "clipped") for name in SCHEDULES] == ["0 %"] * 3
    plate.slide(1.0)
    assert [plate.read(name, "snr") for name in SCHEDULES] == [
        f"{MINUS}∞ dB",
        f"{MINUS}43.6 dB",
        f"{MINUS}∞ dB",
    ]
    assert [plate.read(name, "sigma") for name in SCHEDULES] == ["∞", "152", "∞"]


def test_a_histogram_is_that_of_numpy(page: Page) -> None:
    plate = Plate(page)
    own = np.histogram(expected_values("flow", 0.0), 64, (-4, 4))[0] / (3072 / 8)
    top = min(1.2, own.max())
    for t, schedule in product([0.0, 0.2, 0.65, 1.0], SCHEDULES):
        plate.slide(t)
        counts, _ = np.histogram(expected_values(schedule, t), 64, (-4, 4))
        np.testing.assert_allclose(plate.bars(schedule), 96 * counts / (3072 / 8) / top, atol=0.011)


def test_the_two_densities_stay_where_they_are_while_the_histogram_moves(page: Page) -> None:
    plate = Plate(page)
    pane = plate.pane("linear")
    paths = {name: pane.locator(f".histogram .{name}") for name in ("spread-picture", "spread-noise")}
    before = {name: path.get_attribute("d") for name, path in paths.items()}
    plate.slide(0.0)
    at_the_picture = plate.bars("linear")
    assert pane.locator(".histogram .spread-now").get_attribute("d") == before["spread-picture"]
    plate.slide(0.9)
    assert (plate.bars("linear") != at_the_picture).any()
    assert {name: path.get_attribute("d") for name, path in paths.items()} == before
    heights = [float(y) for y in re.findall(r" ([\d.]+)", str(before["spread-noise"]))]
    top = min(1.2, (np.histogram(expected_values("flow", 0.0), 64, (-4, 4))[0] / (3072 / 8)).max())
    assert 100 - min(heights) == pytest.approx(96 * 0.39894 / top, abs=0.02)


def test_the_points_stand_on_the_curves_at_the_sliders_t(page: Page) -> None:
    plate = Plate(page)
    plate.slide(0.5)
    points = plate.find("ratios").locator(".curve-point")
    places = [
        str(path).removeprefix("M").split("h")[0]
        for path in points.evaluate_all("paths => paths.map(path => path.getAttribute('d'))")
    ]
    across, down = zip(*(map(float, place.split()) for place in places), strict=True)
    assert across == (500.0, 500.0, 500.0)
    assert down == pytest.approx((50.0, 50 + 10.7 * 50 / 30, 50.0), abs=0.1)  # of 30 dB either way


def test_a_schedule_is_chosen_by_its_name_or_its_picture(page: Page) -> None:
    plate = Plate(page)
    plate.slide(0.25)
    assert plate.slider.get_attribute("aria-valuetext") == "t 0.250, signal-to-noise ratio 7.7 dB"
    plate.choose("flow")
    assert plate.slider.get_attribute("aria-valuetext") == "t 0.250, signal-to-noise ratio 9.5 dB"
    plate.pane("linear").locator("canvas").click()
    assert plate.slider.get_attribute("aria-valuetext") == "t 0.250, signal-to-noise ratio 0.4 dB"
    assert plate.pane("linear").locator("input").is_checked()
    assert plate.root.locator(".is-chosen[data-schedule]").count() == 1


def test_compared_at_the_same_ratio_each_schedule_stands_at_its_own_time(page: Page) -> None:
    plate = Plate(page)
    plate.choose("linear")
    plate.compare("snr")
    for t in (0.1, 0.3, 0.6):
        plate.slide(t)
        assert len({plate.read(name, "snr") for name in SCHEDULES}) == 1
        level = sigma(SCHEDULES["linear"], t)
        for name, schedule in SCHEDULES.items():
            assert float(plate.read(name, "t")) == pytest.approx(schedule.t_from_sigma(level), abs=6e-4)
        same = plate.pixels("cosine").astype(int) - plate.pixels("linear")
        assert np.abs(same).max() <= 1
        assert (plate.pixels("flow") != plate.pixels("linear")).any()
    plate.compare("t")
    assert [plate.read(name, "t") for name in SCHEDULES] == ["0.600"] * 3


def test_a_schedule_without_so_much_noise_stands_at_its_end(page: Page) -> None:
    plate = Plate(page)
    plate.compare("snr")
    plate.slide(1.0)
    assert (plate.read("linear", "t"), plate.read("linear", "snr")) == ("1.000", f"{MINUS}43.6 dB")
    assert (plate.read("flow", "t"), plate.read("flow", "snr")) == ("1.000", f"{MINUS}∞ dB")
    plate.slide(0.0)
    assert [plate.read(name, "t") for name in SCHEDULES] == ["0.000"] * 3


def test_the_dice_draw_other_noise_which_is_that_of_the_seed_they_show(page: Page) -> None:
    plate = Plate(page)
    before = plate.pixels("cosine")
    plate.find("dice").click()
    seed = int(plate.find("seed").input_value())
    assert seed != 0
    assert (plate.pixels("cosine") != before).mean() > 0.8
    np.testing.assert_array_equal(plate.pixels("cosine"), as_shown(expected_values("cosine", 0.3, seed)))
    assert plate.find("status").text_content() == f"Other noise, of seed {seed}."
    plate.find("seed").fill("0")
    np.testing.assert_array_equal(plate.pixels("cosine"), before)


def test_what_is_no_seed_is_said_and_changes_nothing(page: Page) -> None:
    plate = Plate(page)
    before = plate.pixels("cosine")
    for text in ("", "-1", "1.5", "9007199254740992"):
        plate.find("seed").fill(text)
        assert plate.find("seed-fault").is_visible()
        assert plate.find("seed").get_attribute("aria-invalid") == "true"
        np.testing.assert_array_equal(plate.pixels("cosine"), before)
    plate.find("seed").fill("9007199254740991")
    assert plate.find("seed-fault").is_hidden()
    assert plate.find("seed").get_attribute("aria-invalid") is None
    expected = as_shown(expected_values("cosine", 0.3, 2**53 - 1))
    np.testing.assert_array_equal(plate.pixels("cosine"), expected)


def test_a_link_leads_back_to_the_state(page: Page) -> None:
    plate, start = Plate(page), page.url
    plate.slide(0.415)
    plate.choose("flow")
    plate.compare("snr")
    plate.find("seed").fill("77")
    expect(page).to_have_url(f"{start}#lab-1?t=0.415&seed=77&schedule=flow&compare=snr")
    assert plate.find("permalink").evaluate("link => link.hash") == page.evaluate("location.hash")
    seen = {schedule: plate.pixels(schedule) for schedule in SCHEDULES}
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    for schedule in SCHEDULES:
        np.testing.assert_array_equal(plate.pixels(schedule), seen[schedule])
    assert plate.slider.input_value() == "83"
    assert plate.find("seed").input_value() == "77"
    assert plate.pane("flow").locator("input").is_checked()
    assert plate.root.locator("[data-role=compare][value=snr]").is_checked()
    assert page.evaluate("scrollY") > 0


def test_an_address_that_changes_is_followed_and_one_about_something_else_is_not(page: Page) -> None:
    first, second = Plate(page), Plate(page, "lab-2")
    page.evaluate("location.hash = '#lab-2?t=0.9&seed=3'")
    expect(second.slider).to_have_value("180")
    assert first.slider.input_value() == "60"
    assert second.pane("linear").locator("input").is_checked()
    page.evaluate("location.hash = '#sliding'")
    page.evaluate("location.hash = '#lab-10?t=0.1'")
    assert (first.slider.input_value(), second.slider.input_value()) == ("60", "180")


def test_what_makes_no_sense_in_a_link_is_said_and_left_as_it_was(page: Page) -> None:
    page.goto(f"{LESSON}#lab-1?t=2&seed=x&schedule=cubic&compare=no&speed=3")
    page.reload()
    plate = Plate(page)
    status = "Not understood in the link, and left as it was: t, seed, schedule, compare, speed."
    assert plate.find("status").text_content() == status
    np.testing.assert_array_equal(plate.pixels("cosine"), as_shown(expected_values("cosine", 0.3)))


@pytest.mark.parametrize(("t", "position", "shown"), [("0.3333", "67", "0.335"), ("0.001", "0", "0")])
def test_a_time_between_two_places_of_the_slider_is_said_to_be_moved(
    page: Page, t: str, position: str, shown: str
) -> None:
    page.goto(f"{LESSON}#lab-1?t={t}&speed=3")
    page.reload()
    plate = Plate(page)
    assert plate.slider.input_value() == position
    assert plate.find("status").text_content() == (
        "Not understood in the link, and left as it was: speed. The slider moves in steps of 0.005, "
        f"so t {t} of the link is shown at {shown}."
    )
    page.evaluate("location.hash = '#lab-1?t=0.335'")
    expect(plate.find("status")).to_have_text("")


def test_a_page_that_is_only_read_keeps_its_address(page: Page) -> None:
    page.wait_for_timeout(600)
    assert page.url.endswith(LESSON)
