"""The network in bfloat16, on the host: slow there, but the same arithmetic."""

from __future__ import annotations

import pytest
import torch

from app.engine.conditions import examples
from app.engine.runtime.half import TOLERANCE, halved
from app.engine.runtime.parity import agrees


@pytest.fixture(params=["tiny", "painter"])
def model(request, both_models):
    return both_models.get(request.param)


def named(network):
    class Named:
        name = "half"

        def __call__(self, x_t, t, condition):
            with torch.inference_mode():
                return network(x_t, t, condition)

    return Named()


def test_it_takes_and_gives_single_precision_and_leaves_the_network_as_it_was(model):
    network = model.eager.network
    half = named(halved(network))
    x_t, t = torch.ones(2, *model.card.shape), torch.tensor([0.2, 0.9])
    assert half(x_t, t, examples(model.card, 2)).dtype == torch.float32
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}


def test_it_differs_from_the_plain_network_and_by_less_than_is_allowed(model):
    half = named(halved(model.eager.network))
    assert agrees(half, model.eager, model.card, tolerance=TOLERANCE)
    assert not agrees(half, model.eager, model.card, tolerance=1e-6)


def test_times_are_told_apart_that_bfloat16_would_confuse(model):
    """Times up to 1000 with eight bits would be the same for up to four in a row."""
    half = named(halved(model.eager.network))
    x_t = torch.randn(1, *model.card.shape, generator=torch.Generator().manual_seed(0)).repeat(8, 1, 1, 1)
    t = 0.9 + torch.arange(8) / 1000
    assert len(t.bfloat16().unique()) < 8
    predicted = half(x_t, t, examples(model.card, 1).repeat(8, *[1] * (examples(model.card, 1).ndim - 1)))
    assert len({tuple(row.flatten().tolist()) for row in predicted}) == 8
