"""The pages of the program's files: those that lessons lead to, and not a file more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from starlette.testclient import TestClient

from app.course.cited import Cited
from app.course.sources import ROOT
from app.main import create_app
from app.questions.catalogue import load_catalogue
from app.settings import Settings, files_folder
from app.web.pages.code_pages import with_marks
from tests.web.small_course import LESSON

SCHEDULES = "/code/app/diffusion/schedules.py"
LISTS = """
:::{where}
app.diffusion.schedules.Cosine: the *cosine* schedule
app.diffusion.schedules.Cosine.t_from_sigma: back from a level
app.errors: what goes wrong
:::
"""
TITLES = {"colours": "Seeing colours", "shapes": "Shapes & sizes"}
TAG = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Two lessons lead into the program, a third one is a draft."""
    folder = tmp_path_factory.mktemp("course")
    for number, (slug, title) in enumerate(TITLES.items(), 1):
        lesson = folder / "lessons" / f"{number:02}-{slug}"
        lesson.mkdir(parents=True)
        lists = LISTS if number == 1 else LISTS.replace("app.errors: what goes wrong\n", "")
        (lesson / "lesson.md").write_text(LESSON.replace("Seeing colours", title) + lists, encoding="utf-8")
        (lesson / "quiz.toml").write_text("", encoding="utf-8")
    draft = folder / "lessons" / "_03-draft"
    draft.mkdir()
    (draft / "lesson.md").write_text(LESSON + ":::{where}\napp.rates: rates\n:::\n", encoding="utf-8")
    settings = Settings(
        lessons=folder / "lessons",
        models=folder / "none",
        database_url=f"sqlite:///{folder / 'records.sqlite3'}",
    )
    app = create_app(settings)
    with TestClient(app, base_url="http://localhost", headers={"accept": "text/html"}) as client:
        yield client


def listing(page: str) -> str:
    return page[page.index("<pre") : page.index("</pre>")]


def test_the_page_has_every_line_of_the_file_with_its_number(client: TestClient) -> None:
    answer = client.get(SCHEDULES)
    assert answer.status_code == 200
    code = listing(answer.text)
    assert unescape(TAG.sub("", code)) == (ROOT / "app/diffusion/schedules.py").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r'data-line="(\d+)"', code)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert "<h1>schedules.py</h1>" in answer.text
    assert "Noise schedules and time grids" in answer.text


def test_the_lines_of_an_object_stand_under_its_name_and_so_do_those_within_it(client: TestClient) -> None:
    code = listing(client.get(SCHEDULES).text)
    begin = code.index('<span class="cited" id="code-Cosine">')
    inner = code.index('<span class="cited" id="code-Cosine.t_from_sigma">')
    assert begin < inner
    assert unescape(TAG.sub("", code[begin:])).startswith("class Cosine:\n")
    assert unescape(TAG.sub("", code[inner:])).startswith("    def t_from_sigma(self, sigma: float)")
    assert code.count('id="code-Cosine"') == 1, "two lessons lead there"
    assert code.count("<span") == code.count("</span>")


def test_the_links_of_a_lesson_lead_to_ids_of_these_pages_and_back(client: TestClient) -> None:
    lesson = client.get("/lessons/colours").text
    links = re.findall(r'href="(/code/[^"]+)"', lesson)
    assert len(links) == 3
    for link in links:
        path, _, anchor = link.partition("#")
        page = client.get(path).text
        assert not anchor or f'id="{anchor}"' in page
        assert 'href="/lessons/colours#in-code-1"' in page
    assert 'id="in-code-1"' in lesson


def test_the_page_names_every_lesson_that_leads_there_in_the_order_of_the_file(client: TestClient) -> None:
    page = client.get(SCHEDULES).text
    named = page[page.index('class="mentions"') : page.index("</ul>", page.index('class="mentions"'))]
    assert re.findall(r'href="#code-([\w.]+)"', named) == ["Cosine", "Cosine", *["Cosine.t_from_sigma"] * 2]
    assert re.findall(r'href="/lessons/(\w+)#', named) == ["colours", "shapes"] * 2
    assert "the <em>cosine</em> schedule" in named
    assert "Shapes &amp; sizes" in named
    whole = client.get("/code/app/errors.py").text
    assert "The whole file, what goes wrong" in whole
    assert 'class="cited"' not in whole


@pytest.mark.parametrize(
    "path",
    [
        "/code/app/settings.py",
        "/code/app/rates.py",  # of a draft
        "/code/app/diffusion/__init__.py",
        "/code/app/diffusion",
        "/code/app/diffusion/",
        "/code/app/diffusion/schedules",
        "/code/app/diffusion/Schedules.py",
        "/code/app/diffusion/schedules.py/",
        "/code/app/diffusion/schedules.pyc",
        "/code/app/diffusion//schedules.py",
        "/code/app/diffusion/%2e%2e/settings.py",
        "/code/app/diffusion/%2e%2e/diffusion/schedules.py",
        "/code/%2e/app/diffusion/schedules.py",
        "/code/%2e%2e/app/diffusion/schedules.py",
        "/code/..%2f..%2f..%2fetc/passwd",
        "/code/%2fetc%2fpasswd",
        "/code//etc/passwd",
        "/code/app\\diffusion\\schedules.py",
        "/code/pyproject.toml",
        "/code/lessons/01-colours/quiz.toml",
        "/code/" + "a" * 3000,
        "/code/",
        "/code",
    ],
)
def test_nothing_else_is_served_and_a_page_of_ours_says_so(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<pre" not in answer.text
    assert "root:" not in answer.text
    assert 'href="/"' in answer.text
    if path != "/code":
        assert "lessons lead to those that are" in answer.text


def test_a_page_of_code_is_kept_by_browsers_as_other_pages_are(client: TestClient) -> None:
    etag = client.get(SCHEDULES).headers["etag"]
    assert client.get(SCHEDULES, headers={"if-none-match": etag}).status_code == 304
    assert client.head(SCHEDULES).status_code == 200
    assert client.post(SCHEDULES).status_code == 405


def test_a_page_of_code_has_a_title_one_heading_and_no_style_of_its_own(client: TestClient) -> None:
    page = client.get(SCHEDULES).text
    assert "<title>app/diffusion/schedules.py · From Noise</title>" in page
    assert page.count("<h1") == 1
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_handout_prints_the_names(client: TestClient) -> None:
    page = client.get("/lessons/colours/print").text
    assert "app.<wbr>diffusion.<wbr>schedules.<wbr>Cosine</code>" in page


def test_the_search_finds_a_section_by_the_code_that_it_leads_to(client: TestClient) -> None:
    assert "/lessons/colours#last-things" in client.get("/search", params={"q": "t_from_sigma"}).text


def test_lines_are_put_into_the_objects_that_they_are_of() -> None:
    outer, inner = Cited("app.x.A", "x", "A", (1, 3)), Cited("app.x.A.b", "x", "A.b", (2, 3))
    marked = with_marks(["1", "2", "3", "4"], [inner, outer])
    assert marked == ('<span class="cited" id="code-A">1<span class="cited" id="code-A.b">23</span></span>4')


def test_the_shipped_lessons_lead_to_two_to_four_places_each() -> None:
    for lesson in load_catalogue(files_folder("lessons")).lessons:
        assert 2 <= len(lesson.citations) <= 4, lesson.slug
