from __future__ import annotations

from importlib import import_module

import pytest
import torch
from torch.nn.functional import pixel_unshuffle

from app.diffusion.unet import UNet
from app.training.recipes import DIGITS, PAINTER
from benchmarks.runtimes import network_flops

pytestmark = pytest.mark.slow

# The reference asks numpy for the array of a tensor in a way that numpy 2 is leaving behind.
their_warning = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def usual_way():
    """Import the module when a test needs it: diffusers takes seconds."""
    return import_module("benchmarks.usual_way")


@pytest.mark.parametrize("recipe", [DIGITS, PAINTER], ids=["digits", "painter"])
def test_the_usual_networks_have_about_our_weights_or_our_arithmetic(usual_way, recipe):
    config = recipe.network
    ours = UNet(config)
    condition = torch.zeros(1, dtype=torch.long) if config.classes else torch.zeros(1, 24, dtype=torch.long)
    pictures = torch.zeros(1, config.channels, config.height, config.width)
    our_flops = network_flops(ours, (pictures, torch.ones(1), condition))
    flops, weights = {}, {}
    for fold in usual_way.SIZES:
        usual = usual_way.same_sized(config, fold)
        flops[fold] = (
            network_flops(usual, (pixel_unshuffle(pictures, fold), torch.tensor(1), torch.tensor([0])))
            / our_flops
        )
        weights[fold] = size_of(usual) / size_of(ours)
    assert 0.75 < weights[1] < 1.5
    assert 0.75 < flops[2] < 1.5
    assert flops[1] > 2 * flops[2], "folding is what makes ours cheap"


def size_of(network):
    return sum(value.numel() for value in network.parameters())


@their_warning
@pytest.mark.parametrize(("guidance", "rows"), [(1.0, 1), (3.0, 2)])
def test_the_usual_pipeline_calls_back_at_every_step_and_ends_with_the_time(usual_way, guidance, rows):
    network = usual_way.same_sized(DIGITS.network, 2)
    seen, calls = [], []
    network.register_forward_pre_hook(lambda _, given: calls.append(len(given[0])))

    def callback(picture):
        seen.append(tuple(picture.shape))
        if len(seen) == 3:
            raise usual_way.TimeIsUp

    pipeline = usual_way.UsualPipeline(network, usual_way.scheduler())
    generator = torch.Generator().manual_seed(0)
    pipeline(2, guidance, generator, callback)
    assert seen == [(1, 4, 14, 14)] * 2
    assert calls == [rows] * 2
    with pytest.raises(usual_way.TimeIsUp):
        pipeline(5, guidance, generator, callback)
