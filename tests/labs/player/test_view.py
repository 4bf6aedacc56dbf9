"""The player's context: its settings, what it tells a learner of each, and what its script begins with."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from app.cards import Card, CardFile, Defaults
from app.course.directives import Lab
from app.diffusion.pixels import to_pixels
from app.diffusion.plan import make_plan
from app.diffusion.seeds import PictureNoise
from app.labs.options import BadOptions, Resources
from app.labs.player.options import read
from app.labs.player.sampler_source import SamplerSource, sampler_sources
from app.labs.player.view import PlayerView, view
from app.prompts import Vocabulary
from app.settings import ROOMS, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates
from tests.cards import made_up_card

ROOT = Path(__file__).parents[3]
CARD = made_up_card(
    "digits",
    (1, 28, 28),
    Defaults(sampler="ddim", steps=50, guidance=2.0, eta=0.25, grid="log_snr"),
    classes=("zero", "one"),
    data="MNIST",
    data_licence="CC BY-SA 3.0",
)
WORDS = {"time": ("day noon", "night"), "thing": ("house home", "tree"), "other": ("a",)}
PAINTER = CARD.model_copy(update={"name": "painter", "shape": (3, 32, 32), "classes": (), "words": WORDS})


@pytest.fixture(scope="module")
def sources() -> tuple[SamplerSource, ...]:
    return sampler_sources()


def player(
    sources: tuple[SamplerSource, ...],
    options: Mapping[str, str] | None = None,
    fault: str | None = None,
    card: Card = CARD,
) -> PlayerView:
    lab = Lab("player", "player-1", 1, "<em>One</em>", options or {})
    resources = Resources({card.name: CardFile(card, "", Path("nowhere"))}, {})
    made = view(lab, read(lab, resources), resources)
    return replace(made, fault=fault)


def rendered(context: PlayerView) -> str:
    templates = make_templates(files_folder("templates"), Assets(files_folder("static"), ROOMS), ROOMS)
    return templates.env.get_template("labs/player/view.html").render(lab=context, is_first_of_kind=True)


def test_settings_come_from_the_card_unless_the_lab_says_otherwise(
    sources: tuple[SamplerSource, ...],
) -> None:
    plain = player(sources).settings
    assert (plain.sampler, plain.steps, plain.guidance, plain.eta) == ("ddim", 50, 2.0, 0.25)
    assert plain.grid == "log_snr"
    assert (plain.label, plain.count) == (None, 1)
    lab = player(sources, {"model": "digits", "label": "one", "steps": "7", "guidance": "3.5", "count": "4"})
    assert (lab.settings.label, lab.settings.steps, lab.settings.guidance) == ("one", 7, 3.5)
    (label,) = (field for field in lab.fields if field.name == "label")
    assert [choice.value for choice in label.choices if choice.selected] == ["one"]
    assert [(choice.value, choice.text) for choice in label.choices][:2] == [("", "any"), ("zero", "zero")]


def test_every_fault_in_a_labs_options_is_named_at_once(sources: tuple[SamplerSource, ...]) -> None:
    options = {"label": "seven", "steps": "0", "speed": "9", "guidance": "nan", "eta": "2", "grid": "square"}
    with pytest.raises(BadOptions) as caught:
        player(sources, options)
    assert len(caught.value.faults) == 6
    for name, fault in zip(options, caught.value.faults, strict=True):
        assert fault.option == name
        assert name in fault.what


def test_more_pictures_and_steps_than_a_run_may_have_are_refused(sources: tuple[SamplerSource, ...]) -> None:
    with pytest.raises(BadOptions, match="pictures times steps must be at most 3200"):
        player(sources, {"count": "16", "steps": "1000"})


def test_the_noise_shown_first_is_frame_0_of_the_run(sources: tuple[SamplerSource, ...]) -> None:
    import torch

    options = {"seed": str(2**40 + 3), "sampler": "flow_euler", "steps": "5"}
    start = json.loads(player(sources, options).data)
    noise = torch.from_numpy(PictureNoise(2**40 + 3, 0).draw(CARD.shape))[None]
    x_t = make_plan(sampler="flow_euler", steps=5).points[0].noise_scale * noise
    expected = to_pixels(x_t, x_t, x_t)[0].numpy().ravel()
    shown = np.frombuffer(base64.b64decode(start["noise"]), np.uint8)
    assert np.abs(shown.astype(int) - expected.astype(int)).max() <= 1
    assert (shown == expected).mean() > 0.999


def test_fewer_steps_than_a_grid_takes_are_refused_and_the_list_of_grids_says_so(
    sources: tuple[SamplerSource, ...],
) -> None:
    with pytest.raises(BadOptions, match="the grid rho7 needs at least 7 steps, got 6"):
        player(sources, {"grid": "rho7", "steps": "6"})
    lab = player(sources)
    (grids,) = (field for field in lab.fields if field.name == "grid")
    named = {choice.value: choice.text for choice in grids.choices}
    assert f"“{named['rho7']}” takes at least 7 steps" in grids.help
    assert f"“{named['log_snr']}” takes at least 5 steps" in grids.help
    assert grids.help.count("at least") == 2
    assert json.loads(lab.data)["limits"]["fewestSteps"] == {"log_snr": 5, "rho7": 7}


def test_the_curve_of_a_path_and_grid_is_that_of_its_plan(sources: tuple[SamplerSource, ...]) -> None:
    curves = json.loads(player(sources).data)["curves"]
    assert set(curves) == {
        f"{path} {grid}" for path in ("own", "flow") for grid in ("uniform", "log_snr", "rho7", "half_rho7")
    }
    for levels in curves.values():
        assert levels == sorted(levels, reverse=True)
        assert levels[-1] == 0
    assert curves["flow uniform"] != curves["own uniform"]


def test_every_field_of_the_form_is_labelled_and_explained(sources: tuple[SamplerSource, ...]) -> None:
    html = rendered(player(sources))
    for name in ("label", "seed", "count", "sampler", "steps", "guidance", "eta", "grid"):
        assert f'<label for="player-1-{name}">' in html
        assert f'id="player-1-{name}-why"' in html
        assert f'aria-describedby="player-1-{name}-why' in html


def test_a_fault_takes_the_controls_place_and_is_escaped(sources: tuple[SamplerSource, ...]) -> None:
    html = rendered(player(sources, fault="no <weights>"))
    assert "No &lt;weights&gt;" in html
    assert "<form" not in html
    assert "Plate 1." in html


class Balance(HTMLParser):
    """Collects the elements that are open, and every end tag that closes another than the last."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in {"input", "path", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"input", "path", "br"}:
            return
        if self.open.pop() != tag:
            self.crossed.append(tag)


@pytest.mark.parametrize("card", [CARD, PAINTER], ids=lambda card: str(card.name))
@pytest.mark.parametrize("fault", [None, "no weights"])
def test_every_element_is_closed_where_it_should_be(
    sources: tuple[SamplerSource, ...], fault: str | None, card: Card
) -> None:
    balance = Balance()
    balance.feed(rendered(player(sources, fault=fault, card=card)))
    assert (balance.crossed, balance.open) == ([], [])


def test_nothing_in_the_markup_needs_a_looser_policy(sources: tuple[SamplerSource, ...]) -> None:
    html = rendered(player(sources)) + rendered(player(sources, card=PAINTER))
    for inline in ("<script", "<style", " style=", " onclick", "javascript:"):
        assert inline not in html


def test_a_model_of_prompts_has_fields_for_them_in_place_of_the_class(
    sources: tuple[SamplerSource, ...],
) -> None:
    html = rendered(player(sources, {"prompt": 'a "house"', "negative_prompt": "night"}, card=PAINTER))
    for name in ("prompt", "negative_prompt", "seed", "guidance"):
        assert f'<label for="player-1-{name}">' in html
        assert f'aria-describedby="player-1-{name}-why' in html
    for name in ("prompt", "negative_prompt"):
        field = re.search(rf'<(?:textarea|input)[^>]* name="{name}"[^>]*>', html)
        assert field is not None
        assert 'maxlength="500"' in field[0]
        assert f'aria-describedby="player-1-{name}-why player-1-{name}-marks"' in field[0]
        assert f'id="player-1-{name}-marks" role="status"' in html
    assert "Away from (negative prompt)</label>" in html
    assert 'name="label"' not in html
    assert ">a &#34;house&#34;</textarea>" in html
    assert 'value="night"' in html
    assert "follow the prompt" in html
    assert "follow the class" not in html
    assert 'name="prompt"' not in rendered(player(sources))


def test_the_vocabulary_is_on_the_page_as_text_and_in_the_scripts_data(
    sources: tuple[SamplerSource, ...],
) -> None:
    painter = player(sources, card=PAINTER)
    listed = re.search(r'<details class="fold words wide">.*?<dl>(.*?)</dl>', rendered(painter), re.DOTALL)
    assert listed is not None
    entries = " ".join(re.findall("<dd>(.*?)</dd>", listed[1], re.DOTALL))
    on_the_page = re.sub("<[^>]*>|,", " ", entries).split()
    for word in Vocabulary(WORDS).tokens:
        assert on_the_page.count(word) == 1
    assert json.loads(painter.data)["prompt"] == {
        "words": {kind: [entry.split() for entry in entries] for kind, entries in WORDS.items()},
        "max_words": 24,
    }
    assert json.loads(player(sources).data)["prompt"] is None


def test_the_starting_noise_of_a_colour_model_has_its_colours(sources: tuple[SamplerSource, ...]) -> None:
    import torch

    start = json.loads(player(sources, {"seed": "5"}, card=PAINTER).data)
    noise = torch.from_numpy(PictureNoise(5, 0).draw(PAINTER.shape))[None]
    x_t = make_plan(sampler="ddim", steps=50, model_t_max=0.999).points[0].noise_scale * noise
    expected = to_pixels(x_t, x_t, x_t)[0].numpy()
    shown = np.frombuffer(base64.b64decode(start["noise"]), np.uint8).reshape(1, 32, 32, 3)
    assert np.abs(shown.astype(int) - expected.astype(int)).max() <= 1


def test_the_noise_of_several_pictures_is_left_to_the_browser(sources: tuple[SamplerSource, ...]) -> None:
    start = json.loads(player(sources, {"count": "2", "sampler": "flow_euler", "steps": "5"}).data)
    assert start["noise"] == ""
    expected = make_plan(sampler="flow_euler", steps=5).points[0].noise_scale
    assert start["noiseScale"] == pytest.approx(expected, rel=1e-12)


def test_a_lab_may_set_prompts_and_maps(sources: tuple[SamplerSource, ...]) -> None:
    options = {"prompt": "a home noon", "negative_prompt": "tree", "attention": "true"}
    settings = player(sources, options, card=PAINTER).settings
    assert (settings.prompt, settings.negative_prompt, settings.attention) == ("a home noon", "tree", True)
    assert player(sources, {"attention": "false"}, card=PAINTER).settings.attention is False


def test_the_read_outs_that_need_symbols_stand_beside_the_code(sources: tuple[SamplerSource, ...]) -> None:
    plain, all_of_them = player(sources, {}), player(sources, {"readouts": "all"})
    assert [one.name for one in plain.readouts] == ["step", "noise"]
    assert [one.name for one in plain.further_readouts] == ["t", "alpha_bar", "sigma", "snr"]
    assert len(all_of_them.readouts) == 6
    assert all_of_them.further_readouts == ()
    assert [one.name for one in player(sources, {"readouts": "t step"}).readouts] == ["step", "t"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"prompt": "a castle 🚀"}, "prompt: the model's vocabulary has no 'castle', '🚀'"),
        ({"negative_prompt": "fog"}, "negative_prompt: the model's vocabulary has no 'fog'"),
        ({"prompt": "a " * 25}, "prompt: the model reads 24 words, got 25"),
        ({"prompt": "a " + "." * 500}, "prompt must have at most 500 letters, got 502"),
        ({"attention": "yes"}, "unknown attention 'yes'; allowed: true, false"),
        (
            {"attention": "true", "count": "5"},
            "what each word drew is shown for at most 4 pictures at once, got 5",
        ),
        ({"label": "one"}, "a player of painter has no option 'label'; it has prompt, negative_prompt"),
    ],
)
def test_what_a_lab_cannot_set_for_a_model_of_prompts_is_a_fault(
    sources: tuple[SamplerSource, ...], options: dict[str, str], problem: str
) -> None:
    with pytest.raises(BadOptions) as caught:
        player(sources, options, card=PAINTER)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].what.startswith(problem)


@pytest.mark.parametrize("name", ["prompt", "negative_prompt", "attention"])
def test_a_lab_of_a_model_of_classes_has_no_prompts(sources: tuple[SamplerSource, ...], name: str) -> None:
    with pytest.raises(BadOptions, match=f"a player of digits has no option '{name}'; it has label"):
        player(sources, {name: "true"})


@pytest.mark.slow
def test_the_page_needs_no_torch() -> None:
    code = "import app.labs.player.view, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
