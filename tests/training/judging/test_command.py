"""`fromnoise judge`: from pictures to a file beside the model and a section on its card, which both stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from app.cards import CardFile, read_card, weights_fault
from app.diffusion.checkpoints import load_judge, save_weights
from app.diffusion.unet import UNet, UNetConfig
from app.errors import InvalidRequest
from app.training.judge_command import make_judge
from app.training.judge_text import TITLE, section_of
from app.training.judging.lessons import obtain_pictures
from app.training.judging.recipes import JUDGING, JudgingRecipe, aspects_of
from app.training.landscapes.scene import ATTRIBUTES
from app.training.made_text import Made
from app.training.recipes import DIGITS, PAINTER, Recipe
from app.training.shipping import ship, write_measured
from tests.tiny_model import write_tiny_model
from tests.training.test_shipping import measured

MADE = Made("two cores", 3_000.0)
SMALL = JudgingRecipe(widths=(8,), blocks=(1,), steps=4, batch=8, warmup=1, keep_every=2)


@pytest.fixture
def recipe() -> Recipe:
    network = UNetConfig(channels=1, height=28, width=28, widths=(8, 16), blocks=1, heads=2, classes=10)
    return replace(DIGITS, network=network)


@pytest.fixture
def shipped(recipe: Recipe, tmp_path: Path) -> CardFile:
    """A model of digits, tiny and untrained, with nothing measured."""
    (tmp_path / "trained").mkdir()
    save_weights(UNet(recipe.network), tmp_path / "trained" / "average.safetensors")
    return ship("digits", recipe, tmp_path / "trained", tmp_path / "models", MADE)


@pytest.fixture
def judged(shipped: CardFile, data: Path, tmp_path: Path) -> CardFile:
    make_judge(shipped.folder, data, tmp_path / "judge", SMALL)
    return read_card(shipped.folder)


def test_the_judge_lies_beside_the_model_and_its_figures_stand_on_the_card(
    shipped: CardFile, judged: CardFile
) -> None:
    assert load_judge(judged) and weights_fault(judged) is None
    head = judged.card.judge
    assert head and head.aspects == {"class": tuple("0123456789")}
    assert head.network == {"widths": [8], "blocks": [1]}
    assert len(head.measured["error_class"]) == len(head.measured["times"]) == 8
    assert judged.card.model_copy(update={"judge": None}) == shipped.card
    section = section_of(judged.body)
    assert judged.body.replace(f"{TITLE}\n\n{section}\n\n", "") == shipped.body
    for part in (
        "| t | sigma | class |",
        f"| 0.5 | 1.00 | {head.measured['error_class'][3]:.1%} |",
        "600 training pictures",
        "on 200 test pictures",
        "`fromnoise judge digits --data mnist.npz`",
        head.sha256,
    ):
        assert part in section, part


def test_a_second_judge_takes_the_place_of_the_first_and_ends_the_same_without_training_again(
    judged: CardFile, data: Path, tmp_path: Path
) -> None:
    before = (judged.folder / "card.md").read_text()
    make_judge(judged.folder, data, tmp_path / "judge", SMALL)
    assert (judged.folder / "card.md").read_text() == before
    make_judge(judged.folder, data, tmp_path / "other", replace(SMALL, seed=12))
    after = read_card(judged.folder)
    assert after.card.judge != judged.card.judge
    assert after.body.count(TITLE) == 1 and "seed 12" in after.body and "seed 11" not in after.body


def test_measuring_the_model_keeps_the_judge(judged: CardFile) -> None:
    after = write_measured(judged.folder, measured())
    assert after.card.measured == measured()
    assert after.card.judge == judged.card.judge
    assert section_of(after.body) == section_of(judged.body)


def test_training_the_model_again_keeps_the_judge_unless_it_is_a_model_of_other_pictures(
    recipe: Recipe, judged: CardFile, tmp_path: Path
) -> None:
    torch.manual_seed(9)
    save_weights(UNet(recipe.network), tmp_path / "trained" / "average.safetensors")
    again = ship("digits", recipe, tmp_path / "trained", tmp_path / "models", MADE)
    assert again.card.sha256 != judged.card.sha256
    assert again.card.judge == judged.card.judge and load_judge(again)
    assert section_of(again.body) == section_of(judged.body)
    other = ship(
        "digits",
        replace(recipe, classes=tuple("abcdefghij")),
        tmp_path / "trained",
        tmp_path / "models",
        MADE,
    )
    assert other.card.judge is None and TITLE not in other.body


def test_test_pictures_are_not_learnt_from(data: Path, tmp_path: Path) -> None:
    lessons, exam = obtain_pictures(SMALL, DIGITS, data, tmp_path, lambda text: None)
    with np.load(data) as arrays:
        assert np.array_equal(lessons.pixels[:, 0].numpy(), arrays["x_train"])
        assert np.array_equal(exam.pixels[:, 0].numpy(), arrays["x_test"])
        assert lessons.shown[:, 0].tolist() == arrays["y_train"].tolist()


def test_drawings_to_learn_from_and_to_be_examined_with_differ_and_show_every_attribute(
    tmp_path: Path,
) -> None:
    few = replace(SMALL, drawn=6, examined=6)
    lessons, exam = obtain_pictures(few, PAINTER, None, tmp_path, lambda text: None)
    assert lessons.shown.shape == exam.shown.shape == (6, len(ATTRIBUTES))
    seen = {picture.numpy().tobytes() for picture in lessons.pixels}
    assert not seen & {picture.numpy().tobytes() for picture in exam.pixels}


def test_the_painters_aspects_are_its_attributes() -> None:
    card = read_card(Path(__file__).parents[3] / "models" / "painter").card
    assert aspects_of(card) == dict(ATTRIBUTES)


def test_what_cannot_be_made_is_refused(shipped: CardFile, data: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no recipe for a judge of 'birds'; there are: digits, painter"):
        make_judge(write_tiny_model(tmp_path, "birds").folder, data, tmp_path)
    with pytest.raises(InvalidRequest, match="digits learns from a data set"):
        make_judge(shipped.folder, None, tmp_path / "judge")


@pytest.mark.parametrize("name", JUDGING)
def test_the_judges_that_ship_are_good_enough_and_know_what_they_cannot_see(name: str) -> None:
    head = read_card(Path(__file__).parents[3] / "models" / name).card.judge
    assert head
    errors = [head.measured[f"error_{aspect}"] for aspect in head.aspects]
    clean = [levels[0] for levels in errors]
    assert sum(clean) / len(clean) < (0.015 if name == "digits" else 0.02)
    assert all(levels[-1] > levels[0] for levels in errors)
    assert head.measured["sure_right"] > 0.95
