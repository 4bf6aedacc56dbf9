"""Nothing on a page is left without its style, and no style is left without a page."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pygments.token import STANDARD_TYPES

from app.settings import files_folder
from tests.web.styles.sheets import needs, rules_of, sheets
from tests.web.styles.site_pages import SitePage

pytestmark = pytest.mark.slow  # every page of the site is made

Pages = Mapping[str, SitePage]

CODE = {f".{name}" for name in STANDARD_TYPES.values() if name}
"""Kinds of token in code, as Pygments names them: those that have no style are set as plain text."""

HOOKS = {
    ".reveal": "the answer and its solution, which tests read",
    ".option-text": "the text beside a letter, which tests read",
    ".code-of": "readouts.js shows the one of the sampler that runs",
    ".footnotes-list": "made by the parser of footnotes",
    ".footnote-item": "made by the parser of footnotes",
    ".untried": "the state of a question whose dot is as every dot begins",
    ".language-python": "the language of a listing",
    ".language-text": "the language of a listing",
}
"""Classes without a style, and who needs them."""


SHOWN_AS = {
    "edge/error.html": "an error",
    "handout/page.html": "a handout",
    "pages/forget.html": "before deleting",
    "pages/glossary.html": "the glossary",
    "pages/home.html": "home",
    "pages/lab.html": "the lab player",
    "pages/labs.html": "the labs",
    "pages/lesson.html": "a lesson",
    "pages/licences.html": "licences",
    "pages/module.html": "a file of the program",
    "pages/privacy.html": "privacy",
    "pages/search.html": "a search",
    "practice/experiment.html": "an experiment",
    "practice/prediction.html": "a prediction",
    "practice/question.html": "a question",
    "practice/summary.html": "the summary",
    "runs/run.html": "a run",
}
"""The page that shows each template: one that is missing here is not looked at below."""


def missing(pages: Pages) -> dict[str, list[str]]:
    """List, by page, the classes in its HTML that no rule on the page can style."""
    found = {}
    for name, page in pages.items():
        classes = {one for one in page.in_html if one.startswith(".")}
        found[name] = sorted(classes - page.styled - CODE - set(HOOKS))
    return {name: classes for name, classes in found.items() if classes}


def test_every_template_of_a_whole_page_is_looked_at(pages: Pages) -> None:
    folder = files_folder("templates")
    whole = [
        path for path in folder.rglob("*.html") if '{% extends "base.html" %}' in path.read_text("utf-8")
    ]
    assert {path.relative_to(folder).as_posix() for path in whole} == set(SHOWN_AS)
    assert set(SHOWN_AS.values()) <= set(pages)


def test_every_class_of_a_page_has_a_style_there(pages: Pages) -> None:
    assert len(pages) >= 15
    assert missing(pages) == {}


def test_every_class_that_a_script_sets_has_a_style_where_it_is_loaded(pages: Pages) -> None:
    left = frozenset().union(*(page.by_script for page in pages.values()))
    assert {".is-live", ".is-playing", ".lit", ".word-map", ".unseen"} <= left
    for page in pages.values():
        left -= page.by_script & page.styled
    assert sorted(left) == []


def test_every_hook_is_on_some_page_and_has_no_style(pages: Pages) -> None:
    on_pages = frozenset().union(*(page.in_html for page in pages.values()))
    styled = frozenset().union(*(page.styled for page in pages.values()))
    assert set(HOOKS) <= on_pages - styled


def test_every_rule_can_match_on_a_page_that_links_its_sheet(pages: Pages) -> None:
    dead = []
    for name, path in sheets().items():
        linking = [page.in_html | page.by_script | CODE for page in pages.values() if name in page.sheets]
        for rule in rules_of(path.read_text(encoding="utf-8")):
            dead += [
                (name, selector)
                for selector in rule.selectors
                if not any(needs(selector) <= there for there in linking)
            ]
    assert dead == []


def test_every_name_that_a_page_s_sheets_use_is_defined_in_them(pages: Pages) -> None:
    for name, page in pages.items():
        text = "".join(page.files[sheet] for sheet in page.sheets)
        assert sorted(used(text) - defined(text)) == [], name


def used(text: str) -> set[str]:
    return {part.split(")")[0].strip() for part in text.split("var(")[1:]}


def defined(text: str) -> set[str]:
    return {name for rule in rules_of(text) for name, _ in rule.declarations if name.startswith("--")}


def test_a_class_counts_as_styled_only_where_its_rule_can_match() -> None:
    sheet = {"a.css": ".page .note { margin: 0 } .other .badge { margin: 0 }"}
    page = SitePage(('<p class="note page"></p><p class="badge"></p>',), sheet)
    assert page.styled == {".note", ".page"}
    assert missing({"x": page}) == {"x": [".badge"]}
