"""The network of a judge, and a judge on disk beside a model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from app.cards import CARD, judge_fault, read_card
from app.diffusion.checkpoints import load_judge
from app.diffusion.judge import Judge, JudgeConfig, judge_pixels
from app.errors import CheckpointError
from tests.tiny_model import write_judge, write_tiny_model

CONFIG = JudgeConfig(3, 8, 12, values=(4, 2), widths=(8, 16), blocks=(1, 2))
ASPECTS = {"class": ("round", "square", "third"), "size": ("small", "large")}


def untrained(config: JudgeConfig = CONFIG) -> Judge:
    torch.manual_seed(0)
    judge = Judge(config).eval()
    for parameter in judge.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return judge


def pixels(count: int = 5, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, 3, 8, 12), generator=generator, dtype=torch.uint8)


def at(signal: float, noise: float, count: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.full((count,), signal), torch.full((count,), noise)


def test_every_aspect_has_a_probability_for_each_value() -> None:
    found = judge_pixels(untrained(), pixels(), *at(0.6, 0.8))
    assert [tuple(rows.shape) for rows in found] == [(5, 4), (5, 2)]
    for rows in found:
        torch.testing.assert_close(rows.sum(dim=1), torch.ones(5))


def test_a_picture_is_judged_the_same_alone_as_among_others_at_other_levels() -> None:
    judge, shown = untrained(), pixels()
    signal, noise = torch.linspace(1.0, 0.1, 5), torch.linspace(0.0, 0.9, 5)
    together = judge_pixels(judge, shown, signal, noise)
    for index in range(5):
        one = slice(index, index + 1)
        alone = judge_pixels(judge, shown[one], signal[one], noise[one])
        for rows, row in zip(together, alone, strict=True):
            torch.testing.assert_close(rows[one], row)


@pytest.mark.parametrize("level", [(1.0, 0.0), (0.2, 0.98), (0.3, 0.4)])
def test_the_level_that_it_is_told_matters_and_so_does_the_length_of_the_path(
    level: tuple[float, float],
) -> None:
    judge, shown = untrained(), pixels()
    before, after = (judge_pixels(judge, shown, *at(*scales))[0] for scales in ((0.6, 0.8), level))
    assert not torch.allclose(before, after, atol=1e-3)


def test_where_things_stand_matters() -> None:
    judge, shown = untrained(), pixels()
    before, after = (judge_pixels(judge, some, *at(1.0, 0.0))[0] for some in (shown, shown.flip(-1)))
    assert not torch.allclose(before, after, atol=1e-3)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"values": (4, 1)}, "at least two values"),
        ({"widths": (8, 12)}, "multiple of 8"),
        ({"blocks": (1,)}, "every level needs a block"),
        ({"height": 7}, "even sides"),
    ],
)
def test_a_shape_that_cannot_be_built_is_refused(changed: dict[str, object], said: str) -> None:
    fields = {"channels": 3, "height": 8, "width": 12, "values": (4, 2), "widths": (8, 16), "blocks": (1, 2)}
    with pytest.raises(ValueError, match=said):
        JudgeConfig(**(fields | changed))  # type: ignore[arg-type]


def test_a_model_may_have_no_judge(tmp_path: Path) -> None:
    file = write_tiny_model(tmp_path)
    assert file.card.judge is None and judge_fault(file) is None and load_judge(file) is None


def test_a_judge_is_loaded_in_single_precision_from_half(tmp_path: Path) -> None:
    file = write_judge(write_tiny_model(tmp_path), ASPECTS)
    judge = load_judge(file)
    assert judge and not judge.training and judge.config.values == (3, 2)
    for name, stored in load_file(file.judge).items():
        assert stored.dtype == torch.float16
        assert torch.equal(judge.state_dict()[name], stored.float()), name


def test_a_judge_that_is_missing_changed_or_does_not_fit_is_a_fault(tmp_path: Path) -> None:
    file = write_judge(write_tiny_model(tmp_path), ASPECTS)
    content, card = file.judge.read_bytes(), (file.folder / CARD).read_text()
    for old, new in (("widths = [8]\nblocks = [1]", "widths = [16]\nblocks = [1]"), ("[8]\nb", "[9]\nb")):
        (file.folder / CARD).write_text(card.replace(old, new))
        with pytest.raises(CheckpointError):
            load_judge(read_card(file.folder))
    file.judge.write_bytes(content + b" ")
    with pytest.raises(CheckpointError, match="the judge's weights of tiny are not the ones its card desc"):
        load_judge(file)
    file.judge.unlink()
    with pytest.raises(CheckpointError, match=r"no file judge\.safetensors in models/tiny"):
        load_judge(file)
