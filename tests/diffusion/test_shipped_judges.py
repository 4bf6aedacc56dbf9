"""The judges that ship, and what they make of the pictures of their own models."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from app.cards import CardFile, find_card, read_card
from app.diffusion.checkpoints import denoiser, load_judge, load_network
from app.diffusion.judge import judge_pixels
from app.diffusion.pixels import as_bytes
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.engine.conditions import asked

MODELS = Path(__file__).parents[2] / "models"
PROMPTS = (
    "a red house on the left on a snowy hill at night with stars",
    "a white boat on the right on the sea at dusk",
    "a yellow windmill on the left on a hill by day with clouds",
)


@pytest.mark.parametrize("name", ["digits", "painter"])
def test_a_judge_is_small_and_the_one_that_the_card_describes(name: str) -> None:
    file = read_card(MODELS / name)
    assert file.judge.stat().st_size <= 1_000_000
    assert load_judge(file)
    assert file.card.judge
    assert file.card.judge.measured["parameters"] * 2 <= file.judge.stat().st_size


def test_no_judge_lies_beside_a_card_that_does_not_name_it() -> None:
    for path in MODELS.glob("*/judge.safetensors"):
        assert read_card(path.parent).card.judge


def judged_frames(file: CardFile, condition: Tensor, guidance: float) -> list[list[Tensor]]:
    """Draw pictures, and judge each frame of them; by frame and aspect, (picture, value)."""
    plan = make_plan(sampler="ddim", steps=10)
    frames: list[Tensor] = []
    model = denoiser(file, load_network(file))
    noise = [PictureNoise(0, index) for index in range(len(condition))]
    sample(model, plan, condition, guidance, noise, on_frame=frames.append)
    judge = load_judge(file)
    assert judge
    return [
        list(
            judge_pixels(
                judge,
                as_bytes(x_t),
                *(
                    torch.full((len(x_t),), scale, dtype=torch.float32)
                    for scale in (at.signal_scale, at.noise_scale)
                ),
            )
        )
        for x_t, at in zip(frames, plan.points, strict=True)
    ]


@pytest.mark.slow
def test_digits_are_told_at_the_end_of_a_run_and_not_at_its_beginning() -> None:
    file = find_card(MODELS, "digits")
    found = judged_frames(file, torch.arange(10), file.card.defaults.guidance)
    (first,), (last,) = found[0], found[-1]
    assert first.max() < 0.5
    assert (last.argmax(dim=1) == torch.arange(10)).sum() >= 9
    assert last.max(dim=1).values.mean() > 0.9


@pytest.mark.slow
def test_what_the_painter_was_asked_for_is_told_at_the_end_of_a_run() -> None:
    file = find_card(MODELS, "painter")
    condition = torch.cat([asked(file.card, None, prompt) for prompt in PROMPTS])
    last = judged_frames(file, condition, file.card.defaults.guidance)[-1]
    assert file.card.judge
    aspects = file.card.judge.aspects
    seen = {
        name: [values[index] for index in rows.argmax(dim=1).tolist()]
        for (name, values), rows in zip(aspects.items(), last, strict=True)
    }
    assert seen["thing"] == ["house", "boat", "windmill"]
    assert seen["colour"] == ["red", "white", "yellow"]
    assert seen["side"] == ["left", "right", "left"]
    assert seen["time"] == ["night", "sunset", "day"]
