from __future__ import annotations

import gzip
import re

import pytest
from starlette.testclient import TestClient

from app.course.lesson import Heading
from app.main import create_app
from app.settings import Settings
from app.web.pages.ready_pages import contents
from tests.web.cookies import learner_cookie
from tests.web.page_scripts import with_imports
from tests.web.small_course import Site

LESSON = "/lessons/colours"
PAGES = (
    "/",
    LESSON,
    f"{LESSON}/practice",
    f"{LESSON}/practice/summary",
    f"{LESSON}/print",
    "/privacy",
    "/licences",
    "/glossary",
    "/nowhere",
)


@pytest.fixture
def client(site: Site) -> TestClient:
    return site()


def test_a_lesson_is_the_same_bytes_for_everyone_under_a_strong_etag(site: Site, client: TestClient) -> None:
    first = client.get(LESSON)
    client.get(f"{LESSON}/practice")
    second = client.get(LESSON)
    assert learner_cookie(client.cookies)
    assert second.content == first.content
    assert second.headers["etag"] == first.headers["etag"] == site().get(LESSON).headers["etag"]
    assert re.fullmatch(r'"[^"]+"', first.headers["etag"])
    assert "set-cookie" not in first.headers


@pytest.mark.parametrize("held", ["{}", "W/{}", '"other", {}', "*"])
def test_a_lesson_that_the_browser_holds_is_not_sent_again(client: TestClient, held: str) -> None:
    etag = client.get(LESSON).headers["etag"]
    answer = client.get(LESSON, headers={"if-none-match": held.format(etag)})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag
    assert "content-security-policy" in answer.headers


def test_a_lesson_that_has_changed_since_is_sent(client: TestClient) -> None:
    answer = client.get(LESSON, headers={"if-none-match": '"older"'})
    assert answer.status_code == 200
    assert "Seeing colours" in answer.text


def test_a_lesson_has_contents_text_formula_and_the_way_to_practice(client: TestClient) -> None:
    page = client.get(LESSON).text
    toc = page[page.index('<nav class="toc"') : page.index("</nav>", page.index('<nav class="toc"'))]
    assert re.findall(r'href="(#[^"]+)"', toc) == ["#first-things", "#in-detail", "#last-things", "#practice"]
    assert 'id="in-detail"' in page
    assert "<math" in page
    assert f'href="{LESSON}/practice"' in page


def test_a_plate_without_its_model_says_so_and_the_lesson_goes_on(client: TestClient) -> None:
    page = client.get(LESSON).text
    assert "the model “absent” is not installed" in page
    assert "Done, at" in page


def test_an_unknown_lesson_is_a_page_that_leads_on(client: TestClient) -> None:
    answer = client.get("/lessons/nothing")
    assert answer.status_code == 404
    assert 'href="/"' in answer.text


def test_headings_of_the_third_level_hang_below_those_of_the_second() -> None:
    one, two, three = Heading(2, "a", "A"), Heading(3, "b", "B"), Heading(2, "c", "C")
    nested = contents([one, two, three])
    assert [(section.heading, section.below) for section in nested] == [(one, (two,)), (three, ())]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_script_or_style_in_its_text(client: TestClient, path: str) -> None:
    page = client.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", page)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_title_a_language_one_heading_and_a_way_past_the_header(
    client: TestClient, path: str
) -> None:
    page = client.get(path).text
    assert '<html lang="en">' in page
    assert re.search(r"<title>[^<]+From Noise|<title>From Noise[^<]*", page)
    assert page.count("<h1") == 1
    assert page.index('href="#main"') < page.index("<header")


def packed(text: str) -> int:
    return len(gzip.compress(text.encode(), 9))


@pytest.mark.slow
def test_the_shipped_lesson_is_light() -> None:
    client = TestClient(create_app(Settings()), base_url="http://localhost")
    page = client.get("/lessons/from-noise-to-picture").text
    styles = set(re.findall(r'<link rel="stylesheet" href="([^"]+)"', page))
    scripts = with_imports(client.get, set(re.findall(r'<script src="([^"]+)"', page)))
    assert len(styles) >= 2
    assert len(scripts) >= 10
    readable = packed(page) + sum(packed(client.get(address).text) for address in styles)
    assert readable <= 60_000
    assert readable + sum(packed(client.get(address).text) for address in scripts) <= 120_000
