"""Generated pictures on disk: made in chunks, so that a measurement that was stopped takes them up again.

A picture depends on the weights, the setting, the seed, its index and its condition, and the chunk's folder
and file say all of these. More pictures of the same setting are further chunks beside the first ones.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from app.diffusion.denoiser import Denoiser
from app.diffusion.notation import IMAGES
from app.diffusion.pixels import as_bytes
from app.diffusion.plan import make_plan, rows_needed
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise


@dataclass(frozen=True)
class Setting:
    """How pictures are sampled; the fields mean what they mean in a run."""

    sampler: str
    steps: int
    guidance: float
    eta: float = 0.0
    grid: str = "uniform"

    @property
    def calls(self) -> int:
        """Network calls a picture, counting the two that guidance needs as two."""
        plan = make_plan(sampler=self.sampler, steps=self.steps, eta=self.eta, grid=self.grid)
        return len(plan.calls) * rows_needed(self.guidance, conditioned=True)

    def __str__(self) -> str:
        """Write the setting as it appears in reports and folder names."""
        eta = f"-eta{self.eta:g}" if self.sampler == "ddim" and self.eta else ""
        grid = "" if self.grid == "uniform" else f"-{self.grid}"
        return f"{self.sampler}-{self.steps}-guidance{self.guidance:g}{eta}{grid}"


@dataclass(frozen=True)
class Samples:
    """Pictures to be generated: what of, how, from which seed, and where they are kept.

    Args:
        setting: how they are sampled.
        condition: the class or the row of tokens of each.
        seed: of all of them; the picture's index does the rest.
        folder: for the chunks; unique to the weights, the setting, the seed and the choice of conditions.
        batch: pictures a chunk.
    """

    setting: Setting
    condition: Int[Tensor, "batch ..."]
    seed: int
    folder: Path
    batch: int = 250

    def missing_calls(self) -> int:
        """Count the network calls, over all pictures, that are still to be made."""
        missing = sum(len(part) for start, part in self._chunks() if self._kept(start, part) is None)
        return missing * self.setting.calls

    def obtain(
        self, denoiser: Denoiser, device: torch.device, on_calls: Callable[[int], None]
    ) -> UInt8[Tensor, IMAGES]:
        """Read the chunks that are there, make the others, and return all pictures as bytes.

        Args:
            denoiser: the model.
            device: where to compute.
            on_calls: told, after each network call, for how many pictures (twice as many with guidance).
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        parts = []
        for start, condition in self._chunks():
            pixels = self._kept(start, condition)
            if pixels is None:
                pixels = self._make(denoiser, device, start, condition, on_calls)
                _write(self._path(start), pixels, condition)
            parts.append(pixels)
        return torch.cat(parts)

    def _chunks(self) -> list[tuple[int, Tensor]]:
        starts = range(0, len(self.condition), self.batch)
        return [(start, self.condition[start : start + self.batch]) for start in starts]

    def _path(self, start: int) -> Path:
        return self.folder / f"{start:06d}.npz"

    def _kept(self, start: int, condition: Tensor) -> Tensor | None:
        """Read a chunk, unless it is missing, damaged, too short or of other conditions."""
        try:
            with np.load(io.BytesIO(self._path(start).read_bytes())) as arrays:
                images, conditions = arrays["images"], arrays["conditions"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        if not np.array_equal(conditions[: len(condition)], condition.numpy()):
            return None
        return torch.from_numpy(images[: len(condition)])

    def _make(
        self,
        denoiser: Denoiser,
        device: torch.device,
        start: int,
        condition: Tensor,
        on_calls: Callable[[int], None],
    ) -> Tensor:
        setting = self.setting
        plan = make_plan(
            sampler=setting.sampler,
            steps=setting.steps,
            eta=setting.eta,
            grid=setting.grid,
            model_schedule=denoiser.schedule,
            model_t_max=denoiser.t_max,
        )
        rows = len(condition) * rows_needed(setting.guidance, conditioned=True)
        noise = [PictureNoise(self.seed, start + index) for index in range(len(condition))]
        images = sample(
            denoiser, plan, condition, setting.guidance, noise, device, after_call=lambda: on_calls(rows)
        )
        return as_bytes(images).cpu()


def _write(path: Path, pixels: Tensor, condition: Tensor) -> None:
    content = io.BytesIO()
    np.savez_compressed(content, images=pixels.numpy(), conditions=condition.numpy())
    partial = path.with_suffix(".partial")
    partial.write_bytes(content.getvalue())
    partial.replace(path)
