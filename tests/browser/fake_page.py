"""A page for the player's tests: the real templates around one player, and a field elsewhere."""

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
from app.labs.player.view import view
from app.settings import ROOMS, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates
from tests.browser.fake_digits import DIGITS

OF_EVERY_MODEL = ("seed", "steps", "guidance", "count", "sampler")
SHOWN = {True: ("label", *OF_EVERY_MODEL), False: ("prompt", "attention", *OF_EVERY_MODEL)}
"""The controls that the tests reach without opening the fold, by whether the model has classes."""

PAGE = """{% extends "base.html" %}
{% block styles %}<link rel="stylesheet" href="{{ asset('code.css') }}">
<link rel="stylesheet" href="{{ asset('kit/kit.css') }}">
{% for name in ["lab", "code", "panes", "settings", "words"] %}
<link rel="stylesheet" href="{{ asset('labs/player/' ~ name ~ '.css') }}">
{% endfor %}{% endblock %}
{% block scripts %}<script src="{{ asset('labs/player/lab.js') }}" type="module"></script>{% endblock %}
{% block main %}<div class="wrap"><h1>From noise to picture</h1>
<p>Press the button, and watch.</p>
{% include "labs/player/view.html" %}
<p><label>Elsewhere <input id="elsewhere"></label></p></div>{% endblock %}"""


def page(
    card: Card = DIGITS,
    fault: str | None = None,
    places: Mapping[str, Place] = MappingProxyType({}),
    **options: str,
) -> str:
    templates = make_templates(files_folder("templates"), Assets(files_folder("static"), ROOMS), ROOMS)
    shown = {"show": " ".join(SHOWN[bool(card.classes)]), "readouts": "all"}
    given = {"seed": "3"} | ({"label": "7"} if card.classes else {}) | shown | options
    caption = f"A picture of the model {card.name} comes out of noise."
    lab = Lab("player", "player-1", 1, caption, given)
    resources = Resources({card.name: CardFile(card, "", Path("nowhere"))}, {})
    player = read(lab, resources)
    places_of_all = player.appearance.presentation.with_places(places)
    player = replace(player, appearance=replace(player.appearance, presentation=places_of_all))
    return templates.env.from_string(PAGE).render(lab=replace(view(lab, player, resources), fault=fault))
