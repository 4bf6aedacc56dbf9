from __future__ import annotations

import base64
import json
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from app.engine.attention_maps import attention_maps, map_bytes, tick_with_attention
from app.engine.run_table import FACTS_BYTES
from app.engine.stepper import tick
from app.engine.trajectory import begin
from tests.tiny_model import MAP, PAINTER_SHAPE

pytestmark = pytest.mark.slow  # runs are made whole

CPU = torch.device("cpu")
PROMPT = "the night over the sea"
WORDS = 5


def watched(painter, spec):
    """All frames of a run whose attention is shown."""
    run = begin(spec, painter.card, CPU)
    contents = []
    while not run.is_finished:
        contents += tick_with_attention(painter.denoiser, painter.eager, run)
    return contents


def plain(painter, spec):
    """The same frames without the maps."""
    run = begin(replace(spec, attention=False), painter.card, CPU)
    contents = []
    while not run.is_finished:
        contents += tick(painter.denoiser, [run])[0]
    return contents


def facts_of(content):
    return json.loads(content.split(b"data: ")[1])


def maps_of(content, count, words=WORDS):
    """The maps of a frame as shares (count, words, height, width), and their peaks."""
    facts = facts_of(content)
    levels = np.frombuffer(base64.b64decode(facts["attention"]), np.uint8).reshape(count, words, *MAP)
    peaks = np.array(facts["attention_peaks"])
    assert peaks.shape == (count, words)
    return levels / 255.0 * peaks[:, :, None, None], peaks, levels


@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_every_frame_says_for_each_picture_and_word_where_it_was_looked_at(painter, painting_of, guidance):
    spec = painting_of(prompt=PROMPT, attention=True, count=3, guidance=guidance, steps=3)
    contents = watched(painter, spec)
    assert [facts_of(content)["step"] for content in contents] == [0, 1, 2, 3]
    for content in contents:
        shares, peaks, levels = maps_of(content, 3)
        assert (levels.max(axis=(2, 3)) == 255).all()
        assert ((peaks > 0.0) & (peaks <= 1.0)).all()
        assert (shares.sum(axis=1) <= 1.0 + WORDS * 0.005).all()
        assert shares.std(axis=(2, 3)).max() > 0.02, "flat maps would show nothing"


def test_the_last_frame_repeats_the_last_maps_and_the_ones_before_differ(painter, painting_of):
    contents = watched(painter, painting_of(prompt=PROMPT, attention=True, steps=3))
    first, second, third, last = (facts_of(content)["attention"] for content in contents)
    assert last == third
    assert len({first, second, third}) == 3


@pytest.mark.parametrize("sampler", ["ddim", "heun", "heun_sigma"])
def test_the_pictures_are_those_of_the_same_run_without_maps(painter, painting_of, sampler):
    spec = painting_of(prompt=PROMPT, negative_prompt="blue", attention=True, count=2, sampler=sampler)
    with_maps, without = watched(painter, spec), plain(painter, spec)
    assert len(with_maps) == len(without)
    for content, expected in zip(with_maps, without, strict=True):
        facts = facts_of(content)
        assert facts.pop("attention")
        assert facts.pop("attention_peaks")
        assert facts == facts_of(expected)
        assert content.count(b"\n") == expected.count(b"\n") == 4


@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_maps_are_those_of_the_prompt_and_of_their_own_picture(painter, painting_of, guidance):
    """Computed once more for each picture alone, by listening to the layers of the plain network."""
    spec = painting_of(prompt=PROMPT, negative_prompt="red", attention=True, count=3, guidance=guidance)
    shares, _, _ = maps_of(watched(painter, spec)[0], 3)
    row = torch.tensor([painter.card.vocabulary.read(PROMPT).row])
    run = begin(spec, painter.card, CPU)
    network = painter.eager.network
    for index in range(3):
        heard: list[tuple[Any, ...]] = []
        hooks = [
            layer.register_forward_pre_hook(lambda *given, heard=heard: heard.append(given))
            for layer in network.read
        ]
        call = run.call
        x_t = call.model_scale * run.x_t[index : index + 1]
        with torch.inference_mode():
            painter.eager(x_t, torch.tensor([call.model_t]), row)
            expected = attention_maps(heard, 1, WORDS)[0].numpy()
        for hook in hooks:
            hook.remove()
        assert len(heard) == 5
        assert np.abs(shares[index] - expected).max() < 0.005
        others = [shares[other] for other in range(3) if other != index]
        assert min(np.abs(other - expected).max() for other in others) > 0.01


def test_words_that_a_position_does_not_look_at_are_not_shared_among_the_others(painter, painting_of):
    """What goes to no word is missing from the sum."""
    shares, _, _ = maps_of(watched(painter, painting_of(prompt="sea", attention=True))[0], 1, words=1)
    assert shares.max() < 0.999
    assert shares.min() > 0.0


def test_maps_of_all_layers_are_brought_to_the_finest_and_averaged():
    class Flat:
        """A layer that looks at each word as much as it is told, wherever it stands."""

        def __init__(self, *shares):
            self.shares = torch.tensor(shares)

        def weights(self, x, words, mask):
            assert len(x) == len(words) == len(mask) == 1, "only the rows of the prompt"
            return self.shares[None, :, None, None].expand(1, -1, *x.shape[-2:])

    given = [
        (torch.zeros(2, 8, *size), torch.zeros(2, 4, 8), torch.zeros(2, 1, 1, 4)) for size in ((4, 6), (2, 3))
    ]
    layers: list[Any] = [Flat(0.5, 0.3, 0.2, 0.0), Flat(0.7, 0.1, 0.2, 0.0)]
    maps = attention_maps(list(zip(layers, given, strict=True)), count=1, words=2)
    assert maps.shape == (1, 2, 4, 6)
    assert torch.allclose(maps[0, 0], torch.tensor(0.2))
    assert torch.allclose(maps[0, 1], torch.tensor(0.2))


def test_the_network_is_left_as_it_was_even_after_a_fault(painter, painting_of):
    def fail(*_):
        raise RuntimeError("no memory")

    run = begin(painting_of(prompt=PROMPT, attention=True), painter.card, CPU)
    tick_with_attention(painter.denoiser, painter.eager, run)
    hook = painter.eager.network.head.register_forward_pre_hook(fail)
    with pytest.raises(RuntimeError):
        tick_with_attention(painter.denoiser, painter.eager, run)
    hook.remove()
    assert not any(layer._forward_pre_hooks for layer in painter.eager.network.read)


def test_calls_of_other_threads_at_the_same_time_are_not_overheard(painter, painting_of):
    """An export is compared with the same network in a thread of its own."""
    spec = painting_of(prompt=PROMPT, attention=True, count=2)
    row = torch.tensor([painter.card.vocabulary.read("blue").row])

    def call_elsewhere(*_):
        other = threading.Thread(
            target=painter.eager, args=(torch.ones(1, *PAINTER_SHAPE), torch.ones(1), row)
        )
        if threading.current_thread() is threading.main_thread():
            other.start()
            other.join()

    expected = watched(painter, spec)
    hook = painter.eager.network.middle_in.register_forward_pre_hook(call_elsewhere)
    try:
        assert watched(painter, spec) == expected
    finally:
        hook.remove()


def test_the_bytes_of_maps_are_about_what_is_expected_of_them(painter, painting_of):
    spec = painting_of(prompt=PROMPT, attention=True, count=4, steps=2)
    grown = [len(a) - len(b) for a, b in zip(watched(painter, spec), plain(painter, spec), strict=True)]
    expected = map_bytes(spec, PAINTER_SHAPE)
    assert expected <= max(grown) + 40
    assert max(grown) - expected < FACTS_BYTES / 4
    assert map_bytes(replace(spec, attention=False), PAINTER_SHAPE) == 0
