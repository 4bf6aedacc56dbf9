"""What a failed call means, told from the error alone."""

from __future__ import annotations

import pytest
import torch

from app.engine.faults import Fault, kind_of
from app.errors import InvalidRequest


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("CUDA error: out of memory\nSearch for `cudaErrorMemoryAllocation'"),
        RuntimeError("CUDA driver error: out of memory"),
    ],
)
def test_memory_that_does_not_last_asks_for_smaller_calls(error: Exception) -> None:
    assert kind_of(error) is Fault.MEMORY


@pytest.mark.parametrize(
    "message",
    [
        "CUDA error: an illegal memory access was encountered",
        "CUDA error: unspecified launch failure\nCUDA kernel errors might be asynchronously reported",
        "CUDA error: device-side assert triggered",
        "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm`",
        "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
        "CUDA driver error: unknown error",
    ],
)
def test_whatever_else_cuda_reports_loses_the_device(message: str) -> None:
    assert kind_of(RuntimeError(message)) is Fault.DEVICE


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("mat1 and mat2 shapes cannot be multiplied"),
        RuntimeError("CUDA error: operation not permitted when stream is capturing"),
        MemoryError("Unable to allocate 4 GiB"),
        InvalidRequest("CUDA error: so said a prompt"),
        ValueError("CUDA error"),
    ],
)
def test_anything_else_is_the_runs_own(error: Exception) -> None:
    assert kind_of(error) is Fault.OTHER
