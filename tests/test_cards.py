"""Cards as they are read: whatever could not be run is refused, and said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cards import find_cards, read_card
from app.controls.table import broken_rules
from app.errors import CheckpointError
from tests.tiny_model import HEAD

CLASSES = 'classes = ["round", "square"]'


def write(models: Path, old: str = "", new: str = "", name: str = "tiny") -> Path:
    """Write the card of a model with one thing changed, and return its folder."""
    text = HEAD.format(name=name, shape=[1, 8, 8], classes=CLASSES, text="", sha256="")
    assert old in text
    folder = models / name
    folder.mkdir(parents=True)
    (folder / "card.md").write_text(text.replace(old, new, 1))
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('sampler = "ddim"', 'sampler = "dimd"', "defaults.sampler: must be one of ddim, ddpm, "),
        ('sampler = "ddim"', 'sampler = "dimd"', "received 'dimd'"),
        ("eta = 0.0", 'grid = "rho8"', "defaults.grid: must be one of uniform, log_snr, "),
        ("eta = 0.0", 'grid = "rho7"', "defaults: the grid rho7 needs at least 7 steps, got 4"),
        ("steps = 4", "steps = 0", "defaults.steps: "),
        ("steps = 4", "steps = 1001", "defaults.steps: "),
        ("guidance = 2.0", "guidance = 20.5", "defaults.guidance: "),
        ("guidance = 2.0", "guidance = nan", "defaults.guidance: "),
        ("eta = 0.0", "eta = -0.1", "defaults.eta: "),
        ("eta = 0.0", "speed = 3", "defaults.speed: unknown key"),
        ("steps = 4", "", "defaults.steps: is missing"),
        ('schedule = "cosine"', 'schedule = "cubic"', "schedule: must be one of cosine, linear, flow; "),
        ("t_max = 0.999", "t_max = 1.0", "t_max: "),
        ("t_max = 0.999", "t_max = 0.0", "t_max: "),
        ("[1, 8, 8]", "[1, 0, 8]", "shape 2: "),
        ("[1, 8, 8]", "[2, 8, 8]", "shape 1: must be one of 1, 3; received 2"),
        ('name = "tiny"', f'name = "{"x" * 65}"', "name: "),
        ('name = "tiny"', 'name = ""', "name: "),
        ("+++", "", "line 1: the file must begin with"),
    ],
)
def test_a_card_that_no_run_can_be_made_of_is_refused_in_one_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    folder = write(tmp_path, old, new)
    with pytest.raises(CheckpointError) as refused:
        read_card(folder)
    assert str(refused.value).startswith(f"{folder / 'card.md'}: ")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_fault_of_every_card_is_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, "steps = 4\nguidance = 2.0", "steps = 0\nguidance = 21", "first")
    write(tmp_path, "+++", "", "second")
    write(tmp_path, name="sound")
    with pytest.raises(CheckpointError) as refused:
        find_cards(tmp_path)
    first, second = str(refused.value).splitlines()
    assert "first/card.md: defaults.steps: " in first
    assert "; defaults.guidance: " in first
    assert "second/card.md: line 1" in second


def test_what_a_card_may_have_by_default_keeps_the_rules_of_a_run(tmp_path: Path) -> None:
    card = read_card(write(tmp_path, "steps = 4", 'grid = "log_snr"\nsteps = 1000')).card
    assert list(broken_rules(1, card.defaults.steps, card.defaults.grid)) == []


JUDGE = f"""
[judge]
sha256 = "{"0" * 64}"
[judge.network]
widths = [8]
[judge.aspects]
class = ["round", "square"]
+++
An"""


def test_a_card_may_tell_of_a_judge(tmp_path: Path) -> None:
    assert read_card(write(tmp_path, name="without")).card.judge is None
    head = read_card(write(tmp_path, "+++\nAn", JUDGE)).card.judge
    assert head
    assert (head.aspects, head.network) == ({"class": ("round", "square")}, {"widths": [8]})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0" * 64, "0" * 63, "judge.sha256: "),
        ('["round", "square"]\n+++', '["round"]\n+++', "judge.aspects.class: must have at least 2, has 1"),
        ('class = ["round", "square"]\n+++', "+++", "judge.aspects: "),
        ("[judge.network]", "speed = 3\n[judge.network]", "judge.speed: unknown key"),
        ("[judge.network]\nwidths = [8]\n", "", "judge.network: is missing"),
    ],
)
def test_a_judge_that_says_nothing_or_too_much_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in JUDGE
    folder = write(tmp_path, "+++\nAn", JUDGE.replace(old, new, 1))
    with pytest.raises(CheckpointError) as refused:
        read_card(folder)
    assert said in str(refused.value)
