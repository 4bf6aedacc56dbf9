from __future__ import annotations

import math

import jaxtyping
import pytest
import torch
from torch import Tensor

from app.diffusion.denoiser import Denoiser, NetworkRows, combine, network_rows
from app.diffusion.plan import rows_needed
from app.diffusion.schedules import SCHEDULES

SHAPE = (1, 4, 4)
NULL = 3
LABELS = [0, 1, 2, NULL, 2, 0, 1, NULL]
GUIDANCE = [0.0, 1.0, 3.0, 3.0, 0.5, 3.0, -1.0, 0.0]


class Recorder:
    """A network of one line, telling pictures, times and labels apart; it keeps the labels it was asked."""

    def __init__(self) -> None:
        self.labels: list[list[int]] = []

    def __call__(self, x_t: Tensor, t: Tensor, label: Tensor) -> Tensor:
        self.labels.append(label.tolist())
        return torch.sin(x_t) * (1.0 + t)[:, None, None, None] + 0.7 * label[:, None, None, None]


def batch(count: int = len(LABELS)) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    x_t = torch.randn(count, *SHAPE, generator=torch.Generator().manual_seed(0))
    t = torch.linspace(0.05, 0.95, count)
    return x_t, t, torch.tensor(LABELS[:count]), torch.tensor(GUIDANCE[:count])


def rows_of(label: Tensor, guidance: Tensor) -> NetworkRows:
    return network_rows(label, torch.full_like(label, NULL), guidance)


def test_rows_are_one_a_picture_and_then_the_second_ones() -> None:
    rows = rows_of(torch.tensor(LABELS), torch.tensor(GUIDANCE))
    assert rows.source.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 2, 4, 5, 6]
    assert rows.condition.tolist() == [NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, 2, 2, 0, 1]
    assert rows.doubled.tolist() == [False, False, True, False, True, True, True, False]


@pytest.mark.parametrize("guidance", GUIDANCE)
@pytest.mark.parametrize("label", [1, NULL])
def test_rows_are_as_many_as_guidance_says_they_cost(label: int, guidance: float) -> None:
    rows = rows_of(torch.tensor([label]), torch.tensor([guidance]))
    assert len(rows.source) == rows_needed(guidance, conditioned=label != NULL)


def test_combining_weighs_the_two_rows_of_a_picture() -> None:
    label, guidance = torch.tensor([0, 1]), torch.tensor([1.0, 3.0])
    rows = rows_of(label, guidance)
    predicted = torch.tensor([10.0, 20.0, 26.0])[:, None, None, None].expand(3, *SHAPE)
    combined = combine(predicted, rows, guidance)
    assert combined[:, 0, 0, 0].tolist() == [10.0, 20.0 + 3.0 * (26.0 - 20.0)]


def test_an_estimate_is_what_the_network_predicts_turned_into_a_picture() -> None:
    denoiser = Denoiser(Recorder(), SHAPE, NULL)
    x_t, t, condition, guidance = batch()
    v_hat = denoiser.predict(x_t, t, condition, guidance)
    assert v_hat.abs().max() > 1.0, "and is not clipped"
    torch.testing.assert_close(denoiser.x0_hat(x_t, t, v_hat), denoiser.estimate(x_t, t, condition, guidance))


def test_the_network_is_asked_once_whatever_the_mixture() -> None:
    network = Recorder()
    Denoiser(network, SHAPE, NULL).estimate(*batch())
    assert [len(labels) for labels in network.labels] == [12]


@pytest.mark.parametrize("clip", [True, False])
def test_a_picture_in_a_mixed_batch_is_estimated_as_it_is_alone(clip: bool) -> None:
    denoiser = Denoiser(Recorder(), SHAPE, NULL, clip=clip)
    parts = batch()
    together = denoiser.estimate(*parts)
    for k in range(len(LABELS)):
        alone = denoiser.estimate(*(part[k : k + 1] for part in parts))
        torch.testing.assert_close(together[k : k + 1], alone, rtol=1e-6, atol=1e-6)


def test_guidance_0_ignores_the_label() -> None:
    denoiser = Denoiser(Recorder(), SHAPE, NULL)
    x_t, t, *_ = batch(1)
    first, second = (denoiser.estimate(x_t, t, torch.tensor([k]), torch.zeros(1)) for k in (0, 2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("schedule", ["cosine", "linear", "flow"])
def test_the_clean_picture_is_read_from_v_on_the_models_schedule(schedule: str) -> None:
    """A network that knows the picture in advance is understood to mean that picture."""
    scales = SCHEDULES[schedule]
    x0 = torch.rand(5, *SHAPE, generator=torch.Generator().manual_seed(1)) * 2.0 - 1.0
    eps = torch.randn(5, *SHAPE, generator=torch.Generator().manual_seed(2))
    t = torch.tensor([0.001, 0.3, 0.5, 0.9, 0.999])
    signal = torch.tensor([scales.signal_scale(time) for time in t.tolist()])[:, None, None, None]
    noise = torch.tensor([scales.noise_scale(time) for time in t.tolist()])[:, None, None, None]
    denoiser = Denoiser(lambda *_: signal * eps - noise * x0, SHAPE, NULL, schedule=schedule, clip=False)
    found = denoiser.estimate(signal * x0 + noise * eps, t, torch.full((5,), NULL), torch.ones(5))
    torch.testing.assert_close(found, x0, rtol=0.0, atol=1e-5)


def test_clipping_keeps_estimates_in_the_range_of_data_and_leaves_others_alone() -> None:
    x_t, t, label, guidance = batch()
    free = Denoiser(Recorder(), SHAPE, NULL, clip=False).estimate(x_t, t, label, guidance)
    clipped = Denoiser(Recorder(), SHAPE, NULL, clip=True).estimate(x_t, t, label, guidance)
    assert free.abs().max() > 1.0
    assert torch.equal(clipped, free.clamp(-1.0, 1.0))


def test_guidance_acts_before_clipping() -> None:
    """Two estimates beyond the range, one far and one farther, must not be clipped to the same value."""
    x_t = torch.zeros(1, *SHAPE)

    def far(_: Tensor, t: Tensor, label: Tensor) -> Tensor:
        x0_hat = torch.where(label == NULL, 4.0, 2.0)[:, None, None, None].expand(-1, *SHAPE)
        return -x0_hat / math.sin(0.5 * math.pi * 0.5)

    denoiser = Denoiser(far, SHAPE, NULL)
    guided = denoiser.estimate(x_t, torch.tensor([0.5]), torch.tensor([0]), torch.tensor([2.5]))
    # v is -x0 / noise_scale here, so the guided estimate is 4 + 2.5 * (2 - 4) = -1; clipped first: 1.
    assert guided.tolist() == torch.full((1, *SHAPE), -1.0).tolist()


def test_a_label_for_each_picture_is_required() -> None:
    x_t, t, label, guidance = batch()
    with pytest.raises(jaxtyping.TypeCheckError, match="condition"):
        Denoiser(Recorder(), SHAPE, NULL).estimate(x_t, t, label[:-1], guidance)


def test_rows_of_tokens_are_doubled_only_where_the_two_prompts_differ() -> None:
    wanted = torch.tensor([[1, 2, 0], [1, 2, 0], [0, 0, 0], [3, 0, 0], [3, 0, 0]])
    negative = torch.tensor([[0, 0, 0], [1, 2, 0], [4, 0, 0], [4, 0, 0], [4, 0, 0]])
    rows = network_rows(wanted, negative, torch.tensor([2.0, 2.0, 2.0, 0.0, 1.0]))
    assert rows.doubled.tolist() == [True, False, True, False, False]
    assert rows.source.tolist() == [0, 1, 2, 3, 4, 0, 2]
    assert rows.condition.tolist() == [
        [0, 0, 0], [1, 2, 0], [4, 0, 0], [4, 0, 0], [3, 0, 0], [1, 2, 0], [0, 0, 0],
    ]  # fmt: skip


def test_a_negative_prompt_is_what_guidance_leads_away_from() -> None:
    x_t, t, label, _ = batch(2)
    denoiser = Denoiser(Recorder(), SHAPE, NULL, clip=False)
    two = torch.full((2,), 2.0)
    away = denoiser.estimate(x_t, t, label, two, negative_condition=torch.tensor([2, 1]))
    plain = [denoiser.estimate(x_t, t, asked, torch.ones(2)) for asked in (label, torch.tensor([2, 1]))]
    torch.testing.assert_close(away, 2.0 * plain[0] - plain[1])
