"""How the engine process ends when it can compute nothing more."""

from __future__ import annotations

import pytest
import torch

from app.engine.__main__ import _status_after
from app.engine.faults import Fault
from app.engine.supervisor import DEVICE_LOST, GPU_LOST


@pytest.mark.parametrize(
    ("fault", "device", "status"),
    [
        (Fault.DEVICE, "cuda:0", GPU_LOST),
        (Fault.MEMORY, "cuda:1", GPU_LOST),
        (Fault.OTHER, "cuda:0", DEVICE_LOST),
        (Fault.DEVICE, "cpu", DEVICE_LOST),
        (Fault.OTHER, "cpu", DEVICE_LOST),
    ],
    ids=["gpu", "memory of a gpu", "no fault of the gpu", "cpu", "no fault of the cpu"],
)
def test_only_a_fault_of_the_gpu_counts_as_a_lost_one(fault: Fault, device: str, status: int) -> None:
    assert _status_after(fault, torch.device(device)) == status
