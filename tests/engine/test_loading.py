"""What the engine process does where loading the models onto a GPU fails; the GPU is played."""

from __future__ import annotations

import pytest
import torch

from app.engine import __main__ as engine
from app.engine.devices import Choice
from app.engine.supervisor import GPU_LOST

ON_GPU = Choice(torch.device("cuda", 0))


@pytest.fixture
def failing(monkeypatch):
    """Return what makes models fail to load onto a GPU, and load onto the CPU as their device's name."""

    def fail(error):
        def load(folder, device, threads):
            if device.type == "cuda":
                raise error
            return str(device)

        monkeypatch.setattr(engine, "Models", load)

    return fail


def test_models_that_do_not_fit_into_the_gpus_memory_run_on_the_cpu_with_a_notice(failing, tmp_path):
    failing(torch.OutOfMemoryError("CUDA out of memory."))
    models, chosen = engine._load(tmp_path, ON_GPU, 1)
    assert str(models) == str(chosen.device) == "cpu"
    assert chosen.notice == "the models do not fit into the GPU's memory; they run on the CPU"


def test_a_gpu_that_fails_meanwhile_counts_as_lost(failing, tmp_path, capsys):
    failing(RuntimeError("CUDA error: unspecified launch failure"))
    with pytest.raises(SystemExit) as ended:
        engine._load(tmp_path, ON_GPU, 1)
    assert ended.value.code == GPU_LOST
    assert "unspecified launch failure" in capsys.readouterr().out


def test_any_other_fault_is_no_fault_of_the_gpu(failing, tmp_path):
    failing(RuntimeError("shapes do not fit"))
    with pytest.raises(RuntimeError, match="shapes"):
        engine._load(tmp_path, ON_GPU, 1)
