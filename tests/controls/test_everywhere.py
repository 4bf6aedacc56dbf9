"""The table against everything that has the settings of a run: none has one more, or one less."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import get_type_hints

import pytest
from fastapi import FastAPI
from typer.models import OptionInfo

from app import cli
from app.cards import Card, CardFile
from app.controls.control import Control, Kind
from app.controls.request import PictureSettings, RunRequest
from app.controls.table import CONTROLS, controls_of
from app.course.directives import Lab
from app.course.experiments import PlayerRun
from app.engine.reading import read_run
from app.labs.options import BadOptions, Resources
from app.labs.player.appearance import ORDER
from app.labs.player.options import read, read_options
from app.labs.player.view import view
from app.settings import ROOMS, files_folder
from app.training.agenda import MAX_CALLS
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates
from app.web.runs import api
from app.web.runs.models import LIMITS, describe
from app.web.runs.page import facts
from tests.controls.cards import DIGITS, PAINTER

ALL = set(CONTROLS)
OF_PICTURES = {name for name, control in CONTROLS.items() if control.changes_pictures}
CARDS = pytest.mark.parametrize("card", [DIGITS, PAINTER], ids=lambda card: str(card.name))


def names_of(card: Card) -> list[str]:
    return [control.name for control in controls_of(card)]


def plate(card: Card) -> str:
    lab = Lab("player", "player-1", 1, "", {})
    resources = Resources({card.name: CardFile(card, "", Path("nowhere"))}, {})
    templates = make_templates(files_folder("templates"), Assets(files_folder("static"), ROOMS), ROOMS)
    settings = templates.env.get_template("labs/player/settings.html")
    return settings.render(player=view(lab, read(lab, resources), resources))


def options_of(command: Callable[..., None]) -> dict[str, tuple[object, OptionInfo]]:
    """Give the default and the description of every option of a command."""
    hints = get_type_hints(command, include_extras=True)
    parameters = inspect.signature(command).parameters
    return {name: (parameter.default, hints[name].__metadata__[0]) for name, parameter in parameters.items()}


def test_a_request_has_every_setting_with_its_default() -> None:
    assert set(RunRequest.model_fields) == {"model", *ALL}
    for name, control in CONTROLS.items():
        assert RunRequest.model_fields[name].default == control.default


def test_an_experiment_has_every_setting_that_changes_pictures() -> None:
    assert set(PictureSettings.model_fields) == {"model", *OF_PICTURES}
    assert set(PlayerRun.model_fields) == {"model", "kind", "claims", *OF_PICTURES}


def test_the_command_has_every_setting_that_changes_pictures() -> None:
    assert set(options_of(cli.sample)) == {"model", "out", *OF_PICTURES}


@pytest.mark.parametrize("name", sorted(OF_PICTURES - {"count"}))
def test_the_command_has_the_range_of_the_table(name: str) -> None:
    (default, option), control = options_of(cli.sample)[name], CONTROLS[name]
    assert default == control.default
    assert option.help
    if control.is_number:
        assert (option.min, option.max) == (control.least, control.most)


@pytest.mark.parametrize(
    ("command", "name"),
    [(cli.evaluate, "sampler"), (cli.evaluate, "guidance"), (cli.evaluate, "eta"), (cli.evaluate, "grid"),
     (cli.evaluate, "steps"), (cli.record, "seed")],
)  # fmt: skip
def test_the_other_commands_have_range_and_help_of_the_table(command: Callable[..., None], name: str) -> None:
    (_, option), control = options_of(command)[name], CONTROLS[name]
    assert str(option.help).endswith(f" {control.description}")
    if name == "steps":
        assert (option.min, option.max) == (1, MAX_CALLS), "as many as the headline may make calls"
    elif control.is_number:
        assert (option.min, option.max) == (control.least, control.most)


def test_the_form_without_a_script_is_read_whole() -> None:
    assert list(api.FORM_FIELDS) == ["model", *CONTROLS]


@CARDS
def test_the_form_on_a_page_has_every_setting_of_its_model(card: Card) -> None:
    fields = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', plate(card))
    assert sorted(fields) == sorted(["model", *names_of(card)])


@CARDS
@pytest.mark.parametrize("name", sorted(ALL))
def test_a_field_on_a_page_has_the_range_of_the_table(card: Card, name: str) -> None:
    control = CONTROLS[name]
    if not control.is_of(card):
        return
    (field,) = re.findall(rf'<(?:input|select|textarea)[^>]* name="{name}"[^>]*>', plate(card))
    if control.is_number:
        assert f'data-least="{control.least}" data-most="{control.most}"' in field
        assert f'inputmode="{"numeric" if control.kind is Kind.WHOLE else "decimal"}"' in field
    if control.kind is Kind.TEXT:
        assert f'maxlength="{control.longest}"' in field


def test_the_player_places_every_control() -> None:
    assert sorted(ORDER) == sorted(ALL)


@CARDS
def test_a_lesson_may_set_every_setting_of_its_model_and_no_other(card: Card) -> None:
    written = {control.name: control.write(control.default_for(card)) for control in controls_of(card)}
    defaults = read_options(card, {})
    assert (
        read_options(card, written | {"model": card.name}).model_dump()
        | {
            "prompt": None,
            "negative_prompt": None,
        }
        == defaults.model_dump()
    )
    for name in {"speed", *ALL} - set(names_of(card)):
        with pytest.raises(BadOptions, match=f"it has {', '.join(names_of(card))}"):
            read_options(card, {name: "1"})


@CARDS
def test_the_script_is_told_of_every_setting_of_its_model(card: Card) -> None:
    lab = Lab("player", "player-1", 1, "", {})
    resources = Resources({card.name: CardFile(card, "", Path("nowhere"))}, {})
    start = json.loads(view(lab, read(lab, resources), resources).data)
    assert [control["name"] for control in start["controls"]] == names_of(card)


@CARDS
def test_the_list_of_models_has_every_default_and_limit(card: Card) -> None:
    described = describe(card, None, None, None)
    assert described["defaults"] == {control.name: control.default_for(card) for control in controls_of(card)}
    for name, control in CONTROLS.items():
        assert LIMITS.get(name) == (control.most if control.is_number else None)


@pytest.mark.parametrize(
    ("card", "asked"),
    [
        (DIGITS, {"label": "one", "eta": 0.5}),
        (PAINTER, {"prompt": "tree", "negative_prompt": "night", "sampler": "ddim"}),
    ],
    ids=["classes", "prompts"],
)
def test_the_page_of_a_run_lists_every_setting_that_changed_its_pictures(
    card: Card, asked: dict[str, object]
) -> None:
    spec = read_run(RunRequest.model_validate({"model": card.name} | asked), card).spec
    headings = [control.heading for control in controls_of(card) if control.changes_pictures]
    assert list(facts(spec, card)) == ["Model", *headings]


def test_eta_is_not_listed_for_a_sampler_without_it() -> None:
    spec = read_run(RunRequest(model="painter", prompt="tree", sampler="heun"), PAINTER).spec
    assert "Fresh noise eta" not in facts(spec, PAINTER)
    assert facts(spec, PAINTER)["Spread of the steps"] == "evenly in time"


@pytest.mark.parametrize("control", CONTROLS.values(), ids=lambda control: str(control.name))
def test_the_document_of_the_api_shows_range_and_help(control: Control) -> None:
    app = FastAPI()
    app.include_router(api.router)
    document = app.openapi()
    body = document["components"]["schemas"]["RunRequest"]["properties"]
    assert set(body) == {"model", *ALL}
    shown = body[control.name]
    assert unescape(shown["description"]) == control.description
    (kind, *_) = shown.get("anyOf", [shown])
    if control.is_number:
        assert (kind["minimum"], kind["maximum"]) == (control.least, control.most)
    if control.kind is Kind.TEXT:
        assert kind["maxLength"] == control.longest
