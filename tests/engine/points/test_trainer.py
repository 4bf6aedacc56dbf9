"""Who trains beside a training changes nothing of it; slices are short and fair; faults stay alone."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from app.engine.admission import ANONYMOUS
from app.engine.points import progress
from app.engine.points import trainer as trainer_module
from app.engine.points.network import Stack, layers_of, learning_rate
from app.engine.points.together import divided
from app.engine.points.training import Training, report_updates
from app.errors import TryLater
from tests.engine.points.training_scenes import Scene, reports, spec, trained, updates_of


def plain_network(network):
    """Build the same network of torch's own layers."""
    parts = []
    for weight, bias in layers_of(network.weights[None]):
        linear = torch.nn.Linear(*weight.shape[1:])
        linear.weight.data, linear.bias.data = weight[0].T.clone(), bias[0, 0].clone()
        parts += [linear, torch.nn.SiLU()]
    return torch.nn.Sequential(*parts[:-1])


def test_an_update_is_that_of_autograd_and_adam():
    trainings = [Training(spec(seed=seed)) for seed in range(3)]
    plain = [plain_network(training.network) for training in trainings]
    optimizers = [torch.optim.Adam(network.parameters(), lr=learning_rate(0, 3000)) for network in plain]
    examples = [training.stream.take(20) for training in trainings]
    stack = Stack([training.network for training in trainings])
    for update in range(20):
        inputs = torch.stack([taken.inputs[update] for taken in examples])
        targets = torch.stack([taken.targets[update] for taken in examples])
        errors = stack.step(inputs, targets, [learning_rate(update, 3000)] * 3)
        for place, (network, optimizer) in enumerate(zip(plain, optimizers, strict=True)):
            loss = (network(inputs[place]) - targets[place]).square().mean()
            assert errors[place].mean().item() == pytest.approx(loss.item(), rel=1e-3)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    rows = examples[1].inputs[0]
    torch.testing.assert_close(
        trainings[1].network.answering()(rows), plain[1](rows).detach(), atol=2e-3, rtol=2e-3
    )


def test_who_joins_and_leaves_changes_nothing_for_the_others():
    alone = reports(trained(updates=150, seed=7))
    scene = Scene()
    watched = scene.join(updates=150, seed=7)
    others = [scene.join(learner=str(k), updates=300, seed=k, loop="cycled") for k in range(3)]
    while watched.log.ending is None:
        scene.turn()
        if updates_of(watched) > 30:
            others[0].viewers = 0  # leaves
            others[0].claimed_until = 0.0
        if updates_of(watched) > 60 and len(others) == 3:
            others += [scene.join(learner=f"late {k}", updates=300, seed=k, target="v") for k in range(6)]
    together = reports(watched)
    assert [report["update"] for report in together] == [report["update"] for report in alone]
    for here, there in zip(together, alone, strict=True):
        assert here["validation"] == pytest.approx(there["validation"], abs=0.01)
    for here, there in zip(together[1]["prints"], alone[1]["prints"], strict=True):
        assert here[1:] == pytest.approx(there[1:], abs=1e-3)
    assert updates_of(others[0]) < 150


def test_a_paused_training_goes_on_where_it_stood():
    scene = Scene()
    live = scene.join(updates=100, seed=2)
    while updates_of(live) < 40:
        scene.turn()
    live.viewers = 0
    live.claimed_until = 0.0
    assert scene.table.wanted(2.0) == []
    live.viewers = 1
    scene.play(live)
    assert reports(live)[-1]["validation"] == pytest.approx(
        reports(trained(updates=100, seed=2))[-1]["validation"], abs=0.005
    )


def test_all_have_their_first_report_before_anybody_is_far_ahead():
    scene = Scene()
    lives = [scene.join(learner=str(k), seed=k) for k in range(12)]
    while not all(live.log.frames for live in lives):
        scene.turn()
    assert max(map(updates_of, lives)) <= 10
    for _ in range(60):
        scene.turn()
    done = [updates_of(live) for live in lives]
    assert max(done) - min(done) <= 50


def test_of_more_trainings_than_are_stacked_all_go_on(monkeypatch):
    monkeypatch.setattr(trainer_module, "MAX_STACKED", 2)
    scene = Scene()
    lives = [scene.join(learner=str(k), seed=k, updates=30) for k in range(5)]
    scene.play(*lives)
    assert all(live.log.ending.startswith(b"event: done") for live in lives)


def test_a_slice_is_as_long_as_it_may_be_and_hardly_longer():
    scene = Scene()
    lives = [scene.join(learner=str(k), seed=k) for k in range(8)]
    while not all(updates_of(live) > 10 for live in lives):
        scene.turn()
    spent = []
    for _ in range(12):
        began = time.thread_time()
        scene.turn(0.02)
        spent.append(time.thread_time() - began)
    assert sorted(spent)[6] < 0.06  # of its own thread, which a busy machine does not lengthen


def test_one_learner_has_so_many_at_once_and_others_have_room():
    scene = Scene(most_of_learner=2, max_live=4)
    for seed in range(2):
        scene.join(learner="one", seed=seed)
    with pytest.raises(TryLater, match="2 trainings of one learner"):
        scene.join(learner="one", seed=9)
    scene.join(learner="another", seed=9)


def test_all_without_a_cookie_are_not_held_to_that():
    scene = Scene(most_of_learner=1, max_live=16)
    for seed in range(5):
        wanted = spec(seed=seed)
        scene.table.admit(wanted.training_id, wanted, ANONYMOUS, 0, 0.0)
    assert len(scene.table.wanted(1.0)) == 5


def test_a_report_that_fails_ends_that_training_alone(monkeypatch):
    scene = Scene()
    well, ill = scene.join(seed=1, updates=30), scene.join(seed=2, updates=30)
    real = progress.report

    def report(training):
        if training.spec.seed == 2 and training.reports == 1:
            raise RuntimeError("no")
        return real(training)

    monkeypatch.setattr(trainer_module, "report", report)
    scene.play(well, ill)
    assert well.log.ending.startswith(b"event: done")
    assert b"start it again" in ill.log.ending


def test_numbers_that_are_none_end_a_training_with_a_reason():
    scene = Scene()
    live = scene.join(updates=100)
    scene.turn()
    live.training.network.weights.fill_(float("nan"))
    scene.play(live)
    assert b"diverged" in live.log.ending


def test_reports_come_often_at_first_and_are_bounded():
    assert report_updates(10) == (0, 10)
    for updates in (10, 26, 100, 999, 6000):
        at = report_updates(updates)
        assert at[0] == 0
        assert at[-1] == updates
        assert len(at) <= 26


def test_workers_have_one_core_each_and_everybody_else_as_many_as_before():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        workers = Scene().trainer._workers
        assert [workers.submit(torch.get_num_threads).result() for _ in range(4)] == [1] * 4
        with ThreadPoolExecutor(1) as elsewhere:
            assert elsewhere.submit(torch.get_num_threads).result() == torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_groups_hold_everybody_once():
    trainings = [Training(spec(seed=seed, updates=10)) for seed in range(9)]
    groups = divided(trainings, 2)
    assert sorted(training.spec.seed for group in groups for training in group.trainings) == list(range(9))
    assert [len(group.trainings) for group in groups] == [5, 4]
    assert len(divided(trainings[:3], 2)) == 1


def test_a_report_is_small():
    live = trained(updates=10, points=[[x / 1000, 0.5] for x in range(2000)])
    assert max(map(len, live.log.frames)) < 16_000
    assert json.loads(live.log.frames[0].split(b"data: ")[1])["update"] == 0
