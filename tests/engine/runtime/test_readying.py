"""A GPU's runtime made ready piece by piece, on a host that plays the GPU: what is kept of it."""

from __future__ import annotations

import pytest
import torch

from app.engine.runtime.readying import Readying
from app.engine.runtime.sizes import SIZES
from tests.engine.core_scenes import spec
from tests.engine.runtime.step_scenes import Remembering, begun, finish_launched
from tests.engine.ticks import finish

pytestmark = pytest.mark.slow

OUT_OF_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
NO_CAPTURE = RuntimeError("CUDA error: operation not permitted when stream is capturing")


class Timed(Readying):
    """Readying by a stopwatch that says what it is told: a step takes as many seconds as it has rows."""

    def __init__(self, model, machine, graph_s=lambda size: 0.001 * size, eager_s=1.0, **given):
        given.setdefault("network", model.eager)
        super().__init__(model.eager, model.denoiser, model.card, lambda: machine, **given)
        self.graph_s = graph_s
        self.eager_s = eager_s

    def step_seconds(self, runtime, size):
        return self.graph_s(size) if size in runtime.sizes else 0.002 * size

    def eager_seconds(self, size):
        return self.eager_s


def readied(readying):
    for chore in readying.chores():
        chore()
    return readying


def test_every_size_has_a_graph_where_each_pays(tiny):
    readying = readied(Timed(tiny, Remembering()))
    assert readying.ready
    assert readying.ready.sizes == SIZES
    assert readying.ready.name == "cuda-graphs"
    assert readying.rows_per_s == pytest.approx(1000)


def test_runs_step_on_it_as_they_do_without(tiny):
    machine = Remembering()
    runtime = readied(Timed(tiny, machine)).ready
    specs = [spec(seed=1, count=2, steps=3), spec(seed=2, steps=4, guidance=1.0)]
    before = machine.replays
    assert [len(events) for events in finish_launched(runtime, begun(tiny, specs))] == [4, 5]
    assert machine.replays == before + 4
    assert finish(tiny, begun(tiny, specs))


def test_sizes_that_are_no_quicker_than_the_next_are_filled_up_instead(tiny):
    readying = readied(Timed(tiny, Remembering(), graph_s=lambda size: 0.001 * max(size, 16)))
    assert readying.ready.sizes == tuple(size for size in SIZES if size >= 16)


def test_a_graph_that_is_no_quicker_than_the_plain_way_is_not_kept(tiny):
    readying = readied(Timed(tiny, Remembering(), graph_s=lambda size: 0.002 * size))
    assert readying.ready.sizes == ()
    assert readying.ready.name == "cuda"


def test_the_plain_network_goes_on_where_a_step_is_no_quicker(tiny, capsys):
    readying = readied(Timed(tiny, Remembering(), eager_s=0.0))
    assert readying.ready is None
    assert "not quicker" in capsys.readouterr().out


def test_calls_have_no_more_rows_than_the_budget_of_a_tick_allows(tiny):
    assert readied(Timed(tiny, Remembering(), graph_s=lambda size: 0.0009 * size)).max_rows <= 0.1 / 0.0009


def test_a_runtime_that_disagrees_is_told_of_once_and_not_used(tiny, capsys):
    def wrong(x_t, t, condition):
        return tiny.eager(x_t, t, condition) + 1.0

    machine = Remembering()
    assert readied(Timed(tiny, machine, network=wrong)).ready is None
    assert capsys.readouterr().out.count("disagrees") == 1
    assert machine.captured_works == 0


def test_graphs_that_disagree_are_told_of_once_and_the_plain_way_is_used(tiny, capsys):
    class Stale(Remembering):
        """Graphs that do nothing when they are replayed."""

        def captured(self, work):
            return lambda: None

    readying = readied(Timed(tiny, Stale()))
    assert readying.ready.sizes == ()
    assert capsys.readouterr().out.count("disagree") == 1


def test_memory_that_does_not_last_for_the_largest_sizes_leaves_the_others(tiny, capsys):
    readying = readied(Timed(tiny, Remembering({1: OUT_OF_MEMORY, 2: OUT_OF_MEMORY}), graph_s=lambda _: 0.01))
    assert readying.ready.sizes == (128,)
    assert readying.max_rows == 128
    assert capsys.readouterr().out.count("no graph for a size") == 2


def test_without_memory_for_any_size_the_plain_network_goes_on(tiny, capsys):
    faults = dict.fromkeys(range(1, len(SIZES) + 1), OUT_OF_MEMORY)
    assert readied(Timed(tiny, Remembering(faults))).ready is None
    assert "no step fits" in capsys.readouterr().out


def test_a_size_whose_capture_fails_goes_the_plain_way(tiny, capsys):
    readying = readied(Timed(tiny, Remembering({1: NO_CAPTURE})))
    assert readying.ready.sizes == SIZES[:-1]
    assert "no graph for a size" in capsys.readouterr().out


def test_a_lost_device_ends_it_with_the_error(tiny):
    fault = RuntimeError("CUDA error: an illegal memory access was encountered")
    with pytest.raises(RuntimeError, match="illegal"):
        readied(Timed(tiny, Remembering({3: fault})))


def test_it_is_cut_into_pieces_of_one_size_each(tiny):
    assert len(list(Timed(tiny, Remembering()).chores())) == 1, "nothing more where nothing has begun"
    chores = 0
    for chore in Timed(tiny, Remembering()).chores():
        chore()
        chores += 1
    assert chores == len(SIZES) + 2


def test_measured_by_a_real_clock_in_bfloat16_something_comes_of_it(tiny):
    """Whether it pays on a host is nobody's business; that it agrees, and that nothing fails, is."""
    readying = Readying(tiny.eager, tiny.denoiser, tiny.card, Remembering)
    for chore in readying.chores():
        chore()
    assert readying.max_rows in SIZES
    assert readying.rows_per_s > 0
