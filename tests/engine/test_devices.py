"""Which device is chosen, and what is said where it is not the one that might be expected."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import torch

from app.engine.devices import LEAST_FREE_BYTES, choose

PLENTY = 8 * 2**30
TOO_OLD = (
    "CUDA initialization: The NVIDIA driver on your system is too old (found version 11040). Please update "
    "your GPU driver by downloading and installing a new version."
)


@dataclass
class Cuda:
    """A driver that answers as it is told."""

    built: str | None = "13.0"
    gpus: int = 1
    complaint: str = ""
    free: int = PLENTY
    fault: Exception | None = None
    tried: list[int] = field(default_factory=list)

    def built_for(self) -> str | None:
        return self.built

    def count(self) -> tuple[int, str]:
        return self.gpus, self.complaint

    def free_bytes(self, index: int) -> int:
        return self.free

    def try_out(self, index: int) -> None:
        self.tried.append(index)
        if self.fault:
            raise self.fault


@pytest.mark.parametrize(
    ("wanted", "device"), [("auto", "cuda:0"), ("cuda", "cuda:0"), ("cuda:1", "cuda:1"), ("cpu", "cpu")]
)
def test_what_is_asked_for_is_taken_where_it_works(wanted: str, device: str) -> None:
    chosen = choose(wanted, Cuda(gpus=2), {})
    assert (str(chosen.device), chosen.notice) == (device, None)


def test_a_gpu_is_tried_before_it_is_taken() -> None:
    driver = Cuda(gpus=2)
    choose("cuda:1", driver, {})
    assert driver.tried == [1]


def test_a_build_without_cuda_is_a_surprise_only_where_a_gpu_was_asked_for() -> None:
    assert choose("auto", Cuda(built=None), {}).notice is None
    assert "no CUDA" in (choose("cuda", Cuda(built=None), {}).notice or "")


@pytest.mark.parametrize(
    ("driver", "environment", "said"),
    [
        (Cuda(gpus=0), {"CUDA_VISIBLE_DEVICES": ""}, "CUDA_VISIBLE_DEVICES is empty"),
        (Cuda(gpus=0), {"CUDA_VISIBLE_DEVICES": " "}, "CUDA_VISIBLE_DEVICES is empty"),
        (Cuda(gpus=0), {"CUDA_VISIBLE_DEVICES": "7"}, "CUDA_VISIBLE_DEVICES is '7', which names no GPU"),
        (Cuda(gpus=0, complaint=TOO_OLD), {}, "driver is older than PyTorch's CUDA 13.0 needs"),
        (Cuda(gpus=0, complaint=TOO_OLD), {"CUDA_VISIBLE_DEVICES": "0"}, "driver is older"),
        (Cuda(gpus=0), {}, "there is no GPU"),
        (Cuda(gpus=0, complaint="Unexpected error from cudaGetDeviceCount()"), {}, "cudaGetDeviceCount"),
        (Cuda(free=LEAST_FREE_BYTES - 1), {}, "GiB of memory free"),
        (Cuda(fault=RuntimeError("CUDA error: no kernel image is available\nmore")), {}, "no kernel image"),
        (Cuda(fault=torch.OutOfMemoryError("CUDA out of memory.")), {}, "out of memory"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line_and_the_cpu_is_taken(
    driver: Cuda, environment: dict[str, str], said: str
) -> None:
    for wanted in ("auto", "cuda"):
        chosen = choose(wanted, driver, environment)
        assert chosen.device.type == "cpu"
        assert chosen.notice is not None
        assert said in chosen.notice
        assert "\n" not in chosen.notice
        assert chosen.notice.endswith("run on the CPU")


def test_a_number_that_no_gpu_has_is_said_with_those_there_are() -> None:
    assert "the only GPU is cuda:0" in (choose("cuda:1", Cuda(), {}).notice or "")
    assert "cuda:0 to cuda:1" in (choose("cuda:2", Cuda(gpus=2), {}).notice or "")


def test_pytorchs_own_answers_have_the_form_that_is_expected() -> None:
    chosen = choose("auto")
    assert chosen.device.type in ("cpu", "cuda")
    assert chosen.notice is None or "CPU" in chosen.notice
