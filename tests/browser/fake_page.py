"""A page for the player's tests: the real templates around one player, and a field elsewhere."""

from __future__ import annotations

import jinja2

from app.cards import Card
from app.settings import files_folder
from app.web.player import player_view
from app.web.sampler_source import sampler_sources
from tests.browser.fake_digits import DIGITS

PAGE = """{% extends "base.html" %}
{% block styles %}{% for name in ["code.css", "player.css"] %}<link rel="stylesheet" href="{{ asset(name) }}">
{% endfor %}{% endblock %}
{% block scripts %}<script src="{{ asset('player/player.js') }}" type="module"></script>{% endblock %}
{% block main %}<div class="wrap"><h1>From noise to picture</h1>
<p>Press the button, and watch.</p>
{% include "player.html" %}
<p><label>Elsewhere <input id="elsewhere"></label></p></div>{% endblock %}"""


def page(card: Card = DIGITS, fault: str | None = None, **options: str) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(files_folder("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = lambda name: f"/static/{name}"
    view = player_view(
        id="player-1",
        number=1,
        caption_html=f"A picture of the model {card.name} comes out of noise.",
        card=card,
        sources=sampler_sources(),
        options={"seed": "3"} | ({"label": "7"} if card.classes else {}) | options,
        fault=fault,
    )
    return environment.from_string(PAGE).render(player=view)
