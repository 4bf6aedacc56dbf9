"""How copies and graphs are ordered on a GPU, with CUDA's streams and events played on the host.

What a stream would do later is done at once here; whether the order is enough is for `tests/engine/cuda`.
"""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
import torch

from app.engine.runtime import cuda_machine
from app.engine.runtime.cuda_machine import AT_ONCE, CudaMachine

CPU = torch.device("cpu")


class Stream:
    """A stream that notes what it waits for."""

    def __init__(self, log, name):
        self.log = log
        self.name = name

    def wait_event(self, event):
        self.log.append((self.name, "waits for", event))

    def wait_stream(self, other):
        self.log.append((self.name, "waits for", other.name))


class Event:
    def __init__(self, log):
        self.log = log

    def record(self, stream):
        self.log.append((stream.name, "records", self))

    def synchronize(self):
        self.log.append(("host", "waits for", self))


class Graph:
    """A graph that repeats the work of its capture."""

    capturing: Graph | None = None

    def __init__(self):
        self.work = []

    def pool(self):
        return "the pool"

    def replay(self):
        for work in self.work:
            work()


@pytest.fixture
def log(monkeypatch):
    """Play CUDA on the host, and give the order of what happens."""
    log: list[tuple[str, str, object]] = []
    current = Stream(log, "current")
    monkeypatch.setattr(cuda_machine, "_stream", lambda _: Stream(log, "copying"))
    monkeypatch.setattr(cuda_machine, "_event", lambda: Event(log))
    monkeypatch.setattr(torch.cuda, "current_stream", lambda _: current)
    monkeypatch.setattr(torch.cuda, "stream", lambda _: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    plain = torch.empty

    def empty(*size, pin_memory=False, **given):
        return plain(*size, **given)

    monkeypatch.setattr(torch, "empty", empty)

    @contextlib.contextmanager
    def graph(graph, pool=None, capture_error_mode="global"):
        assert capture_error_mode == "thread_local"
        log.append(("graph", "shares", pool))
        Graph.capturing = graph
        yield
        Graph.capturing = None

    monkeypatch.setattr(torch.cuda, "graph", graph)
    return log


def test_pixels_can_be_read_after_later_steps_have_used_the_same_memory(log):
    machine = CudaMachine(CPU)
    pixels = torch.zeros(3, 4, dtype=torch.uint8)
    fetches = []
    for step in range(2 * AT_ONCE + 1):
        pixels.fill_(step)
        fetches.append(machine.fetch(pixels))
    pixels.fill_(99)
    assert [int(fetch().max()) for fetch in fetches] == list(range(2 * AT_ONCE + 1))
    assert fetches[0]().shape == (3, 4)


def test_a_step_with_more_pixels_than_any_before_gets_more_memory(log):
    machine = CudaMachine(CPU)
    for size in (2, 8, 1, 8):
        pixels = torch.full((size, 2), size, dtype=torch.uint8)
        fetched = machine.fetch(pixels)()
        assert np.array_equal(fetched, pixels.numpy())


@pytest.mark.parametrize("failing", ["aside", "pinned"])
@pytest.mark.parametrize("first", [0, 2])
def test_a_growth_that_fails_leaves_no_half_of_it_behind(log, monkeypatch, failing, first):
    machine = CudaMachine(CPU)
    for _ in range(AT_ONCE if first else 0):
        machine.fetch(torch.zeros(first, 4, dtype=torch.uint8))()
    plain = torch.empty

    def short(*size, pin_memory=False, **given):
        if pin_memory == (failing == "pinned"):
            raise torch.OutOfMemoryError("CUDA out of memory")
        return plain(*size, **given)

    pixels = torch.arange(32, dtype=torch.uint8).view(8, 4)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(torch, "empty", short)
        for _ in range(AT_ONCE):
            with pytest.raises(torch.OutOfMemoryError):
                machine.fetch(pixels)
    for _ in range(AT_ONCE):
        assert np.array_equal(machine.fetch(pixels)(), pixels.numpy())


def test_copies_wait_for_the_step_and_the_step_after_next_for_the_copies(log):
    machine = CudaMachine(CPU)
    machine.fetch(torch.zeros(4, dtype=torch.uint8))
    del log[0]  # room is made
    (_, _, landed), (_, _, ready) = log[:2]
    assert [entry[:2] for entry in log] == [
        ("current", "waits for"),
        ("current", "records"),
        ("copying", "waits for"),
        ("copying", "records"),
    ]
    assert log[2][2] is ready
    assert log[3][2] is landed


def test_numbers_are_filled_into_another_array_while_the_last_ones_are_on_their_way(log):
    machine = CudaMachine(CPU)
    target = torch.zeros(4, 2)
    ferry = machine.ferry(target)
    first = ferry.host(2)
    first[:] = 1.0
    ferry.send(2)
    second = ferry.host(4)
    second[:] = 2.0
    assert not np.shares_memory(first, second)
    assert target.tolist() == [[1.0, 1.0]] * 2 + [[0.0, 0.0]] * 2
    ferry.send(4)
    assert target.tolist() == [[2.0, 2.0]] * 4
    sent = [entry[2] for entry in log if entry[1] == "records"]
    ferry.host(1)
    assert log[-1] == ("host", "waits for", sent[0]), "an array is filled again once it has been sent"


def test_work_is_warmed_up_captured_once_and_replayed_and_graphs_share_a_pool(log):
    machine = CudaMachine(CPU)
    calls: list[object] = []

    def work():
        calls.append(Graph.capturing)
        if Graph.capturing:
            Graph.capturing.work.append(lambda: calls.append("replayed"))

    replay = machine.captured(work)
    assert calls[:-1] == [None] * cuda_machine.WARM_UP
    assert isinstance(calls[-1], Graph)
    replay()
    assert "replayed" in calls
    machine.captured(work)
    assert [entry[2] for entry in log if entry[1] == "shares"] == [None, "the pool"]
