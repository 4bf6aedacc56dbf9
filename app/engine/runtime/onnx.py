"""The CPU runtime: an exported network, run by ONNX Runtime once it agrees with the plain one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from app.engine.runtime.export import INPUTS


class OnnxRuntime:
    """Runs an exported network on the CPU, with threads that sleep when idle.

    A call with a row for every thread is cut into as many pieces, so that the threads meet once a call
    and not at every operation; the threads share each operation only where there are fewer rows.

    Args:
        path: of the exported network.
        threads: how many may work on a call.
    """

    name = "onnxruntime"

    def __init__(self, path: Path, threads: int) -> None:
        self._threads = threads
        self._shared = _session(path, threads)
        self._single = _session(path, 1) if threads > 1 else self._shared
        self._helpers = ThreadPoolExecutor(threads, thread_name_prefix="pieces")

    def __call__(self, x_t: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        """Predict from (x_t, t, condition)."""
        given = (x_t, t, condition)
        if len(x_t) < self._threads:
            return _run(self._shared, given)
        own, *others = zip(*(tensor.tensor_split(self._threads) for tensor in given), strict=True)
        begun = [self._helpers.submit(_run, self._single, piece) for piece in others]
        return torch.cat([_run(self._single, own), *(piece.result() for piece in begun)])


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _run(session: onnxruntime.InferenceSession, given: Sequence[Tensor]) -> Tensor:
    values = (tensor.contiguous().numpy() for tensor in given)
    (prediction,) = session.run(None, dict(zip(INPUTS, values, strict=True)))
    return torch.from_numpy(np.asarray(prediction))
