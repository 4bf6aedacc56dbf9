"""Has the judge look at the frames of a run, a few at a time, so that the device is soon free again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from app.diffusion.judge import Judge, judge_pixels
from app.diffusion.plan import Point
from app.engine.frame_events import Pixels, read_frame
from app.engine.models import LoadedModel
from app.engine.run import RunStatus
from app.errors import InvalidRequest, TryLater

MOST_PICTURES = 64
"""Pictures that the judge looks at in one go, beside what one frame may have more: far less than a tick."""

NOT_DONE = {
    RunStatus.WAITING: "This run has not begun yet; it is judged once it has ended.",
    RunStatus.RUNNING: "This run has not ended yet; it is judged once it has.",
    RunStatus.PAUSED: "This run is paused, since nobody watches it; it is judged once it has ended.",
    RunStatus.FAILED: "This run failed, so there is nothing to judge; start it again.",
}


def judge_of(model: LoadedModel) -> Judge:
    """Return a model's judge.

    Raises:
        TryLater: it cannot be loaded.
        InvalidRequest: the model has none.
    """
    if model.judge_fault is not None:
        raise TryLater(model.judge_fault, retry_after_s=60)
    if model.judge is None:
        raise InvalidRequest(f"the model {model.card.name} has no judge", "model")
    return model.judge


def portions(frames: int, count: int) -> Iterator[slice]:
    """Divide the frames of a run of `count` pictures into portions that are judged in one go."""
    size = max(1, MOST_PICTURES // count)
    for first in range(0, frames, size):
        yield slice(first, first + size)


def judge_frames(
    judge: Judge,
    frames: Sequence[bytes],
    points: Sequence[Point],
    shape: tuple[int, int, int],
    count: int,
    device: torch.device,
) -> tuple[NDArray[np.float32], ...]:
    """Judge the noisy pictures of some frames, as they are shown.

    Args:
        judge: of the model that made them.
        frames: their events.
        points: where each of them is on the run's path.
        shape: channels, height, width of a picture.
        count: pictures of the run.
        device: where the judge computes.

    Returns:
        For each aspect the probabilities, (frame, picture, value).
    """
    return judge_pictures(
        judge, [read_frame(content, shape, count).x_t for content in frames], points, device
    )


def judge_pictures(
    judge: Judge, frames: Sequence[Pixels], points: Sequence[Point], device: torch.device
) -> tuple[NDArray[np.float32], ...]:
    """Judge the noisy pictures of some frames: uint8 of (picture, height, width, channel) each."""
    count = len(frames[0])
    pixels = torch.from_numpy(np.concatenate(frames)).permute(0, 3, 1, 2).contiguous().to(device)
    signal_scale, noise_scale = (
        torch.tensor(scales, dtype=torch.float32, device=device).repeat_interleave(count)
        for scales in ([at.signal_scale for at in points], [at.noise_scale for at in points])
    )
    found = judge_pixels(judge, pixels, signal_scale, noise_scale)
    return tuple(rows.cpu().numpy().reshape(len(frames), count, -1) for rows in found)
