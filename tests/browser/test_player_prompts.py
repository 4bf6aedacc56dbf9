"""The player of a model that reads prompts: marks while typing, its words, and what each word drew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from app.engine.run import RunRequest, read_prompts
from app.prompt_notes import notes
from tests.browser.fake_painter import PAINTER
from tests.browser.fake_server import Scenario
from tests.browser.players import AXE, PIXELS, TOO_SMALL, put, reading, run_to_the_end, start, state

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

CASES = Path(__file__).parents[1] / "web" / "prompt_cases.json"
READ = """async texts => {
  const { Vocabulary } = await import("/static/player/vocabulary.js");
  const start = JSON.parse(document.querySelector("denoising-player").dataset.start);
  const vocabulary = new Vocabulary(start.prompt);
  return texts.map(text => {
    const { words, unknown, unread, contradictions, competing } = vocabulary.read(text);
    return { text, words, unknown, unread, contradictions, competing };
  });
}"""
OVERLAY = """() => {
  const canvas = document.querySelector("[data-role=overlay]");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from(data).filter((_, index) => index % 4 === 3);
}"""
COLOURED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((level, index) => index % 4 === 0 && level !== data[index + 1]);
}"""
STRUCK_OUT = """all => all.filter(word => getComputedStyle(word).textDecorationLine !== "none")
  .map(word => word.innerText)"""
HOUSE_LOOKED_AT = re.compile(r"^house looked at most from the bottom left; at its strongest point \d+%$")


def marked(page: Page, field: str = "prompt") -> Locator:
    return page.locator(f"[data-marks={field}]")


def words(page: Page) -> Locator:
    return page.locator(".word-map")


def paint(page: Page, prompt: str, attention: bool = True) -> None:
    page.goto("/painter")
    put(page, "prompt", prompt)
    if attention:
        page.locator("[name=attention]").check()
    run_to_the_end(page)
    page.locator("[data-go=last]").click()


def test_the_player_reads_every_prompt_as_the_server_does(page: Page) -> None:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    page.goto("/painter")
    assert page.evaluate(READ, [case["text"] for case in cases]) == cases


def test_a_prompt_is_sent_as_it_was_typed_and_what_counted_of_it_is_said(
    page: Page, scenario: Scenario
) -> None:
    page.goto("/painter")
    put(page, "prompt", "A red House by day and night, with a castle")
    page.locator(".more summary").click()
    put(page, "negative_prompt", "fog בית")
    run_to_the_end(page)
    (posted,) = scenario.posted
    assert posted["prompt"] == "A red House by day and night, with a castle"
    assert posted["negative_prompt"] == "fog בית"
    assert not {"label", "attention"} & set(posted)
    said = page.locator("[data-role=notes] li")
    expect(said).to_have_text(
        [
            "Not in the model's vocabulary, and left out: “castle”.",
            "“day” and “night” contradict each other: the model paints one of them or a mixture.",
            "Not in the model's vocabulary, and left out of the negative prompt: “בית”.",
        ]
    )
    expect(page.get_by_role("status").filter(has=said.first)).to_have_count(1)  # so it is read out
    assert said.nth(2).locator("bdi").all_inner_texts() == ["בית"]
    put(page, "prompt", "a house")
    put(page, "negative_prompt", "")
    run_to_the_end(page)
    expect(page.locator("[data-role=notes]")).to_be_hidden()
    expect(page.locator("[data-role=word-maps]")).to_be_hidden()


def test_unknown_words_are_marked_at_once_and_beginnings_of_known_ones_are_not(page: Page) -> None:
    page.goto("/painter")
    field = page.locator("[name=prompt]")
    field.press_sequentially("hou")
    expect(marked(page)).to_be_empty()
    field.press_sequentially("x")
    expect(marked(page)).to_have_text("Not in the model's vocabulary, and left out: “houx”.")
    put(page, "prompt", "a <b>castle</b> on hou")
    expect(marked(page)).to_have_text("Not in the model's vocabulary, and left out: “<”, “b”, “>”, “castle”.")
    field.blur()
    expect(marked(page).locator("bdi")).to_have_text(["<", "b", ">", "castle", "hou"])
    put(page, "prompt", "house " * 26)
    expect(marked(page)).to_have_text(
        "Longer than the 24 words that the model reads: the last 2 are left off."
    )
    put(page, "prompt", "a house")
    expect(marked(page)).to_be_empty()
    page.locator(".more summary").click()
    put(page, "negative_prompt", "dragons")
    expect(marked(page, "negative_prompt")).to_contain_text("dragons")


def test_words_that_contradict_each_other_or_compete_are_told_while_one_types(page: Page) -> None:
    page.goto("/painter")
    field = page.locator("[name=prompt]")
    field.press_sequentially("a house by day and night")
    expect(marked(page)).to_be_empty()  # it may become "nighttime"
    field.press_sequentially(",")
    expect(marked(page)).to_have_text("“day” and “night” contradict each other.")
    put(page, "prompt", "dawn day night by a boat, a tree and a castle.")
    expect(marked(page)).to_have_text(
        "Not in the model's vocabulary, and left out: “castle”. "
        "“dawn”, “day” and “night” contradict one another. "
        "“boat” and “tree” compete: this model paints only one of a kind."
    )
    assert marked(page).locator("bdi").evaluate_all(STRUCK_OUT) == ["castle"]


def test_what_is_said_of_a_prompt_is_said_of_its_field(page: Page) -> None:
    page.goto("/painter")
    put(page, "prompt", "castle")
    expect(page.get_by_label("Prompt", exact=True)).to_have_accessible_description(
        re.compile("^What to paint.* left out: “castle”.$")
    )
    page.locator(".more summary").click()
    put(page, "negative_prompt", "day night,")
    expect(page.get_by_label("Away from (negative prompt)")).to_have_accessible_description(
        re.compile("^What the picture is led away from.* contradict each other.$")
    )


@pytest.mark.parametrize(
    "typed",
    ["\u202e", "\u202e\u202c", "\u202e<", "<\u200b>", "\u200d", "👩\u200d👧", "👩\u200d", "y" * 60],
    ids=ascii,
)
def test_signs_that_cannot_be_seen_are_named_as_the_server_names_them(page: Page, typed: str) -> None:
    page.goto("/painter")
    put(page, "prompt", f"house {typed} ")
    (note,) = notes(read_prompts(RunRequest(model="painter", prompt=f"house {typed}"), PAINTER))
    expect(marked(page)).to_have_text(note)


def test_words_of_the_vocabulary_are_added_by_keyboard(page: Page, scenario: Scenario) -> None:
    page.goto("/painter")
    put(page, "prompt", "a ")
    page.locator(".words summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="red", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="house", exact=True).focus()
    page.keyboard.press("Space")
    assert page.locator("[name=prompt]").input_value() == "a red house"
    expect(page.get_by_role("button", name="house", exact=True)).to_be_focused()
    expect(page.locator("[data-role=announce]")).to_have_text("Added to the prompt: house.")
    assert scenario.posted == []


def test_enter_in_the_prompt_starts_the_run(page: Page, scenario: Scenario) -> None:
    page.goto("/painter")
    put(page, "prompt", "a house")
    page.locator("[name=prompt]").press("Enter")
    state(page, "done")
    assert scenario.posted[0]["prompt"] == "a house"


def test_a_chosen_words_map_lies_over_the_guess_and_follows_the_scrubber(page: Page) -> None:
    paint(page, "a castle house at night")
    expect(words(page)).to_have_count(4)
    expect(page.locator("[data-role=overlay]")).to_be_hidden()
    house = page.get_by_role("button", name=HOUSE_LOOKED_AT)
    house.click()
    expect(house).to_have_attribute("aria-pressed", "true")
    late = page.evaluate(OVERLAY)
    width = page.locator("[data-role=overlay]").evaluate("canvas => canvas.width")
    assert width == 32
    assert late.index(max(late)) // width > 16 > late.index(max(late)) % width
    share = house.locator(".share").inner_text()
    expect(page.locator("[data-role=word-said]")).to_have_text(
        f"house: looked at most from the bottom left; at its strongest point {share}"
    )
    page.locator("[data-role=scrubber]").fill("5")
    early = page.evaluate(OVERLAY)
    assert sum(early) > sum(late)  # the spot narrows in the course of the run
    assert house.locator(".share").inner_text() != share
    words(page).nth(3).click()
    expect(house).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(OVERLAY) != early
    words(page).nth(3).click()
    page.mouse.move(0, 0)
    expect(page.locator("[data-role=overlay]")).to_be_hidden()


def test_every_word_has_a_map_of_its_own_beside_it(page: Page) -> None:
    paint(page, "house at night")
    maps = (
        words(page)
        .locator("canvas")
        .evaluate_all("all => all.map(canvas => [canvas.width, canvas.height, canvas.toDataURL()])")
    )
    assert [size[:2] for size in maps] == [[16, 16]] * 3
    assert len({url for _, _, url in maps}) == 3


def test_a_words_map_is_looked_at_by_keyboard_and_goes_with_the_focus(page: Page) -> None:
    paint(page, "house at night")
    page.locator("[data-role=start]").focus()
    page.keyboard.press("Tab")
    expect(words(page).first).to_be_focused()
    expect(page.locator("[data-role=overlay]")).to_be_visible()
    first = page.evaluate(OVERLAY)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(OVERLAY) != first
    page.keyboard.press("ArrowLeft")
    assert reading(page, "step") == "19 / 20"
    page.keyboard.press("Space")
    expect(words(page).nth(2)).to_have_attribute("aria-pressed", "true")
    page.locator("[name=seed]").focus()
    expect(page.locator("[data-role=overlay]")).to_be_visible()
    assert reading(page, "step") == "19 / 20"


def test_several_pictures_have_a_map_each(page: Page, scenario: Scenario) -> None:
    page.goto("/painted")
    run_to_the_end(page)
    assert scenario.posted[0]["attention"] is True
    page.locator("[data-go=last]").click()
    words(page).nth(1).click()
    expect(page.locator("[data-role=word-said]")).to_contain_text(
        re.compile(
            r"house: looked at in picture 1 most from the bottom left \(at its strongest point \d+%\); "
            r"in picture 2 most from the bottom right"
        )
    )
    size = words(page).nth(1).locator("canvas").evaluate("canvas => [canvas.width, canvas.height]")
    assert size == [33, 33]
    boxes = [page.locator(f"[data-pane=x0_hat] canvas >> nth={index}").bounding_box() for index in (0, 1)]
    assert boxes[0] == boxes[1]


def test_more_pictures_than_four_have_no_maps_and_it_is_said_why(page: Page, scenario: Scenario) -> None:
    page.goto("/painter")
    tick = page.locator("[name=attention]")
    tick.check()
    put(page, "count", "5")
    expect(tick).to_be_disabled()
    expect(page.locator("[data-role=attention-off]")).to_contain_text("Only for up to 4 pictures")
    put(page, "steps", "3")
    run_to_the_end(page)
    assert "attention" not in scenario.posted[0]
    put(page, "count", "4")
    expect(tick).to_be_enabled()
    expect(page.locator("[data-role=attention-off]")).to_be_hidden()


def test_colours_are_drawn_in_all_panes_and_before_the_run(page: Page) -> None:
    page.goto("/painter")
    assert page.locator("[data-pane=x_t] canvas").evaluate(COLOURED)
    before = page.evaluate(PIXELS, "x_t")
    put(page, "prompt", "house")
    run_to_the_end(page)
    page.locator("[data-go=first]").click()
    assert page.evaluate(PIXELS, "x_t") == before
    for pane in ("x_t", "x0_hat", "eps_hat"):
        assert page.locator(f"[data-pane={pane}] canvas").first.evaluate(COLOURED)


def test_a_link_carries_prompts_and_maps(page: Page, scenario: Scenario) -> None:
    paint(page, "Haus, house & hills + 50%")
    link = page.locator("[data-role=permalink]").get_attribute("href")
    page.goto("about:blank")
    page.goto(f"/painter{link}")
    assert page.locator("[name=prompt]").input_value() == "Haus, house & hills + 50%"
    expect(page.locator("[name=attention]")).to_be_checked()
    expect(page.locator("[data-role=status]")).to_have_text("Start to see frame 20 of this run.")
    run_to_the_end(page)
    assert scenario.posted[0] == scenario.posted[1]


def test_a_link_without_prompts_clears_them_and_nonsense_is_named(page: Page) -> None:
    page.goto("/painted#player-1?label=7&attention=maybe&negative_prompt=night&count=2")
    expect(page.locator("[data-role=status]")).to_contain_text("left as it was: label, attention.")
    assert page.locator("[name=prompt]").input_value() == ""
    assert page.locator("[name=negative_prompt]").input_value() == "night"
    expect(page.locator("[name=attention]")).not_to_be_checked()
    page.goto(f"/painted#player-1?prompt={'a' * 501}")
    expect(page.locator("[data-role=status]")).to_contain_text("left as it was: prompt.")
    assert page.locator("[name=prompt]").input_value() == ""


def test_a_prompt_too_long_for_a_link_is_run_and_said_to_be(page: Page, scenario: Scenario) -> None:
    paint(page, "house " + "🚀" * 200, attention=False)
    assert len(scenario.posted[0]["prompt"]) == 206
    expect(page.locator("[data-role=no-link]")).to_be_visible()
    expect(page.locator("[data-role=permalink]")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"#player-1$"))
    paint(page, "house " + "tree " * 90, attention=False)
    expect(page.locator("[data-role=no-link]")).to_be_hidden()
    expect(page.locator("[data-role=permalink]")).to_be_visible()


def test_a_refused_prompt_is_refused_at_its_field(page: Page) -> None:
    page.goto("/painter")
    page.locator("[name=prompt]").evaluate("field => { field.value = 'a'.repeat(501) }")
    start(page)
    state(page, "failed")
    expect(page.locator("[name=prompt]")).to_be_focused()
    expect(page.locator("[data-role=form-fault]")).to_contain_text("500 characters")


def test_a_run_costs_twice_as_much_where_guidance_has_two_prompts_to_tell_apart(page: Page) -> None:
    page.goto("/painter")
    cost = page.locator("[data-role=start] [data-role=cost]")
    put(page, "steps", "200")
    put(page, "count", "8")
    expect(cost).to_have_text("200 steps for 8 pictures, about 2 s")
    put(page, "prompt", "house")
    expect(cost).to_have_text("200 steps for 8 pictures, about 4 s")
    page.locator(".more summary").click()
    for prompt, negative, seconds in (
        ("castle", "", 2),  # which the model reads nothing of
        ("house", "Home!", 2),  # which are the same to it
        ("house", "castle", 4),
        ("castle", "house", 4),
    ):
        put(page, "prompt", prompt)
        put(page, "negative_prompt", negative)
        expect(cost).to_have_text(f"200 steps for 8 pictures, about {seconds} s")
    put(page, "guidance", "0.0000001")
    expect(cost).to_have_text("200 steps for 8 pictures, about 2 s")


def test_a_run_with_maps_does_not_change_what_others_are_said_to_cost(page: Page) -> None:
    page.goto("/painter")
    put(page, "prompt", "house")
    put(page, "steps", "20")
    page.locator("[name=attention]").check()
    run_to_the_end(page)
    cost = page.locator("[data-role=start] [data-role=cost]")
    put(page, "steps", "400")
    expect(cost).to_have_text("400 steps, about 1 s")  # at the server's 800 rows a second
    page.locator("[name=attention]").uncheck()
    put(page, "steps", "20")
    run_to_the_end(page)
    put(page, "steps", "400")
    expect(cost).to_have_text("400 steps, about 8 s")  # at the 100 a second that the run without maps had


def test_prompts_work_without_javascript_and_the_vocabulary_is_text(
    browser: Browser, server: tuple[str, Scenario]
) -> None:
    context = browser.new_context(base_url=server[0], java_script_enabled=False)
    page = context.new_page()
    page.goto("/painted")
    page.locator(".words summary").click()
    expect(page.locator("[data-word=windmill]")).to_be_visible()
    assert page.locator(".words button").count() == 0
    expect(page.locator("[name=attention]")).to_be_hidden()
    put(page, "prompt", "tree by day")
    page.locator(".form-end button").click()
    assert "prompt=tree by day, " in page.content()
    assert "negative_prompt=fog" in page.content()
    assert "attention" not in page.content()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_in_prompts_and_maps(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/painted")
    put(page, "prompt", "a red house and a castle on hills " * 4)
    page.locator(".words summary").click()
    assert Axe().run(page, options=AXE).response["violations"] == []
    run_to_the_end(page)
    words(page).nth(1).click()
    found = Axe().run(page, options=AXE).response["violations"]
    assert [(fault["id"], [node["html"][:90] for node in fault["nodes"]]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(TOO_SMALL) == []
