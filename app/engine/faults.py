"""What a failed call of a device means, and what is said of it."""

from __future__ import annotations

from enum import Enum, auto

import torch

from app.errors import TryLater

FAILED = "The model failed in the middle of this run. It has been noted; start the run again."
DEVICE_FAILED = "The GPU failed in the middle of this run. The engine starts again; then start the run again."
TOO_WIDE = "The GPU has too little memory for so many pictures at once. Ask for fewer."
JOB_LOST = "The GPU failed. The engine starts again; ask again in a moment."
JOB_TOO_WIDE = "The GPU has too little memory left for this at the moment; ask again."
RETRY_S = 5

SHORT_OF_MEMORY = (
    "The GPU has little memory left. This run goes on, with fewer runs at a time, so more slowly."
)

MEMORY_MARKS = (
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "CUDA error: out of memory",
    "CUDA driver error: out of memory",
)
DEVICE_MARKS = ("CUDA error", "CUDA driver error", "CUBLAS_STATUS_", "CUDNN_STATUS_", "device-side assert")
"""Parts of the messages of errors that have no class of their own; after one, every later call fails too."""

CAPTURE_MARK = "captur"
"""Of those that only say that something cannot be captured in a graph; the device goes on."""


class Fault(Enum):
    """What is to be done: make smaller calls, start the process again, or fail the runs and go on."""

    MEMORY = auto()
    DEVICE = auto()
    OTHER = auto()


def kind_of(error: BaseException) -> Fault:
    """Tell what a call failed of."""
    message = str(error)
    if isinstance(error, torch.OutOfMemoryError) or any(mark in message for mark in MEMORY_MARKS):
        return Fault.MEMORY
    if isinstance(error, RuntimeError) and any(mark in message for mark in DEVICE_MARKS):
        return Fault.OTHER if CAPTURE_MARK in message else Fault.DEVICE
    return Fault.OTHER


def as_told(error: BaseException) -> BaseException:
    """Return what those who wait for a job are told: of a fault of the device when to ask again."""
    fault = kind_of(error)
    if fault is Fault.OTHER:
        return error
    return TryLater(JOB_LOST if fault is Fault.DEVICE else JOB_TOO_WIDE, RETRY_S)
