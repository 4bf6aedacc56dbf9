from __future__ import annotations

import pytest

from app.web.delivery.assets import content_of
from tests.web.styles.sheets import Rule, needs, rules_of, sheets


def test_rules_are_read_with_the_conditions_around_them() -> None:
    text = "/* a { */ p, a:hover { color: red; margin: 0 } @media print { b { top: 1px } }"
    assert rules_of(text) == (
        Rule(("p", "a:hover"), (("color", "red"), ("margin", "0")), ()),
        Rule(("b",), (("top", "1px"),), ("@media print",)),
    )


def test_choices_are_written_out() -> None:
    (rule,) = rules_of(".x :is(.a, .b:not(.c, .d)) i, u {}")
    assert rule.selectors == (".x .a i", ".x .b:not(.c, .d) i", "u")


def test_what_is_sent_has_the_rules_of_what_is_written() -> None:
    for name, path in sheets().items():
        sent = content_of(path).decode()
        assert rules_of(sent) == rules_of(path.read_text(encoding="utf-8")), name
        assert "/*" not in sent
        assert sent.count("\n") == path.read_text(encoding="utf-8").count("\n")


@pytest.mark.parametrize("text", ["p { color: red", "p", ":is(a { }"])
def test_a_sheet_with_a_bracket_too_few_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no b"):
        rules_of(text)


@pytest.mark.parametrize(
    ("selector", "needed"),
    [
        ("p > a:hover", set()),
        (".a.b li:nth-child(5n + 2) .c::before", {".a", ".b", ".c"}),
        (".home recorded-run:not(:defined) canvas:has(+ noscript img)", {".home", "recorded-run"}),
        (".a[data-state='x.y']:not(.b, .c *)", {".a"}),
    ],
)
def test_a_selector_needs_its_classes_and_elements_of_our_own(selector: str, needed: set[str]) -> None:
    assert needs(selector) == needed
