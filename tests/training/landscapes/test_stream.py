from __future__ import annotations

import torch

from app.prompts import MAX_WORDS
from app.training.landscapes.stream import SHOWN, DrawnBatches, numbered
from app.training.recipes import RECIPES


def test_a_batch_is_pictures_and_rows_of_tokens() -> None:
    pictures, rows = DrawnBatches(6, seed=1, pool=12).batch(0)
    assert pictures.shape == (6, 3, 32, 32)
    assert pictures.min() >= -1.0
    assert pictures.max() <= 1.0
    assert rows.shape == (6, MAX_WORDS)
    assert rows.dtype == torch.long


def test_a_resumed_run_sees_what_the_uninterrupted_one_saw() -> None:
    whole = DrawnBatches(4, seed=1, pool=8)
    for step in range(5):
        expected = whole.batch(step)
    found = DrawnBatches(4, seed=1, pool=8).batch(4)
    assert torch.equal(found[0], expected[0])
    assert torch.equal(found[1], expected[1])


def test_pictures_go_and_new_ones_come() -> None:
    batches = DrawnBatches(4, seed=1, pool=8)
    pools = []
    for step in (0, 8 * SHOWN // 4):
        batches.batch(step)
        pools.append(torch.stack([picture for _, picture in batches._drawn]))
    assert not any(torch.equal(one, other) for one in pools[0] for other in pools[1])


def test_other_seeds_give_other_pictures_and_no_scene_is_held_out() -> None:
    ours = [numbered(1, number) for number in range(30)]
    theirs = [numbered(2, number) for number in range(30)]
    assert not any(torch.equal(one, other) for _, one in ours for _, other in theirs)
    assert not any(scene.is_held_out for scene, _ in ours)


def test_a_recipe_of_larger_pictures_is_shown_the_same_scenes_in_its_own_size() -> None:
    small = DrawnBatches(4, seed=1, pool=8).batch(3)
    large = DrawnBatches(4, seed=1, pool=8, side=RECIPES["painter64"].network.height).batch(3)
    assert large[0].shape == (4, 3, 64, 64)
    assert torch.equal(small[1], large[1])
    coarse = torch.nn.functional.avg_pool2d(large[0], 2)
    assert (coarse - small[0]).abs().mean() < 0.05
