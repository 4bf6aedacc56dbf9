"""Pages for the player's tests: the real templates around players that are made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from app.cards import Card, CardFile
from app.controls.fields import Place
from app.course.directives import Lab
from app.labs.options import Resources
from app.labs.player.options import read
from app.labs.player.view import PlayerView, view
from app.settings import ROOMS, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates
from tests.browser.fake_digits import DIGITS

OF_EVERY_MODEL = ("seed", "steps", "guidance", "count", "sampler")
SHOWN = {True: ("label", *OF_EVERY_MODEL), False: ("prompt", "attention", *OF_EVERY_MODEL)}
"""The controls that the tests reach without opening the fold, by whether the model has classes."""

HEAD = """{% extends "base.html" %}
{% block styles %}<link rel="stylesheet" href="{{ asset('code.css') }}">
<link rel="stylesheet" href="{{ asset('kit/kit.css') }}">
<link rel="stylesheet" href="{{ asset('pages/lesson.css') }}">
<link rel="stylesheet" href="{{ asset('pages/lesson_text.css') }}">
{% for name in ["lab", "code", "panes", "settings", "words"] %}
<link rel="stylesheet" href="{{ asset('labs/player/' ~ name ~ '.css') }}">
{% endfor %}{% endblock %}
{% block scripts %}<script src="{{ asset('labs/player/lab.js') }}" type="module"></script>{% endblock %}
"""
PAGE = (
    HEAD
    + """{% block main %}<div class="wrap"><h1>From noise to picture</h1>
<p>Press the button, and watch.</p>
{% for lab in labs %}{% with is_first_of_kind = loop.first %}
{% include "labs/player/view.html" %}
{% endwith %}{% endfor %}
<p><label>Elsewhere <input id="elsewhere"></label></p></div>{% endblock %}"""
)
LESSON = (
    HEAD
    + """{% block main %}<article class="lesson wrap">
<header class="lesson-head"><h1>From noise to picture</h1></header>
<nav class="toc" aria-label="In this lesson"><ol><li><a href="#player-1">The first plate</a></li></ol></nav>
<div class="lesson-text">
{% for lab in labs %}
{% for _ in range(9) %}<p>{{ "A picture comes out of noise, step by step. " * 8 }}</p>{% endfor %}
<h2 id="plate-{{ loop.index }}">Plate {{ loop.index }}</h2>
{% with is_first_of_kind = true %}{% include "labs/player/view.html" %}{% endwith %}
{% endfor %}
<p>The end.</p>
</div></article>{% endblock %}"""
)


def page(
    card: Card = DIGITS,
    fault: str | None = None,
    places: Mapping[str, Place] = MappingProxyType({}),
    **options: str,
) -> str:
    """Render a page of one player with nearly all controls in sight, and a field elsewhere."""
    shown = {"show": " ".join(SHOWN[bool(card.classes)]), "readouts": "all"}
    return _render(PAGE, replace(_plate(card, 1, shown | options, places), fault=fault))


def lesson(*plates: Mapping[str, str]) -> str:
    """Render plates as a lesson has them, amid its text; each is given by its options over the usual ones."""
    return _render(LESSON, *(_plate(DIGITS, number, each, {}) for number, each in enumerate(plates, start=1)))


def _plate(card: Card, number: int, options: Mapping[str, str], places: Mapping[str, Place]) -> PlayerView:
    given = {"seed": "3"} | ({"label": "7"} if card.classes else {}) | dict(options)
    caption = f"A picture of the model {card.name} comes out of noise."
    lab = Lab("player", f"player-{number}", number, caption, given)
    resources = Resources({card.name: CardFile(card, "", Path("nowhere"))}, {})
    player = read(lab, resources)
    places_of_all = player.appearance.presentation.with_places(places)
    player = replace(player, appearance=replace(player.appearance, presentation=places_of_all))
    return replace(view(lab, player, resources), fault=None)  # its weights are nowhere, and not needed


def _render(template: str, *plates: PlayerView) -> str:
    templates = make_templates(files_folder("templates"), Assets(files_folder("static"), ROOMS), ROOMS)
    return templates.env.from_string(template).render(labs=plates)
