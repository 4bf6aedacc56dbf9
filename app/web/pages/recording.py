"""The home page's recorded run: read from the static files, and shown only if its checksum holds."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass, fields
from pathlib import Path

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recording:
    """The recorded run of the home page, as `static/recorded/home.json` states it."""

    model: str
    model_sha256: str
    frames: int
    columns: int
    width: int
    height: int
    seed: int
    sampler: str
    steps: int
    guidance: float
    prompts: tuple[str, ...]
    sha256: str

    @property
    def spoken(self) -> str:
        """What is on the last frame, for those who cannot see it."""
        return "; ".join(self.prompts)


def read_recording(static: Path) -> Recording | None:
    """Read `recorded/home.json` and check that the sprite beside it is the one it describes."""
    folder = static / "recorded"
    try:
        about = json.loads((folder / "home.json").read_text(encoding="utf-8"))
        sprite = (folder / "home.png").read_bytes()
        known = {field.name: about[field.name] for field in fields(Recording)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("the home page has no recorded run to show: %r", error)
        return None
    if hashlib.sha256(sprite).hexdigest() != about["sha256"]:
        log.warning("the home page's recorded run is not the one that home.json describes; not shown")
        return None
    return Recording(**{**known, "prompts": tuple(about["prompts"])})
