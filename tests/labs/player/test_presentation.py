"""Where a plate shows its controls: shown, folded, locked or hidden, as the form is rendered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.cards import Card, CardFile
from app.controls.fields import Place
from app.controls.table import CONTROLS, controls_of
from app.course.directives import Lab
from app.labs.options import BadOptions, Resources
from app.labs.player.options import read
from app.labs.player.view import view
from app.settings import ROOMS, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates
from tests.controls.cards import DIGITS, PAINTER

OF_BOTH = [(card, control.name) for card in (DIGITS, PAINTER) for control in controls_of(card)]
EACH = pytest.mark.parametrize(
    ("card", "name"), OF_BOTH, ids=[f"{card.name}-{name}" for card, name in OF_BOTH]
)
TEMPLATES = make_templates(files_folder("templates"), Assets(files_folder("static"), ROOMS), ROOMS)


def form(card: Card, places: dict[str, Place] | None = None, **options: str) -> str:
    """Render the form of a plate."""
    lab = Lab("player", "player-1", 1, "", options)
    resources = Resources({card.name: CardFile(card, "", Path("nowhere"))}, {})
    player = read(lab, resources)
    shown = player.appearance.presentation.with_places(places or {})
    player = replace(player, appearance=replace(player.appearance, presentation=shown))
    template = TEMPLATES.env.get_template("labs/player/settings.html")
    return template.render(player=view(lab, player, resources))


@dataclass
class Sent(HTMLParser):
    """Collects what a browser without scripts would send, and the fields that can be seen, by name."""

    sent: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)  # inside which part: "fields" or "more"
    part: str = "fields"

    def __post_init__(self) -> None:
        super().__init__()
        self.list = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "details" and "more" in (about.get("class") or "").split():
            self.part = "more"
        name = about.get("name", "")
        if name and about.get("type") != "hidden":
            self.seen[name] = self.part
        if tag == "input" and name and "disabled" not in about and about.get("type") != "checkbox":
            self.sent[name] = about.get("value", "")
        self.list = name if tag == "select" else self.list
        self.area = name if tag == "textarea" else ""
        if tag == "textarea":
            self.sent[name] = ""
        if tag == "option" and "selected" in about:
            self.sent[self.list] = about.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        self.area = ""


def read_form(html: str) -> Sent:
    sent = Sent()
    sent.feed(html)
    return sent


def usually_sent(card: Card, fixed: str) -> dict[str, str]:
    """Give what a plate sends; attention is sent only where it is fixed, or by a script."""
    return read_form(form(card)).sent | ({"attention": "false"} if fixed == "attention" else {})


def test_a_plate_is_about_what_to_draw_and_the_noise_unless_it_says_otherwise() -> None:
    shown = [name for name, part in read_form(form(DIGITS)).seen.items() if part == "fields"]
    assert shown == ["label", "seed"]
    seen = read_form(form(PAINTER)).seen
    assert [name for name, part in seen.items() if part == "fields"] == ["prompt", "seed"]
    assert set(seen) == {control.name for control in controls_of(PAINTER)}


def test_a_lesson_names_what_a_plate_is_about() -> None:
    html = form(DIGITS, show="steps", lock="label, seed", hide="guidance")
    assert [name for name, part in read_form(html).seen.items() if part == "fields"] == ["steps"]
    assert html.count("Fixed for this plate.") == 2
    assert "guidance" not in read_form(html).seen


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (
            {"show": "stpes"},
            "show: must be of label, seed, count, sampler, steps,",
        ),
        ({"show": ""}, "show: names at least one of label"),
        ({"show": "prompt"}, "show: must be of label"),
        ({"show": "seed seed"}, "show: 'seed' stands twice"),
        ({"show": "seed", "lock": "seed"}, "lock: 'seed' stands elsewhere too"),
        ({"lock": "steps", "hide": "steps"}, "hide: 'steps' stands elsewhere too"),
        (
            {"readouts": "alpha"},
            "readouts: must be of step, noise, t, alpha_bar, sigma, snr, all",
        ),
        ({"cover": "x_t"}, "cover: must be x0_hat or eps_hat, got 'x_t'"),
        ({"count": "8", "mean": "yes"}, "mean: must be true or false, got 'yes'"),
        ({"mean": "true"}, "mean: a mean takes a `:count:` of 2 or more pictures"),
        (
            {"count": "8", "cover": "x0_hat", "mean": "true"},
            "mean: it would tell the guesses that `:cover: x0_hat` covers",
        ),
    ],
)
def test_what_a_plate_cannot_show_is_a_fault_of_its_option(options: dict[str, str], fault: str) -> None:
    with pytest.raises(BadOptions) as refused:
        form(DIGITS, None, **options)
    assert str(refused.value).startswith(fault)
    assert refused.value.faults[0].option == next(reversed(options))


def test_faults_of_settings_and_of_the_appearance_are_told_together() -> None:
    with pytest.raises(BadOptions) as refused:
        form(DIGITS, show="x", steps="0", cover="y")
    assert [fault.option for fault in refused.value.faults] == ["show", "cover", "steps"]


@EACH
def test_a_control_that_is_shown_stands_among_the_first_fields(card: Card, name: str) -> None:
    html = form(card, {name: Place.SHOWN})
    assert read_form(html).seen[name] == "fields"
    assert f'id="player-1-{name}"' in html
    assert f'id="player-1-{name}-why"' in html


@EACH
def test_a_control_that_is_folded_stands_among_the_further_ones(card: Card, name: str) -> None:
    html = form(card, {name: Place.FOLDED})
    assert read_form(html).seen[name] == "more"


@EACH
def test_a_control_that_is_locked_is_text_that_says_so_and_is_sent(card: Card, name: str) -> None:
    html = form(card, {name: Place.LOCKED})
    assert name not in read_form(html).seen
    assert f'id="player-1-{name}"' not in html
    assert read_form(html).sent == usually_sent(card, name)
    assert html.count("Fixed for this plate.") == 1
    assert f"<b>{CONTROLS[name].title}" in html


@EACH
def test_a_control_that_is_hidden_is_sent_and_not_mentioned(card: Card, name: str) -> None:
    html = form(card, {name: Place.HIDDEN})
    assert name not in read_form(html).seen
    assert f'id="player-1-{name}"' not in html
    assert read_form(html).sent == usually_sent(card, name)
    text = re.sub("<[^>]*>", " ", html)
    assert CONTROLS[name].help_for(card) not in text
    assert "Fixed" not in text


@pytest.mark.parametrize("place", [Place.LOCKED, Place.HIDDEN])
def test_the_value_that_holds_is_the_one_that_the_lesson_sets(place: Place) -> None:
    options = {"prompt": 'a "house" tree', "guidance": "4.5", "sampler": "ddpm", "attention": "true"}
    html = form(PAINTER, dict.fromkeys(options, place), **options)
    sent = read_form(html).sent
    assert {name: sent[name] for name in options} == options
    text = " ".join(re.sub("<[^>]*>", " ", html).split())
    said = [
        "Prompt a &#34;house&#34; tree What",
        "Guidance 4.5 How",
        "Sampler DDPM, small variance The",
        "each word drew yes Keeps",
    ]
    assert [words in text for words in said] == [place is Place.LOCKED] * 4


def test_a_plate_that_folds_nothing_has_no_further_settings() -> None:
    html = form(DIGITS, {control.name: Place.SHOWN for control in controls_of(DIGITS)})
    assert "<details" not in html
    assert "More settings" not in html


def test_the_fold_names_what_the_lesson_sets_in_it() -> None:
    html = form(DIGITS, steps="7", guidance="3")
    summary = re.search("<summary>More settings (.*?)</summary>", html)
    assert summary is not None
    assert re.sub("<[^>]*>", "", summary[1]).split(", ")[:2] == ["steps 7", "guidance 3"]
    assert "open" not in html[html.index("<details") : html.index("<summary>More")]


def test_without_a_prompt_to_write_the_vocabulary_is_not_listed() -> None:
    assert 'class="fold words wide"' in form(PAINTER)
    assert 'class="fold words wide"' not in form(PAINTER, {"prompt": Place.LOCKED})
