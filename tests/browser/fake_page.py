"""A page for the player's tests: the real templates around one player, and a field elsewhere."""

from __future__ import annotations

from app.cards import Card
from app.labs.player.sampler_source import sampler_sources
from app.labs.player.view import player_view
from app.settings import ROOMS, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates
from tests.browser.fake_digits import DIGITS

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


def page(card: Card = DIGITS, fault: str | None = None, **options: str) -> str:
    templates = make_templates(files_folder("templates"), Assets(files_folder("static"), ROOMS), ROOMS)
    view = player_view(
        id="player-1",
        number=1,
        caption_html=f"A picture of the model {card.name} comes out of noise.",
        card=card,
        sources=sampler_sources(),
        options={"seed": "3"} | ({"label": "7"} if card.classes else {}) | options,
        fault=fault,
    )
    return templates.env.from_string(PAGE).render(player=view)
