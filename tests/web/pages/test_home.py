from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.cards import find_cards
from app.questions.catalogue import load_catalogue
from app.settings import files_folder
from app.web.pages.course_map import course_map
from app.web.pages.recording import read_recording
from tests.web.cookies import learner_cookie
from tests.web.small_course import Site

STATIC = files_folder("static")
PRACTICE = "/lessons/colours/practice"
OUTLINE = """
[[unit]]
number = 1
title = "The idea"
[[unit.lesson]]
number = 1
slug = "colours"
title = "Colours, as planned"
idea = "What was planned of them."
[[unit]]
number = 2
title = "Further on"
[[unit.lesson]]
number = 2
slug = "shades"
title = "Shades"
idea = "Between two colours."
prerequisites = ["colours"]
[[unit.lesson]]
number = 3
slug = "light"
title = "Light"
idea = "What colours are made of."
prerequisites = ["shades", "colours"]
"""


def answer(client: TestClient, question: str, text: str) -> None:
    page = client.get(f"{PRACTICE}?q={question}").text
    option = re.search(rf'value="([^"]+)"[^>]*>(?:(?!value=).)*?{text}', page, re.S)
    attempt = re.search(r'name="attempt" value="([^"]+)"', page)
    assert option and attempt
    data = {"option": option[1], "attempt": attempt[1]}
    assert client.post(f"{PRACTICE}?q={question}", data=data).status_code == 200


def test_the_recorded_run_is_one_of_the_shipped_model() -> None:
    recording = read_recording(STATIC)
    assert recording is not None
    shipped = {file.card.name: file.card.sha256 for file in find_cards(files_folder("models"))}
    assert recording.model_sha256 == shipped[recording.model]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(STATIC / "recorded", tmp_path / "recorded")
    return tmp_path


def test_a_recording_with_an_altered_sprite_is_not_shown(copied: Path) -> None:
    assert read_recording(copied) is not None
    sprite = copied / "recorded" / "home.png"
    sprite.write_bytes(sprite.read_bytes() + b"\n")
    assert read_recording(copied) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"sha256": "x"}'])
def test_a_recording_that_cannot_be_read_is_not_shown(copied: Path, content: str) -> None:
    (copied / "recorded" / "home.json").write_text(content)
    assert read_recording(copied) is None


def test_the_picture_stands_by_the_headline_and_moves_without_scripts_too(site: Site) -> None:
    page = site().get("/").text
    main = page[page.index("<main") :]
    assert main.index("<h1>") < main.index('class="button primary"') < main.index("<recorded-run")
    assert main.index("<recorded-run") < main.index('id="course"')
    assert re.search(r"<noscript>.*recorded/home\.gif\?v=.*</noscript>", main, re.S)
    about = json.loads((STATIC / "recorded" / "home.json").read_text())
    assert f'frames="{about["frames"]}" columns="{about["columns"]}"' in main


def course_of(page: str) -> str:
    return page[page.index('id="course"') : page.index("</main>")]


def test_the_map_of_the_course_that_ships_lists_thirteen_lessons_in_four_units() -> None:
    catalogue = load_catalogue(files_folder("lessons"))
    units = course_map(catalogue)
    assert [len(unit.entries) for unit in units] == [3, 3, 3, 4]
    entries = [entry for unit in units for entry in unit.entries]
    assert [entry.number for entry in entries] == list(range(1, 14))
    assert [entry.lesson for entry in entries if entry.lesson] == list(catalogue.lessons)
    assert entries[12].title == "Beyond pictures"


def test_the_map_shows_a_lesson_by_its_own_title_and_summary(site: Site) -> None:
    course = course_of(site(outline=OUTLINE).get("/").text)
    units = re.findall(r'class="numeral">(\w+)</span> ([^<]+)<', course)
    assert units == [("I", "The idea"), ("II", "Further on")]
    assert course.index("The idea") < course.index("Seeing colours") < course.index("Further on")
    assert "What colours are." in course
    assert "planned" not in course


def test_the_map_links_only_lessons_that_exist_and_names_what_each_builds_on(site: Site) -> None:
    course = course_of(site(outline=OUTLINE).get("/").text)
    assert course.count('class="lesson-title"') == 3
    assert set(re.findall(r'href="([^"]+)"', course)) == {"/lessons/colours"}
    assert "7 minutes, 3 questions" in course
    assert "in preparation, builds on lesson 1<" in course
    assert "in preparation, builds on lessons 1 and 2<" in course


def test_without_an_outline_the_units_are_those_that_lessons_name(site: Site) -> None:
    client = site()
    course = course_of(client.get("/").text)
    assert re.findall(r'class="numeral">(\w+)</span> ([^<]+)<', course) == [("I", "The idea")]
    assert course.count('class="lesson-title"') == 1


def test_home_is_the_same_bytes_for_one_who_has_answered(site: Site) -> None:
    client = site()
    before = client.get("/").content
    answer(client, "one", "Red")
    assert client.get("/").content == before


def test_a_new_learner_is_offered_the_first_lesson(site: Site) -> None:
    fragment = site().get("/fragments/progress").text
    assert "Start lesson 1" in fragment
    assert "lesson-thumb" not in fragment


def test_one_who_has_begun_is_led_to_the_next_question_and_sees_the_picture_clear(site: Site) -> None:
    client = site()
    answer(client, "one", "Red")
    answer(client, "two", "Blue")
    fragment = client.get("/fragments/progress").text
    assert f'href="{PRACTICE}?q=two"' in fragment, "a try is left"
    assert "1 of 3 questions answered" in fragment
    answer(client, "two", "Yellow")
    fragment = client.get("/fragments/progress").text
    assert f'href="{PRACTICE}?q=some"' in fragment
    assert "2 of 3 questions answered" in fragment
    assert 'id="thumb-colours"' in fragment
    assert 'share="0.333"' in fragment


def test_one_who_has_answered_everything_is_led_to_the_summary(site: Site) -> None:
    client = site()
    answer(client, "one", "Red")
    for question, option in (("two", "Red"), ("two", "Green"), ("some", "Red"), ("some", "Red")):
        answer(client, question, option)
    fragment = client.get("/fragments/progress").text
    assert f'href="{PRACTICE}/summary"' in fragment
    assert "2 of 3 right, 1 solution seen" in fragment


def test_progress_is_never_stored_by_caches(site: Site) -> None:
    assert site().get("/fragments/progress").headers["cache-control"] == "no-store"
    assert site().get("/fragments/progress/colours").headers["cache-control"] == "no-store"


def test_a_new_learner_on_a_shared_computer_sees_nothing_of_the_one_before(site: Site) -> None:
    client = site()
    answer(client, "one", "Red")
    assert client.get("/fragments/progress/colours").text.strip() != ""
    page = client.post("/learner/new")
    assert "new learner now" in page.text
    assert client.get("/fragments/progress/colours").text.strip() == ""


def test_one_who_asks_is_forgotten(site: Site) -> None:
    client = site()
    answer(client, "one", "Red")
    cookie = learner_cookie(client.cookies)
    assert "deleted" in client.post("/learner/forget").text
    client.cookies.set("fromnoise", cookie)
    assert client.get("/fragments/progress/colours").text.strip() == ""
