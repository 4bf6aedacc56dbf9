"""What a whole step needs of the machine beside arithmetic: copies to and from the device, and graphs.

`PlainMachine` does the same without any of it, for a device that is the host itself.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Work = Callable[[], None]
Fetch = Callable[[], NDArray[np.uint8]]
"""Waits for pixels that are on their way to the host, and returns them."""


class Ferry(Protocol):
    """Brings arrays from the host into one tensor of the device."""

    def host(self, size: int) -> NDArray[Any]:
        """Return an array for the first `size` rows, to be filled."""

    def send(self, size: int) -> None:
        """Have what was filled copied; the array is not to be touched any more."""


class Machine(Protocol):
    """A device and how it is served."""

    device: torch.device

    def entered(self) -> AbstractContextManager[Any]:
        """Make it the device of the thread; streams and graphs are the thread's."""

    def ferry(self, target: Tensor) -> Ferry:
        """Return what brings arrays into a tensor of the device."""

    def captured(self, work: Work) -> Work:
        """Return what repeats work on tensors that stay where they are."""

    def fetch(self, pixels: Tensor) -> Fetch:
        """Begin to bring pixels to the host; the tensor may be written again by later work at once."""

    def wait(self) -> None:
        """Wait until all work is done."""

    def free(self) -> None:
        """Give memory that is no longer used back to others."""


class PlainMachine:
    """The host as its own device: everything is done at once and in place."""

    device = torch.device("cpu")

    def entered(self) -> AbstractContextManager[Any]:
        """Do nothing."""
        return nullcontext()

    def ferry(self, target: Tensor) -> Ferry:
        """Have the tensor itself filled."""
        return _InPlace(target)

    def captured(self, work: Work) -> Work:
        """Return the work."""
        work()
        return work

    def fetch(self, pixels: Tensor) -> Fetch:
        """Copy the pixels."""
        copied: NDArray[np.uint8] = pixels.numpy().copy()
        return lambda: copied

    def wait(self) -> None:
        """Return: nothing is under way."""

    def free(self) -> None:
        """Do nothing: the host's allocator keeps nothing back."""


class _InPlace:
    def __init__(self, target: Tensor) -> None:
        self._target = target

    def host(self, size: int) -> NDArray[Any]:
        return self._target[:size].numpy()

    def send(self, size: int) -> None:
        del size
