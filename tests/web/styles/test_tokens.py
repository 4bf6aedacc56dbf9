"""What stands in tokens.css and nowhere else: colours, sizes of type, steps of spacing, widths of layouts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

import pytest
from PIL.ImageColor import colormap, getrgb

from app.settings import files_folder
from tests.web.styles.sheets import STRING, Rule, rules_of, sheets

SYSTEM_COLOURS = {
    "accentcolor", "accentcolortext", "activetext", "buttonborder", "buttonface", "buttontext", "canvas",
    "canvastext", "field", "fieldtext", "graytext", "highlight", "highlighttext", "linktext", "mark",
    "marktext", "selecteditem", "selecteditemtext", "visitedtext",
}  # fmt: skip
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|(?<![\w-])(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(", re.IGNORECASE
)
WORD = re.compile(r"(?<![\w-])[a-z]+(?![\w(-])", re.IGNORECASE)
LENGTH = re.compile(r"(?<![\w.-])[\d.]+(?:rem|px|pt)\b")
TEXT = {name: path.read_text(encoding="utf-8") for name, path in sheets().items()}
RULES = {name: rules_of(text) for name, text in TEXT.items()}
OTHERS = sorted(set(RULES) - {"tokens.css"})
SPACES = re.compile(r"(margin|padding)(-\w+)*$|(row-|column-)?gap$")


def values(rules: tuple[Rule, ...]) -> list[tuple[str, str]]:
    return [pair for rule in rules for pair in rule.declarations]


def tokens(condition: str = "") -> dict[str, str]:
    """Give the tokens as they are by themselves, or under a condition."""
    found: dict[str, str] = {}
    for rule in RULES["tokens.css"]:
        if rule.conditions in ((), (condition,)):
            found |= {name: value for name, value in rule.declarations if name.startswith("--")}
    return found


def widths(kind: str) -> set[str]:
    """Read a column of the table at the top of tokens.css."""
    table = TEXT["tokens.css"].partition(f"| {kind}")[2].partition("\n\n")[0]
    return set(re.findall(r"^ *\| (\d+rem) ", table, re.MULTILINE))


@pytest.mark.parametrize("name", OTHERS)
def test_no_colour_stands_outside_of_the_tokens(name: str) -> None:
    found = []
    for prop, value in values(RULES[name]):
        plain = STRING.sub("", value)
        named = {word.lower() for word in WORD.findall(plain)} & (set(colormap) | SYSTEM_COLOURS)
        found += [f"{prop}: {value}"] if COLOUR.search(plain) or named else []
    assert found == []


def test_colours_are_recognised() -> None:
    assert all(
        COLOUR.search(value) for value in ("#fff", "1px solid #A0b1c2", "rgb(0 0 0)", "hsl(1, 2%, 3%)")
    )
    assert not COLOUR.search("color-mix(in srgb, var(--accent) 11%, transparent)")
    assert {"white", "canvas"} <= set(colormap) | SYSTEM_COLOURS
    assert WORD.findall("1px solid var(--white-ish) Red") == ["solid", "Red"]


@pytest.mark.parametrize("name", OTHERS)
def test_the_size_of_type_comes_from_the_scale(name: str) -> None:
    found = [
        f"{prop}: {value}"
        for prop, value in values(RULES[name])
        if (prop == "font-size" and LENGTH.search(value))
        or (prop == "font" and LENGTH.search(value.partition("/")[0]))
    ]
    assert found == []


@pytest.mark.parametrize("name", OTHERS)
def test_spacing_comes_from_the_scale_or_follows_the_size_of_type(name: str) -> None:
    found = [
        f"{prop}: {value}"
        for prop, value in values(RULES[name])
        if SPACES.match(prop) and re.search(r"\d(rem|pt)\b", value)
    ]
    assert found == []


@pytest.mark.parametrize("kind", ["@media", "@container"])
def test_layouts_change_only_at_the_widths_of_the_table(kind: str) -> None:
    used = set()
    for name, rules in RULES.items():
        for condition in {condition for rule in rules for condition in rule.conditions}:
            if not condition.startswith(kind):
                continue
            found = re.fullmatch(rf"{kind} \(min-width: (\w+)\)", condition)
            assert found or not re.search("width|height|inline-size", condition), f"{name}: {condition}"
            used |= {found[1]} if found else set()
    assert used == widths(kind)
    assert len(used) >= 2


def test_every_token_is_used_and_every_name_that_is_used_is_defined() -> None:
    text = "".join(TEXT.values())
    used = set(re.findall(r"var\((--[\w-]+)", text))
    assert sorted(set(tokens()) - used) == []
    defined = {name for rules in RULES.values() for name, _ in values(rules) if name.startswith("--")}
    assert sorted(used - defined) == []


@pytest.mark.parametrize(
    "condition", ["@media (prefers-color-scheme: dark)", "@media print", "@media (forced-colors: active)"]
)
def test_every_colour_has_a_value_for_each_way_of_showing_the_page(condition: str) -> None:
    colours = {name for name, value in tokens().items() if value.startswith("#")}
    assert len(colours) >= 10
    given = {
        name
        for rule in RULES["tokens.css"]
        if rule.conditions == (condition,)
        for name, _ in rule.declarations
    }
    assert colours - given == set()


def luminance(colour: str) -> float:
    parts = [part / 255 for part in getrgb(colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("condition", ["", "@media (prefers-color-scheme: dark)", "@media print"])
def test_text_and_the_borders_of_controls_stand_out(condition: str) -> None:
    colours: Mapping[str, str] = tokens(condition)
    for ground in ("--paper", "--plate"):
        for text in ("--ink", "--ink-soft", "--accent", "--right", "--wrong", "--code-text", "--code-number"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        assert contrast(colours["--rule-strong"], colours[ground]) >= 3, ground
    assert contrast(colours["--accent-ink"], colours["--accent"]) >= 4.5
    assert contrast(colours["--right-ink"], colours["--right"]) >= 4.5


def test_the_scales_rise() -> None:
    rem = [
        float(tokens()[name].removesuffix("rem")) for name in ("--s1", "--s2", "--s3", "--s4", "--s5", "--s6")
    ]
    assert all(smaller < larger for smaller, larger in pairwise(rem))


def test_the_browser_s_own_frame_has_the_colour_of_the_paper() -> None:
    page = (files_folder("templates") / "base.html").read_text(encoding="utf-8")
    for scheme in ("light", "dark"):
        (colour,) = re.findall(
            rf'theme-color" media="\(prefers-color-scheme: {scheme}\)" content="(#\w+)"', page
        )
        assert colour == tokens(f"@media (prefers-color-scheme: {scheme})")["--paper"]
