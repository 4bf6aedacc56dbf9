"""The search: what is left out is said, spellings of two countries, and signs by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.pages.search import MOST_FOUND
from app.web.pages.spellings import names_of_sign, spelt_out, variants
from tests.web.small_course import LESSON

MANY = 23
SPELLINGS = """
## British

The colour grey, memorised; it was learnt in the centre by modelling, and analysed.

## American

The color gray, memorized; it was learned in the center by modeling, and analyzed.
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("course")
    lesson = folder / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    many = "".join(f"\n## Animal {number}\n\nA zebra.\n" for number in range(MANY))
    (lesson / "lesson.md").write_text(LESSON + SPELLINGS + many, encoding="utf-8")
    (lesson / "quiz.toml").write_text("", encoding="utf-8")
    settings = Settings(
        lessons=folder / "lessons",
        models=folder / "none",
        database_url=f"sqlite:///{folder / 'records.sqlite3'}",
    )
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


def found(client: TestClient, query: str) -> str:
    answer = client.get("/search", params={"q": query})
    assert answer.status_code == 200
    return answer.text


def places(page: str) -> list[str]:
    return re.findall(r'href="/lessons/colours(?:#([\w-]+))?"', page)


def signs(page: str) -> list[str]:
    return re.findall(r'href="/glossary#sign-(\w+)"', page)


def test_more_than_are_listed_is_said(client: TestClient) -> None:
    page = found(client, "zebra")
    assert len(places(page)) == MOST_FOUND
    assert f"{MANY} found for" in page
    assert f"Of {MANY} sections the best {MOST_FOUND} are listed" in page
    few = found(client, "zebra 7")
    assert places(few) == ["animal-7"]
    assert "are listed" not in few


@pytest.mark.parametrize(
    "query",
    [
        *("colour", "color", "colo", "grey", "gray", "memorised", "memorized", "memorise", "memorize"),
        *("memoriz", "memoris", "learnt", "learned", "centre", "center", "modelling", "modeling"),
        *("analysed", "analyzed", "Gray COLOR"),
    ],
)
def test_a_word_is_found_in_both_spellings_whichever_is_typed(client: TestClient, query: str) -> None:
    page = found(client, query)
    assert {"british", "american"} <= set(places(page)), query
    assert page.count("<mark>") >= 2


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("epsilon", ["eps", "eps_hat"]),
        ("ε", ["eps", "eps_hat"]),
        ("\N{GREEK LUNATE EPSILON SYMBOL}", ["eps", "eps_hat"]),
        ("eps", ["eps", "eps_hat"]),
        ("sigma", ["sigma"]),
        ("Sigma", ["sigma"]),
        ("\N{GREEK SMALL LETTER SIGMA}", ["sigma"]),
        ("alpha bar", ["alpha_bar"]),
        ("alpha_bar", ["alpha_bar"]),
        ("bar alpha", ["alpha_bar"]),
        ("ᾱ", ["alpha_bar"]),
        ("\N{GREEK SMALL LETTER ALPHA}\u0304", ["alpha_bar"]),
        ("noise scale", ["noise_scale"]),
        ("x0 hat", ["x0_hat"]),
        ("omega", []),
    ],
)
def test_a_sign_is_found_by_its_name_in_any_alphabet(
    client: TestClient, query: str, wanted: list[str]
) -> None:
    page = found(client, query)
    assert signs(page) == wanted
    glossary = client.get("/glossary").text
    assert all(f'id="sign-{code}"' in glossary for code in wanted)


def test_signs_count_among_what_is_found(client: TestClient) -> None:
    assert "1 found for" in found(client, "sigma")


def test_greek_words_are_left_as_they_are() -> None:
    text = "\N{GREEK SMALL LETTER SIGMA}ήμα, {} und µ: ᾱ_t"
    assert spelt_out(text.format("\N{GREEK SMALL LETTER SIGMA}")) == text.format("sigma").replace("µ", "mu")


@pytest.mark.parametrize("word", ["noise", "sampler", "filter", "this", "called", "x_t", "été", "", "l"])
def test_a_word_is_first_of_all_itself(word: str) -> None:
    assert variants(word)[0] == word
    assert len(variants(word)) <= 3


def test_the_names_of_a_sign_are_those_of_its_own_letters_alone() -> None:
    assert names_of_sign("x_t", r"x_t = S\,x_0 + N\,\varepsilon") == "x_t x t"
    assert names_of_sign("eps_hat", r"\hat\varepsilon") == "eps_hat eps hat epsilon"
