"""The schedulers of diffusers that ours are compared with; diffusers takes seconds to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.late import Late

__all__ = [
    "DDIMScheduler",
    "DDPMScheduler",
    "DPMSolverMultistepScheduler",
    "FlowMatchEulerDiscreteScheduler",
    "HeunDiscreteScheduler",
]

if TYPE_CHECKING:
    from diffusers import (
        DDIMScheduler,
        DDPMScheduler,
        DPMSolverMultistepScheduler,
        FlowMatchEulerDiscreteScheduler,
        HeunDiscreteScheduler,
    )
else:

    def __getattr__(name: str) -> Late:
        if name.startswith("__"):
            raise AttributeError(name)
        return Late("diffusers", name)
