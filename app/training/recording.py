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

from app import pictures
from app.cards import Card, CardFile
from app.diffusion import checkpoints
from app.diffusion.denoiser import Denoiser
from app.diffusion.pixels import as_bytes
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.errors import InvalidRequest
from app.pictures import Pixels

PROMPTS = (
    "a red house on the right of a snowy hill at night with stars",
    "a white boat on the left on the sea at sunset with the sun",
    "a yellow windmill on the right on a hill by day with clouds",
    "mountains at dawn with the moon",
    "a white lighthouse on the left by the sea at night with the moon",
    "a red tree on the right in a meadow by day with a rainbow",
    "a yellow cactus on the left in the desert at sunset with the sun",
    "the city at night with stars",
    "a white house on the right in the forest at dusk with a clear sky",
    "a blue boat on the left on the sea at dawn with clouds",
    "a red windmill on the left in the snow by day with the sun",
    "a yellow house on the left in the mountains at night with the moon",
)
"""One for each lesson of the course: they stand in 6 x 2, 4 x 3 or 3 x 4."""


@dataclass(frozen=True)
class Take:
    """The settings of a recording; together with the weights they give the same pixels again.

    Args:
        prompts: what each picture is asked to show.
        seed: of all pictures; picture k draws from (seed, k). The shipped one was chosen by eye from 1 to 8,
            of which four show something twice or unasked.
        sampler: a name in `SAMPLERS`.
        steps: number of steps; there is one more frame.
        guidance: as everywhere: 1 is plain.
    """

    prompts: Sequence[str] = PROMPTS
    seed: int = 6
    sampler: str = "ddim"
    steps: int = 24
    guidance: float = 1.5


def record(file: CardFile, take: Take, folder: Path) -> None:
    """Record a run of a shipped model into `folder`.

    Raises:
        CheckpointError: the weights are missing or not the ones the card describes.
        InvalidRequest: the model takes no prompts, or does not know all words of these.
    """
    rows = rows_of(file.card, take.prompts)
    model = checkpoints.denoiser(file, checkpoints.load_network(file))
    write_recording(run_frames(model, take, rows), take, folder, file.card)


def rows_of(card: Card, prompts: Sequence[str]) -> list[tuple[int, ...]]:
    """Read prompts as the model does; nothing that is asked for may be left out of a recording."""
    if card.vocabulary is None:
        raise InvalidRequest(f"the model {card.name} takes no prompts, and the recording is of prompts")
    read = [card.vocabulary.read(prompt) for prompt in prompts]
    unknown = [word for prompt in read for word in prompt.unknown]
    if unknown:
        raise InvalidRequest(f"the model {card.name} does not know: {', '.join(unknown)}")
    return [prompt.row for prompt in read]


def write_recording(frames: Pixels, take: Take, folder: Path, card: Card) -> None:
    """Write the four files of a recording.

    Args:
        frames: pixels of (frames, pictures, height, width, channels).
        take: the settings of the run.
        folder: where the files go; made if missing.
        card: of the model; its name and checksum are written into `home.json`.
    """
    count, columns, height, width, channels = frames.shape
    rows = frames.transpose(0, 2, 1, 3, 4).reshape(count * height, columns * width, channels)
    sprite = pictures.png(rows, most=None)
    sheets = np.stack([pictures.contact_sheet(frame, columns=columns // 2, gap=0) for frame in frames])
    about = {
        "model": card.name,
        "model_sha256": card.sha256,
        "frames": count,
        "columns": columns,
        "width": width,
        "height": height,
        "seed": take.seed,
        "sampler": take.sampler,
        "steps": take.steps,
        "guidance": take.guidance,
        "prompts": list(take.prompts),
        "sha256": hashlib.sha256(sprite).hexdigest(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "home.png").write_bytes(sprite)
    (folder / "home.gif").write_bytes(pictures.gif(sheets, seconds=4.5, repeat=False))
    (folder / "home-last.png").write_bytes(pictures.png(sheets[-1]))
    (folder / "home.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def run_frames(denoiser: Denoiser, take: Take, rows: Sequence[tuple[int, ...]]) -> Pixels:
    """Run the model and keep x_t at every point: pixels (frames, pictures, height, width, channels)."""
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
        torch.tensor(rows),
        take.guidance,
        [PictureNoise(take.seed, index) for index in range(len(rows))],
        on_frame=lambda x_t: kept.append(as_bytes(x_t).permute(0, 2, 3, 1).numpy()),
    )
    return np.stack(kept)
