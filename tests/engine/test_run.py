import json

import pytest
import torch
from pydantic import ValidationError

from app.cards import Card, Defaults
from app.engine.run import (
    MAX_ATTENTION_COUNT,
    MAX_COUNT,
    MAX_IMAGE_STEPS,
    MAX_PROMPT_LENGTH,
    RunRequest,
    guidance_of,
    normalise,
    read_prompts,
    read_request,
)
from app.errors import InvalidRequest

CARD = Card(
    name="tiny",
    title="Tiny",
    shape=(1, 8, 8),
    classes=("round", "square", "third"),
    schedule="cosine",
    prediction="v",
    t_max=0.999,
    clip=True,
    licence="MIT",
    data="none",
    data_licence="CC0",
    sha256="0" * 64,
    network={},
    defaults=Defaults(sampler="heun", steps=40, guidance=2.5, eta=0.5),
)


PAINTER = Card(
    **CARD.model_dump(exclude={"name", "classes", "words"}),
    name="painter",
    words={
        "time": ("dawn daybreak", "night midnight"),
        "terrain": ("sea ocean", "hills hill"),
        "other": ("a an", "the", "over"),
    },
)


def spec(**settings):
    return normalise(RunRequest.model_validate({"model": "tiny"} | settings), CARD)


def painting(**settings):
    return normalise(read_request({"model": "painter"} | settings), PAINTER)


def from_json(text):
    """Parse a field as both edges do: with Python's JSON and with pydantic's own."""
    body = f'{{"model": "tiny", {text}}}'
    with pytest.raises(ValidationError) as by_pydantic:
        RunRequest.model_validate_json(body)
    with pytest.raises(ValidationError) as by_python:
        RunRequest.model_validate(json.loads(body))
    return by_pydantic.value, by_python.value


@pytest.mark.parametrize(
    ("field", "smallest", "largest"),
    [
        ("seed", 0, 2**53 - 1),
        ("count", 1, 16),
        ("steps", 1, 1000),
        ("guidance", 0.0, 20.0),
        ("eta", 0.0, 1.0),
    ],
)
def test_the_bounds_of_a_number_are_allowed_and_what_lies_beyond_is_refused(field, smallest, largest):
    for value in (smallest, largest):
        assert getattr(RunRequest.model_validate({"model": "tiny", field: value}), field) == value
    step = 1 if isinstance(smallest, int) else 1e-9
    for value in (smallest - step, largest + step):
        with pytest.raises(ValidationError) as refused:
            RunRequest.model_validate({"model": "tiny", field: value})
        assert [error["loc"] for error in refused.value.errors()] == [(field,)]


@pytest.mark.parametrize("field", ["seed", "label", "count", "steps", "guidance", "eta"])
@pytest.mark.parametrize(
    "value", ["true", "NaN", "Infinity", "-Infinity", "1e400", '"\\ud800"', "1" + "0" * 400, "[]", "{}"]
)
def test_what_is_no_number_that_json_has_is_refused_by_both_edges(field, value):
    for refused in from_json(f'"{field}": {value}'):
        locations = [error["loc"] for error in refused.errors(include_url=False)]
        assert locations in ([(field,)], [()]), "one fault, that names the field or the JSON"


@pytest.mark.parametrize("field", ["seed", "count", "steps"])
@pytest.mark.parametrize("value", ["5.0", '"5"', "1e1"])
def test_whole_numbers_are_not_converted_from_anything(field, value):
    from_json(f'"{field}": {value}')


@pytest.mark.parametrize("field", ["model", "prompt", "negative_prompt", "sampler", "grid", "label"])
@pytest.mark.parametrize("value", ['"\\ud800"', "true", "[]", '"' + "a" * (MAX_PROMPT_LENGTH + 1) + '"'])
def test_texts_are_texts_of_bounded_length(field, value):
    with pytest.raises(ValidationError):
        RunRequest.model_validate(json.loads(f'{{"model": "tiny", "{field}": {value}}}'))


@pytest.mark.parametrize("text", ['"speed": 1', '"__class__": 1', '"Seed": 1'])
def test_unknown_fields_are_refused(text):
    from_json(text)


def test_a_run_without_a_model_is_refused():
    with pytest.raises(ValidationError):
        RunRequest.model_validate({})


def test_what_is_left_open_comes_from_the_card():
    open_run = spec(label="square", sampler="ddim")
    assert (open_run.steps, open_run.guidance, open_run.eta) == (40, 2.5, 0.5)
    assert (open_run.seed, open_run.count, open_run.grid) == (0, 1, "uniform")
    assert spec().sampler == "heun"


@pytest.mark.parametrize(("label", "index"), [("round", 0), ("third", 2), (0, 0), (2, 2), (None, None)])
def test_a_label_is_the_name_of_a_class_or_its_index(label, index):
    assert spec(label=label).label == index


@pytest.mark.parametrize("label", ["Round", "", "3", 3, 2**53 - 1])
def test_an_unknown_label_is_refused_with_the_ones_that_are_allowed(label):
    with pytest.raises(InvalidRequest, match="round, square, third") as refused:
        spec(label=label)
    assert refused.value.field == "label"


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_model_of_classes_takes_no_prompt(field):
    with pytest.raises(InvalidRequest, match="label") as refused:
        spec(**{field: ""})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "value"), [("sampler", "euler"), ("sampler", ""), ("grid", "log"), ("grid", "")]
)
def test_an_unknown_sampler_or_grid_is_refused_with_the_ones_that_are_allowed(field, value):
    with pytest.raises(InvalidRequest, match="allowed") as refused:
        spec(**{field: value})
    assert refused.value.field == field


def test_pictures_times_steps_is_capped():
    assert spec(count=16, steps=MAX_IMAGE_STEPS // 16).count == 16
    with pytest.raises(InvalidRequest, match="fewer") as refused:
        spec(count=16, steps=MAX_IMAGE_STEPS // 16 + 1)
    assert refused.value.field == "steps"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"sampler": "heun", "eta": 0.0}, {"sampler": "heun", "eta": 1.0}),
        ({"guidance": 1.0}, {"guidance": 7.0}),  # without a label guidance does nothing
        ({"label": 1, "guidance": 0.0}, {"guidance": 0.0}),  # and at 0 the label does nothing
        ({"label": "square"}, {"label": 1}),
        ({"guidance": 3, "label": 1}, {"guidance": 3.0, "label": 1}),
        ({"steps": 40}, {}),
        ({"label": 1, "guidance": 0.0}, {"label": 1, "guidance": -0.0}),
        ({"label": 1, "guidance": 0.0}, {"label": 1, "guidance": 1e-50}),
        ({"label": 1, "guidance": 1.0}, {"label": 1, "guidance": 1.0 + 1e-9}),
        ({"label": 1, "guidance": 2.0}, {"label": 1, "guidance": 2.0000004}),
        ({"sampler": "ddim", "eta": 0.0}, {"sampler": "ddim", "eta": -0.0}),
    ],
)
def test_requests_for_the_same_pictures_are_the_same_run(one, other):
    assert spec(**one) == spec(**other)
    assert spec(**one).run_id("a") == spec(**other).run_id("a")


def test_requests_for_other_pictures_are_other_runs():
    different = [
        {},
        {"seed": 1},
        {"count": 2},
        {"steps": 41},
        {"sampler": "ddim"},
        {"sampler": "ddim", "eta": 0.25},
        {"grid": "rho7"},
        {"label": 0},
        {"label": 1},
        {"label": 1, "guidance": 1.0},
    ]
    ids = [spec(**settings).run_id("weights") for settings in different]
    assert len(set(ids)) == len(different)
    assert spec().run_id("weights") != spec().run_id("other weights")


@pytest.mark.parametrize(
    ("prompt", "read"),
    [
        (None, ""),
        ("", ""),
        (" \t\r\n\x00", ""),
        ("the sea", "the sea"),
        ("THE  Ocean,\nover an hill!", "the sea over a hills"),
        ("\N{FULLWIDTH LATIN SMALL LETTER S}ea", "sea"),
        ("unicorns & dragons", ""),
        ("dawn night dawn midnight", "dawn night dawn night"),
        ("<script>alert('sea')</script>", "sea"),
        ("{{ night }} <b>sea</b> ${hills} %(a)s ' OR 1=1 --", "night sea hills a"),
        ("\N{WATER WAVE}sea\N{ZERO WIDTH JOINER}\N{NEW MOON SYMBOL}", "sea"),
        (
            "\N{RIGHT-TO-LEFT OVERRIDE}sea\N{POP DIRECTIONAL FORMATTING} \u05d9\u05dd \u0628\u062d\u0631",
            "sea",
        ),
        ("sea " * (MAX_PROMPT_LENGTH // 4), " ".join(["sea"] * 24)),
        ("x" * MAX_PROMPT_LENGTH, ""),
    ],
)
def test_a_prompt_is_any_text_of_which_the_known_words_count(prompt, read):
    assert painting(prompt=prompt).prompt == read
    assert painting(prompt="dawn", negative_prompt=prompt, guidance=3.0).negative_prompt == read


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
@pytest.mark.parametrize(
    "text", ["a" * (MAX_PROMPT_LENGTH + 1), "sea \ud800", "\udcff", b"sea", 7, True, ["sea"]]
)
def test_what_is_no_text_or_too_long_is_refused_by_name(field, text):
    with pytest.raises(InvalidRequest) as refused:
        painting(**{field: text})
    assert refused.value.field == field


def test_a_model_of_prompts_takes_no_label():
    for label in ("round", 0, ""):
        with pytest.raises(InvalidRequest, match="prompt, not a label; for instance: dawn sea a") as refused:
            painting(label=label, prompt="sea")
        assert refused.value.field == "label"


def test_a_model_of_classes_shows_no_attention():
    with pytest.raises(InvalidRequest, match="tiny takes a label, so it has no words to show") as refused:
        spec(attention=True)
    assert refused.value.field == "attention"
    assert spec(attention=False) == spec()


@pytest.mark.parametrize("value", [1, "true", None])
def test_attention_is_a_yes_or_a_no(value):
    with pytest.raises(InvalidRequest) as refused:
        painting(attention=value)
    assert refused.value.field == "attention"


def test_attention_is_shown_for_a_few_pictures_at_once():
    assert painting(prompt="sea", attention=True, count=MAX_ATTENTION_COUNT).attention
    with pytest.raises(InvalidRequest, match=f"at most {MAX_ATTENTION_COUNT} .* got 5") as refused:
        painting(prompt="sea", attention=True, count=MAX_ATTENTION_COUNT + 1)
    assert refused.value.field == "count"
    assert painting(prompt="sea", count=MAX_COUNT).count == MAX_COUNT


SEA = {"prompt": "the sea", "guidance": 3.0}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SEA, SEA | {"prompt": "The Ocean!"}),
        (SEA, SEA | {"prompt": "the shiny sea"}),
        (SEA, SEA | {"negative_prompt": ""}),
        (SEA, SEA | {"negative_prompt": "dragons"}),
        (SEA | {"negative_prompt": "night"}, SEA | {"negative_prompt": "Midnight"}),
        (SEA | {"guidance": 1.0}, SEA | {"guidance": 1.0, "negative_prompt": "night"}),
        (SEA | {"guidance": 0.0}, {}),
        (
            SEA | {"guidance": 0.0, "negative_prompt": "night"},
            SEA | {"guidance": 1e-50, "negative_prompt": "night"},
        ),
        (
            SEA | {"guidance": 1.0, "negative_prompt": "night"},
            SEA | {"guidance": 1.0 - 1e-9, "negative_prompt": "night"},
        ),
        (SEA | {"guidance": 0.0}, SEA | {"guidance": -0.0, "attention": True}),
        (SEA | {"guidance": 0.0, "negative_prompt": "night"}, {"prompt": "night", "guidance": 1.0}),
        (SEA | {"negative_prompt": "the ocean"}, SEA | {"guidance": 1.0}),
        ({}, {"prompt": "", "negative_prompt": "dragons", "guidance": 5.0}),
        ({}, {"prompt": "dragons", "attention": True}),
    ],
)
def test_prompts_that_make_the_same_pictures_are_the_same_run(one, other):
    assert painting(**one) == painting(**other)
    assert painting(**one).run_id("a") == painting(**other).run_id("a")


def test_a_guidance_that_single_precision_tells_from_0_and_1_is_kept():
    for guidance in (1e-6, 0.999999, 1.000001):
        assert painting(**SEA | {"guidance": guidance}).guidance == guidance
        assert torch.tensor(guidance, dtype=torch.float32).item() not in (0.0, 1.0)
    assert str(guidance_of(RunRequest(model="tiny", guidance=-0.0), CARD)) == "0.0"
    assert guidance_of(RunRequest(model="tiny"), CARD) == CARD.defaults.guidance


def test_a_run_is_the_same_whoever_reads_its_prompts():
    request = RunRequest(model="painter", prompt="an ocean", negative_prompt="midnight fog", guidance=3.0)
    told = read_prompts(request, PAINTER)
    assert (told.prompt.words, told.negative_prompt.words) == (("an", "ocean"), ("midnight",))
    assert normalise(request, PAINTER, told) == normalise(request, PAINTER)
    other = read_prompts(request.model_copy(update={"prompt": "hill"}), PAINTER)
    assert normalise(request, PAINTER, other).prompt == "hills"  # what was read is not read again


def test_prompts_that_make_other_pictures_are_other_runs():
    different = [
        {},
        {"prompt": "sea"},
        {"prompt": "the sea"},
        {"prompt": "sea the"},
        {"prompt": "sea sea"},
        {"prompt": "sea", "guidance": 1.0},
        {"prompt": "sea", "negative_prompt": "night"},
        {"prompt": "night", "negative_prompt": "sea"},
        {"negative_prompt": "night"},
        {"prompt": "sea", "attention": True},
    ]
    ids = [painting(**settings).run_id("weights") for settings in different]
    assert len(set(ids)) == len(different)


@pytest.mark.parametrize(
    ("settings", "rows"),
    [
        ({}, 1),
        (SEA, 2),
        (SEA | {"guidance": 1.0}, 1),
        (SEA | {"guidance": 0.0}, 1),
        (SEA | {"negative_prompt": "night"}, 2),
        (SEA | {"negative_prompt": "the ocean"}, 1),
        ({"negative_prompt": "night", "guidance": 3.0}, 2),
    ],
)
def test_only_guidance_between_two_prompts_costs_two_rows_a_picture(settings, rows):
    assert painting(**settings).rows_per_picture == rows
