"""The home page's picture: one run of a shipped model, recorded as files that need no engine to show.

`home.png` is a sprite (a row a frame, a column a picture), `home.json` says what it is and holds its
checksum, `home.gif` is the same for pages without JavaScript and `home-last.png` its last frame.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from app import pictures
from app.cards import CardFile
from app.diffusion import checkpoints
from app.diffusion.denoiser import Denoiser
from app.diffusion.noise import PictureNoise
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.pictures import Pixels

LABELS = (3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8)
"""The first twelve digits of pi: they stand in 6 x 2, 4 x 3 or 3 x 4 and still read in order."""


@dataclass(frozen=True)
class Take:
    """The settings of a recording; together with the weights they give the same pixels again.

    Args:
        labels: the class of each picture.
        seed: of all pictures; picture k draws from (seed, k).
        sampler: a name in `SAMPLERS`.
        steps: number of steps; there is one more frame.
        guidance: as everywhere: 1 is plain.
    """

    labels: Sequence[int] = LABELS
    seed: int = 0
    sampler: str = "ddim"
    steps: int = 40
    guidance: float = 1.0


def record(file: CardFile, take: Take, folder: Path) -> None:
    """Record a run of a shipped model into `folder`.

    Raises:
        CheckpointError: the weights are missing or not the ones the card describes.
    """
    model = checkpoints.denoiser(file, checkpoints.load_network(file))
    record_run(model, take, folder, model=file.card.name, model_sha256=file.card.sha256)


def record_run(denoiser: Denoiser, take: Take, folder: Path, *, model: str, model_sha256: str) -> None:
    """Record a run of any denoiser of single-channel pictures.

    Args:
        denoiser: the model.
        take: the settings of the run.
        folder: where the four files go; made if missing.
        model: the model's name, written into `home.json`.
        model_sha256: of the weights, written likewise: the page claims no more than this.
    """
    frames = run_frames(denoiser, take)
    count, columns, height, width, _ = frames.shape
    sprite = pictures.png(frames.transpose(0, 2, 1, 3, 4).reshape(count * height, columns * width, 1))
    sheets = np.stack([pictures.contact_sheet(frame, columns=columns // 2, gap=0) for frame in frames])
    about = {
        "model": model,
        "model_sha256": model_sha256,
        "frames": count,
        "columns": columns,
        "width": width,
        "height": height,
        "seed": take.seed,
        "sampler": take.sampler,
        "steps": take.steps,
        "guidance": take.guidance,
        "labels": list(take.labels),
        "sha256": hashlib.sha256(sprite).hexdigest(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "home.png").write_bytes(sprite)
    (folder / "home.gif").write_bytes(pictures.gif(sheets, seconds=4.5, repeat=False))
    (folder / "home-last.png").write_bytes(pictures.png(sheets[-1]))
    (folder / "home.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def run_frames(denoiser: Denoiser, take: Take) -> Pixels:
    """Run the model and keep x_t at every point: pixels (frames, pictures, height, width, 1)."""
    plan = make_plan(
        sampler=take.sampler,
        steps=take.steps,
        model_schedule=denoiser.schedule,
        model_t_max=denoiser.t_max,
    )
    kept: list[Pixels] = []
    sample(
        denoiser,
        plan,
        torch.tensor(take.labels),
        take.guidance,
        [PictureNoise(take.seed, index) for index in range(len(take.labels))],
        on_frame=lambda x_t: kept.append(_pixels(x_t)),
    )
    return np.stack(kept)


def _pixels(x_t: Tensor) -> Pixels:
    grey = ((x_t.clamp(-1.0, 1.0) + 1.0) * 127.5).round().to(torch.uint8)
    return np.asarray(grey.permute(0, 2, 3, 1).contiguous().numpy(), dtype=np.uint8)
