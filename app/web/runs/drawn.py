"""The picture files of a run: what each is called, which frames it shows, and how it is drawn from them.

No requests here: everything follows from the run and its model's card, so a file is named before it is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app import pictures
from app.cards import Card
from app.engine.frame_events import Frame, read_frame
from app.engine.run import RunSpec
from app.errors import InvalidRequest
from app.web.runs.file_label import FileLabel
from app.web.runs.sheets import LONG_SIDE, animated, panes, sheet

LEAST_OF_STRIP = 3
"""The least scale of a film strip, whose pictures are small beside its length."""

GUESS_PART = "with the guess"


@dataclass(frozen=True)
class DrawnFile:
    """One file of a run.

    Attributes:
        name: for those who save it.
        media_type: of its content.
        shape: channels, height, width of a picture.
        count: pictures of the run.
        steps: the frames that it shows.
        draw: draws it from these frames.
    """

    name: str
    media_type: str
    shape: tuple[int, int, int]
    count: int
    steps: Sequence[int]
    draw: Callable[[Sequence[Frame]], bytes]

    def content(self, frames: Sequence[bytes]) -> bytes:
        """Draw it from its frames as they travel."""
        return self.draw([read_frame(frame, self.shape, self.count) for frame in frames])


def still(spec: RunSpec, card: Card, step: int | None = None) -> DrawnFile:
    """Describe one frame's noisy picture, the finished one unless asked otherwise, as PNG.

    Raises:
        InvalidRequest: the run has no such frame.
    """
    number = spec.steps if step is None else step
    if number > spec.steps:
        raise InvalidRequest(f"frame must be at most {spec.steps}, got {number}", "frame")
    label = FileLabel.of(spec, card, f"frame {number} of {spec.steps}")

    def draw(frames: Sequence[Frame]) -> bytes:
        picture = sheet(frames[0])
        return pictures.png(picture, pictures.scale_to(picture, LONG_SIDE), label.texts)

    return DrawnFile(f"{label.name}.png", "image/png", card.shape, spec.count, (number,), draw)


def animation(spec: RunSpec, card: Card, *, guess: bool = False) -> DrawnFile:
    """Describe the whole run as an animation; the guess stands on the right.

    A long run, or one of large pictures, is shown by some of its frames, evenly chosen; the file says so.
    """
    scale, steps = animated(spec, card, guess=guess)
    thinned = f"{len(steps)} of {spec.steps + 1} frames" if len(steps) <= spec.steps else ""
    label = FileLabel.of(spec, card, " ".join(filter(None, (GUESS_PART if guess else "", thinned))))

    def draw(frames: Sequence[Frame]) -> bytes:
        sheets = [sheet(frame, guess=guess) for frame in frames]
        return pictures.gif(sheets, scale, comment=label.comment)

    return DrawnFile(f"{label.name}.gif", "image/gif", card.shape, spec.count, steps, draw)


def film_strip(spec: RunSpec, card: Card, *, guess: bool = False) -> DrawnFile:
    """Describe ten frames side by side; the guess of each stands below it."""
    label = FileLabel.of(spec, card, f"strip {GUESS_PART}" if guess else "strip")

    def draw(frames: Sequence[Frame]) -> bytes:
        rows = [
            pictures.strip(pictures.on_paper(np.stack([pane[index] for pane in row])))
            for index in range(spec.count)
            for row in zip(*(panes(frame, guess=guess) for frame in frames), strict=True)
        ]
        whole = pictures.contact_sheet(np.stack(rows), columns=1)
        return pictures.png(whole, max(LEAST_OF_STRIP, pictures.scale_to(whole, LONG_SIDE)), label.texts)

    steps = pictures.evenly(spec.steps + 1, pictures.LONGEST_STRIP).tolist()
    return DrawnFile(f"{label.name}.png", "image/png", card.shape, spec.count, steps, draw)


def headers_of(file: DrawnFile) -> Mapping[str, str]:
    """Return what is sent with a file, drawn or not."""
    return {
        "content-disposition": f'inline; filename="{file.name}"',
        "cache-control": "private, max-age=3600",
    }
