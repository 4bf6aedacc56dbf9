import io

import numpy as np
import pytest
import torch
from PIL import Image

from app.diffusion.pixels import to_pixels
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.engine.models import Models
from app.errors import CheckpointError, InvalidRequest
from app.prompts import MAX_WORDS
from app.sampling_command import BATCH, sample_to_file
from tests.tiny_model import PAINTER_SHAPE, write_tiny_model, write_tiny_painter

pytestmark = pytest.mark.slow  # pictures are drawn


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    write_tiny_painter(folder)
    return folder


@pytest.fixture(scope="module")
def loaded(models):
    """Load both models once: their speed is measured as they are loaded."""
    return Models(models, torch.device("cpu"), 1)


def drawn(models, out, count=7, **given):
    """Draw into a .npz and read it back: images, labels."""
    sample_to_file(models, "tiny", count, {"steps": 2, "seed": 0} | given, out)
    with np.load(out) as file:
        assert set(file) == {"images", "labels"}
        return file["images"], file["labels"]


def painted(models, out, count=3, **given):
    """Have the painter draw into a .npz and read it back: images, labels, and what was asked for."""
    sample_to_file(models, "painter", count, {"steps": 2, "seed": 0} | given, out)
    with np.load(out, allow_pickle=False) as file:
        assert set(file) == {"images", "labels", "prompt", "negative_prompt", "guidance"}
        asked = (str(file["prompt"]), str(file["negative_prompt"]), float(file["guidance"]))
        return file["images"], file["labels"], asked


def expected_painting(loaded, count, wanted, negative, guidance):
    """What the plain loop makes of both prompts as they stand."""
    model = loaded.get("painter")
    rows = [torch.tensor([model.card.vocabulary.read(text).row] * count) for text in (wanted, negative)]
    noise = [PictureNoise(0, index) for index in range(count)]
    plan = make_plan(sampler="ddim", steps=2)
    x0 = sample(model.denoiser, plan, rows[0], guidance, noise, negative_condition=rows[1])
    return to_pixels(x0, x0, x0)[0].numpy()


@pytest.fixture
def out(tmp_path):
    return tmp_path / "new folder" / "pictures.npz"


def test_pictures_and_labels_come_as_arrays_and_labels_cycle(models, out):
    images, labels = drawn(models, out)
    assert (images.shape, images.dtype) == ((7, 8, 8, 1), np.uint8)
    assert (labels.tolist(), labels.dtype) == ([0, 1, 2, 0, 1, 2, 0], np.int64)
    assert len(np.unique(images.reshape(7, -1), axis=0)) == 7


@pytest.mark.parametrize("label", ["third", 2])
def test_with_a_label_all_pictures_are_of_it(models, out, label):
    _, labels = drawn(models, out, label=label)
    assert labels.tolist() == [2] * 7


def test_the_label_and_the_guidance_decide_the_pictures(models, loaded, out):
    """What the file says is what the model was told."""
    images, _ = drawn(models, out, count=3, label="square", guidance=3.0)
    model = loaded.get("tiny").denoiser
    noise = [PictureNoise(0, index) for index in range(3)]
    x0 = sample(model, make_plan(sampler="ddim", steps=2), torch.full((3,), 1), 3.0, noise)
    expected = to_pixels(x0, x0, x0)[0].numpy()
    assert np.abs(images.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("label", [None, "square"])
def test_guidance_zero_ignores_the_class_and_the_labels_are_still_those_asked_for(models, loaded, out, label):
    images, labels = drawn(models, out, count=3, guidance=0.0, label=label)
    model = loaded.get("tiny").denoiser
    noise = [PictureNoise(0, index) for index in range(3)]
    x0 = sample(model, make_plan(sampler="ddim", steps=2), torch.full((3,), 3), 1.0, noise)
    assert np.abs(images.astype(int) - to_pixels(x0, x0, x0)[0].numpy()).max() <= 1
    assert labels.tolist() == ([1, 1, 1] if label else [0, 1, 2])


def test_a_painting_comes_with_its_prompt_and_without_labels(models, out):
    channels, height, width = PAINTER_SHAPE
    images, labels, asked = painted(models, out, prompt="The SEA, at night")
    assert (images.shape, images.dtype) == ((3, height, width, channels), np.uint8)
    assert (labels.tolist(), labels.dtype) == ([-1, -1, -1], np.int64)
    assert asked == ("The SEA, at night", "", 2.0)


@pytest.mark.parametrize(
    ("given", "wanted", "negative", "guidance"),
    [
        ({}, "", "", 1.0),
        ({"guidance": 5.0}, "", "", 5.0),
        ({"prompt": "sea"}, "sea", "", 2.0),
        ({"prompt": "ocean", "guidance": 4.0}, "sea", "", 4.0),
        ({"prompt": "sea", "negative_prompt": "night", "guidance": 4.0}, "sea", "night", 4.0),
        ({"prompt": "sea", "negative_prompt": "night", "guidance": 0.0}, "sea", "night", 0.0),
        ({"prompt": "sea", "negative_prompt": "night", "guidance": 1.0}, "sea", "night", 1.0),
        ({"negative_prompt": "night", "guidance": 4.0}, "", "night", 4.0),
    ],
)
def test_both_prompts_and_the_guidance_decide_a_painting(
    models, loaded, out, given, wanted, negative, guidance
):
    images, _, asked = painted(models, out, **given)
    expected = expected_painting(loaded, 3, wanted, negative, guidance)
    assert np.abs(images.astype(int) - expected).max() <= 1
    defaults = {"prompt": "", "negative_prompt": "", "guidance": 2.0}
    assert asked == tuple((defaults | given).values())


def told(capsys):
    return capsys.readouterr().err.splitlines()


def test_words_that_do_not_count_are_told_and_the_others_are_painted(models, loaded, out, capsys):
    images, _, _ = painted(
        models, out, prompt="a [bold] dragon \N{WHALE} over the sea", negative_prompt="fog"
    )
    assert told(capsys) == [
        "fromnoise: Not in the model's vocabulary, and left out: “[”, “bold”, “]”, “dragon”, “\N{WHALE}”.",
        "fromnoise: None of the negative prompt's words is in the model's vocabulary, so it counts for "
        "nothing: “fog”.",
    ]
    assert np.abs(images.astype(int) - expected_painting(loaded, 3, "a over the sea", "", 2.0)).max() <= 1
    painted(models, out, prompt="a sea " * MAX_WORDS)
    (line,) = told(capsys)
    assert f"longer than the {MAX_WORDS} words that the model reads: the last {MAX_WORDS} were" in line
    painted(models, out, prompt="a sea")
    assert told(capsys) == []


def test_the_command_tells_all_that_a_page_tells(models, out, capsys):
    painted(models, out, prompt="dawn night sea", negative_prompt="red", guidance=1.0)
    assert [line.split(": ")[1] for line in told(capsys)] == [
        "“dawn” and “night” contradict each other",
        "With guidance 1 the negative prompt counts for nothing; only a guidance above 1 leads away from it.",
    ]
    painted(models, out, prompt="sea", guidance=0.0)
    (line,) = told(capsys)
    assert line.startswith("fromnoise: With guidance 0 the prompt counts for nothing")
    painted(models, out)
    assert told(capsys) == ["fromnoise: No prompt: the model paints whatever it likes."]


def test_what_a_prompt_holds_cannot_steer_the_terminal(models, out, capsys):
    painted(models, out, prompt="sea \x1b]0;title\x07 \u202e<\x9b31m")
    printed = capsys.readouterr().err
    assert "“U+001B ]”" in printed
    assert all(sign.isprintable() or sign == "\n" for sign in printed)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"label": "round"}, "label"),
        ({"label": "0", "prompt": "sea"}, "label"),
        ({"prompt": "a" * 501}, "prompt"),
        ({"negative_prompt": "a" * 10_000}, "negative_prompt"),
        ({"prompt": "sea \udcff"}, "prompt"),
        ({"negative_prompt": "\ud800"}, "negative_prompt"),
    ],
)
def test_what_a_painter_cannot_be_told_is_refused_by_name(models, out, given, field):
    with pytest.raises(InvalidRequest) as refused:
        painted(models, out, **given)
    assert refused.value.field == field
    assert not out.exists()


def test_more_than_a_batch_is_drawn_and_each_picture_is_what_it_is_alone(models, out):
    many, labels = drawn(models, out, count=BATCH + 3, sampler="ddpm")
    few, _ = drawn(models, out, count=2, sampler="ddpm")
    assert len(many) == len(labels) == BATCH + 3
    assert np.abs(many[:2].astype(int) - few).max() <= 1


def test_the_seed_decides(models, out):
    one, again, other = (drawn(models, out, seed=seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_png_is_a_contact_sheet(models, tmp_path):
    out = tmp_path / "sheet.png"
    sample_to_file(models, "tiny", 4, {"steps": 1}, out)
    with Image.open(io.BytesIO(out.read_bytes())) as sheet:
        assert (sheet.format, sheet.size) == ("PNG", (18, 18))
        first = np.asarray(sheet)[:8, :8]
    sample_to_file(models, "tiny", 4, {"steps": 1}, tmp_path / "sheet.npz")
    with np.load(tmp_path / "sheet.npz") as kept:
        assert np.array_equal(255 - first, kept["images"][0, :, :, 0]), "ink is dark on a sheet, 255 in data"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"steps": 0}, "steps"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**53}, "seed"),
        ({"guidance": float("nan")}, "guidance"),
        ({"guidance": float("inf")}, "guidance"),
        ({"eta": 1.5}, "eta"),
        ({"sampler": "none"}, "sampler"),
        ({"label": "none"}, "label"),
        ({"label": "\udcff"}, "label"),  # an argument that is not text
        ({"prompt": "a cat"}, "prompt"),
        ({"negative_prompt": ""}, "negative_prompt"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name_and_nothing_is_written(models, out, given, field):
    with pytest.raises(InvalidRequest) as refused:
        drawn(models, out, **given)
    assert refused.value.field == field
    assert not out.exists()


@pytest.mark.parametrize("name", ["pictures", "pictures.jpg", "pictures.NPZ", ".png"])
def test_a_file_of_another_kind_is_refused(models, tmp_path, name):
    with pytest.raises(InvalidRequest, match=r"\.npz or \.png"):
        sample_to_file(models, "tiny", 1, {}, tmp_path / name)


def test_an_unknown_model_is_refused_with_those_there_are(models, out):
    with pytest.raises(InvalidRequest, match="tiny"):
        sample_to_file(models, "none", 1, {}, out)
    with pytest.raises(InvalidRequest, match="none"):
        sample_to_file(models / "tiny", "tiny", 1, {}, out)


def test_missing_weights_are_told(tmp_path, out):
    write_tiny_model(tmp_path).weights.unlink()
    with pytest.raises(CheckpointError, match="missing"):
        sample_to_file(tmp_path, "tiny", 1, {}, out)
