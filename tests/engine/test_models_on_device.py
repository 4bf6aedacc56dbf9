"""Models whose whole steps are made ready on the device thread, on a host that plays the GPU."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import pytest
import torch

from app.engine.models import Models
from app.engine.runtime.readying import Readying
from app.engine.runtime.sizes import SIZES
from app.errors import CheckpointError, TryLater
from tests.engine.runtime.step_scenes import Remembering
from tests.tiny_model import write_tiny_model, write_tiny_painter

pytestmark = pytest.mark.slow


class Quick(Readying):
    """Makes whole steps ready on the host, with the plain network, and finds that they pay."""

    def __init__(self, eager, denoiser, card, make_machine):
        del make_machine
        super().__init__(eager, denoiser, card, Remembering, network=eager)

    def step_seconds(self, runtime, size):
        return (0.0001 if size in runtime.sizes else 0.001) * size

    def eager_seconds(self, size):
        return 1.0


class Broken(Quick):
    """Loses its device at the first size of one model."""

    def step_seconds(self, runtime, size):
        if self._card.name == "painter":
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        return super().step_seconds(runtime, size)


class OnDevice:
    """A device thread that is full at times; everything is done at once."""

    def __init__(self, full_at=()):
        self.full_at = set(full_at)
        self.asked = 0
        self.done = 0

    def __call__(self, job, expected_s):
        assert expected_s > 0
        self.asked += 1
        if self.asked in self.full_at:
            raise TryLater("32 experiments wait for the model already", 0)
        future: Future[None] = Future()
        try:
            future.set_result(job())
        except Exception as error:
            future.set_exception(error)
        self.done += 1
        return future


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    write_tiny_painter(folder)
    return folder


def models_of(folder, readying):
    return Models(folder, torch.device("cpu"), threads=1, readying=readying)


def test_every_model_gets_whole_steps_piece_by_piece_and_keeps_its_plain_network(folder):
    models = models_of(folder, Quick)
    before = {name: models.get(name) for name in ("tiny", "painter")}
    on_device = OnDevice(full_at=(1, 5))
    models._ready_all(on_device)
    assert on_device.done == 2 * (len(SIZES) + 3)
    for name, old in before.items():
        new = models.get(name)
        assert new.runtime is new.steps
        assert new.eager is old.eager
        assert new.max_rows in SIZES
        assert new.rows_per_s == pytest.approx(10_000)
    assert {report["runtime"] for report in models.report()} == {"cuda-graphs"}


def test_a_model_for_which_it_fails_goes_on_plainly_and_the_others_are_served(folder, capsys):
    models = models_of(folder, Broken)
    models._ready_all(OnDevice())
    assert {report["name"]: report["runtime"] for report in models.report()} == {
        "tiny": "cuda-graphs",
        "painter": "eager",
    }
    assert capsys.readouterr().out.count("eager goes on") == 1


def test_after_memory_ran_out_calls_are_smaller_and_larger_graphs_are_gone(folder):
    models = models_of(folder, Quick)
    models._ready_all(OnDevice())
    assert models.shrink("tiny", 40)
    model = models.get("tiny")
    assert model.max_rows == 32
    assert model.steps is not None
    assert model.steps.sizes[-1] == 32
    assert models.get("painter").max_rows == 256


def test_calls_never_grow_by_it_and_one_row_is_the_least(folder):
    models = models_of(folder, Readying)
    models._loaded["tiny"] = replace(models.get("tiny"), max_rows=8)
    assert models.shrink("tiny", 200)
    assert models.get("tiny").max_rows == 8
    assert not models.shrink("tiny", 1)
    assert models.get("tiny").max_rows == 8


@pytest.mark.parametrize(("failed", "kept"), [((40,), 32), ((200, 9), 8), ((5, 100), 4)])
def test_a_limit_that_was_learnt_while_steps_were_made_ready_holds_for_them_too(folder, failed, kept):
    models = models_of(folder, Quick)
    on_device = OnDevice()
    readied = len(SIZES) + 2

    def meanwhile(job, expected_s):
        if on_device.asked == readied:  # the first model's steps are about to be used
            assert all(models.shrink("tiny", rows) for rows in failed)
        return on_device(job, expected_s)

    models._ready_all(meanwhile)
    model = models.get("tiny")
    assert model.steps is not None
    assert (model.max_rows, model.steps.sizes[-1]) == (kept, kept)
    assert models.get("painter").max_rows == 256


def test_a_chore_that_is_refused_by_its_own_job_is_not_made_again_and_again(folder, capsys):
    class Refusing(Quick):
        def step_seconds(self, runtime, size):
            raise TryLater("the GPU failed", 0)

    models = models_of(folder, Refusing)
    models._ready_all(OnDevice())
    assert {report["runtime"] for report in models.report()} == {"eager"}
    assert capsys.readouterr().out.count("eager goes on") == 2


def test_a_model_is_tried_out_on_its_plain_network(folder):
    models = models_of(folder, Quick)
    models.try_out("tiny")
    with torch.no_grad():
        next(iter(models.get("tiny").eager.network.parameters())).fill_(float("nan"))
    with pytest.raises(CheckpointError):
        models.try_out("tiny")
