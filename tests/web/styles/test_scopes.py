"""A page's or a lab's style sheet reaches no further than that page or lab."""

from __future__ import annotations

import re

import pytest

from tests.web.styles.sheets import rules_of, sheets

SHARED = {"tokens.css", "base.css", "components.css", "code.css", "print.css", "kit/kit.css"}
ROOTS = {
    "pages/home.css": ".home",
    "pages/lesson.css": ".lesson",
    "pages/lesson_parts.css": ".lesson-text",
    "pages/lesson_text.css": ".lesson-text",
    "pages/lesson_print.css": ".lesson-text",
    "pages/strip.css": ".strip",
    "handout/handout.css": ".handout",
    "pages/module.css": ".module",
    "pages/plain.css": ".page",
    "pages/search.css": ".search",
    "practice/practice.css": ".practice",
    "practice/question.css": ".asked",
    "practice/outcome.css": ".outcome",
    "practice/summary.css": ".summary",
    "practice/prediction.css": ".prediction",
    "runs/run.css": ".run",
}
LARGEST = 200
"""Lines of a sheet that belongs to one page or lab."""

OWN = sorted(set(sheets()) - SHARED)


def root_of(name: str) -> str:
    """Give the class that every selector begins with; of a lab or a kind of question, its folder's name."""
    in_folder = re.fullmatch(r"(?:labs|questions)/(\w+)/\w+\.css", name)
    return f".{in_folder[1].replace('_', '-')}" if in_folder else ROOTS[name]


@pytest.mark.parametrize("name", OWN)
def test_every_selector_of_a_page_or_lab_begins_with_its_class(name: str) -> None:
    text = sheets()[name].read_text(encoding="utf-8")
    begin = re.compile(rf"{re.escape(root_of(name))}(?![\w-])")
    selectors = [selector for rule in rules_of(text) for selector in rule.selectors]
    assert len(selectors) >= 1
    assert [selector for selector in selectors if not begin.match(selector)] == []
    assert len(text.splitlines()) < LARGEST


def test_tokens_are_nothing_but_tokens() -> None:
    for rule in rules_of(sheets()["tokens.css"].read_text(encoding="utf-8")):
        assert rule.selectors == (":root",)
        assert all(name.startswith("--") or name == "color-scheme" for name, _ in rule.declarations)


def test_shared_sheets_name_no_page_and_no_lab() -> None:
    roots = {root_of(name) for name in OWN}
    for name in SHARED:
        for rule in rules_of(sheets()[name].read_text(encoding="utf-8")):
            for selector in rule.selectors:
                assert not roots & {f".{part}" for part in re.findall(r"\.([\w-]+)", selector)}, (
                    name,
                    selector,
                )


def test_no_sheet_is_imported_by_another() -> None:
    assert [name for name, path in sheets().items() if "@import" in path.read_text(encoding="utf-8")] == []
