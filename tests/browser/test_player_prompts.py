"""Prompts in the player: marks while typing, and what is said of the words that counted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.controls.request import RunRequest
from app.engine.reading import read_prompts
from app.prompt_notes import notes
from tests.browser.fake_painter import PAINTER
from tests.browser.fake_server import Scenario
from tests.browser.players import put, run_to_the_end, state
from tests.browser.playwright_names import Locator, Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

CASES = Path(__file__).parents[1] / "web" / "runs" / "prompt_cases.json"
READ = """async texts => {
  const { Vocabulary } = await import("/static/labs/player/vocabulary.js");
  const start = JSON.parse(document.querySelector("denoising-player").dataset.start);
  const vocabulary = new Vocabulary(start.prompt);
  return texts.map(text => {
    const { words, unknown, unread, contradictions, competing } = vocabulary.read(text);
    return { text, words, unknown, unread, contradictions, competing };
  });
}"""
STRUCK_OUT = """all => all.filter(word => getComputedStyle(word).textDecorationLine !== "none")
  .map(word => word.innerText)"""


def marked(page: Page, field: str = "prompt") -> Locator:
    return page.locator(f"[data-marks={field}]")


def test_the_player_reads_every_prompt_as_the_server_does(page: Page) -> None:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    page.goto("/painter")
    assert page.evaluate(READ, [case["text"] for case in cases]) == cases


def test_a_prompt_is_sent_as_it_was_typed_and_what_counted_of_it_is_said(
    page: Page, scenario: Scenario
) -> None:
    page.goto("/painter")
    put(page, "prompt", "A red House by day and night, with a castle")
    page.locator(".more > summary").click()
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
    page.locator(".more > summary").click()
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
    page.locator(".more > summary").click()
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
    reading = read_prompts(RunRequest(model="painter", prompt=f"house {typed}"), PAINTER)
    assert reading
    (note,) = notes(reading)
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
