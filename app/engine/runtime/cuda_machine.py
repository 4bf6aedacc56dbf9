"""A CUDA device: pinned copies on streams of their own, and CUDA graphs that share one pool of memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.engine.runtime.machine import Ferry, Fetch, Work

WARM_UP = 3
"""Calls before one is captured: libraries choose their kernels and take their memory in the first ones."""

AT_ONCE = 2
"""Steps whose copies may be under way at once: while one step's pixels are read, the next one is computed."""


class CudaMachine:
    """Serves one device from one thread.

    Args:
        device: such as cuda:0.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._copying = _stream(device)
        self._landings = [_Landing(device, self._copying) for _ in range(AT_ONCE)]
        self._pool: Any = None

    def entered(self) -> AbstractContextManager[Any]:
        """Make it the thread's device."""
        return torch.cuda.device(self.device)

    def ferry(self, target: Tensor) -> Ferry:
        """Copy from pinned memory, in the order of the work."""
        return _PinnedFerry(target)

    def captured(self, work: Work) -> Work:
        """Capture work in a graph, with the kernels that were quickest in the calls before."""
        current = torch.cuda.current_stream(self.device)
        beside = _stream(self.device)
        beside.wait_stream(current)
        with _choosing_the_quickest():
            with torch.cuda.stream(beside):
                for _ in range(WARM_UP):
                    work()
            current.wait_stream(beside)
            graph = torch.cuda.CUDAGraph()
            # Calls of other threads, such as a judge's loading, do not spoil the capture.
            with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
                work()
        self._pool = graph.pool()

        def replay() -> None:
            graph.replay()

        return replay

    def fetch(self, pixels: Tensor) -> Fetch:
        """Set the pixels aside on the device, and copy them from there beside the work that follows."""
        landing = self._landings.pop(0)
        self._landings.append(landing)
        return landing.take(pixels)

    def wait(self) -> None:
        """Wait for the device."""
        torch.cuda.synchronize(self.device)

    def free(self) -> None:
        """Empty the allocator's cache."""
        torch.cuda.empty_cache()


class _PinnedFerry:
    """Fills one array while the other one may still be on its way."""

    def __init__(self, target: Tensor) -> None:
        self._target = target
        self._hosts = [torch.empty(target.shape, dtype=target.dtype, pin_memory=True) for _ in range(AT_ONCE)]
        self._sent = [_event() for _ in range(AT_ONCE)]
        self._turn = 0

    def host(self, size: int) -> NDArray[Any]:
        self._turn = (self._turn + 1) % AT_ONCE
        self._sent[self._turn].synchronize()  # an event that was never recorded is over
        return self._hosts[self._turn][:size].numpy()

    def send(self, size: int) -> None:
        self._target[:size].copy_(self._hosts[self._turn][:size], non_blocking=True)
        self._sent[self._turn].record(torch.cuda.current_stream(self._target.device))


class _Landing:
    """Memory for the pixels of one step, on the device and on the host."""

    def __init__(self, device: torch.device, copying: torch.cuda.Stream) -> None:
        self._device = device
        self._copying = copying
        self._aside = torch.empty(0, dtype=torch.uint8, device=device)
        self._pinned = torch.empty(0, dtype=torch.uint8, pin_memory=True)
        self._ready, self._landed = _event(), _event()
        self._unread: _Flight | None = None

    def take(self, pixels: Tensor) -> Fetch:
        if self._unread is not None:
            self._unread()  # what nobody has read yet is kept before its memory is used again
        self._make_room(pixels.numel())
        current = torch.cuda.current_stream(self._device)
        current.wait_event(self._landed)
        aside = self._aside[: pixels.numel()]
        aside.copy_(pixels.reshape(-1))
        self._ready.record(current)
        self._copying.wait_event(self._ready)
        with torch.cuda.stream(self._copying):
            self._pinned[: pixels.numel()].copy_(aside, non_blocking=True)
            self._landed.record(self._copying)
        self._unread = _Flight(self._pinned[: pixels.numel()].view(pixels.shape), self._landed)
        return self._unread

    def _make_room(self, size: int) -> None:
        """Take more memory where a step has more pixels than any before; nothing is on its way then."""
        if len(self._aside) < size:
            self._landed.synchronize()
            aside = torch.empty(size, dtype=torch.uint8, device=self._device)
            # Both or neither: where memory does not last for the second, the next step tries again.
            self._aside, self._pinned = aside, torch.empty(size, dtype=torch.uint8, pin_memory=True)


class _Flight:
    """Pixels on their way; the first call waits for them and copies them out of the pinned memory."""

    def __init__(self, pinned: Tensor, landed: torch.cuda.Event) -> None:
        self._pinned = pinned
        self._landed = landed
        self._pixels: NDArray[np.uint8] | None = None

    def __call__(self) -> NDArray[np.uint8]:
        if self._pixels is None:
            self._landed.synchronize()
            self._pixels = self._pinned.numpy().copy()
        return self._pixels


@contextmanager
def _choosing_the_quickest() -> Iterator[None]:
    """Have cuDNN time its kernels for each new convolution; elsewhere shapes change too often."""
    before = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = True
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = before


def _stream(device: torch.device) -> torch.cuda.Stream:
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]


def _event() -> torch.cuda.Event:
    return torch.cuda.Event()  # type: ignore[no-untyped-call]
