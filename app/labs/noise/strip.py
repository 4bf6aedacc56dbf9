"""What is printed of a noise lab: its picture with the same noise at five times, a row for each schedule."""

from __future__ import annotations

from app.labs.noise.options import Noise
from app.labs.noise.still import noisy_strip
from app.labs.strip import Strip


def strip(settings: Noise) -> Strip:
    """Say what is printed of a noise lab with these settings."""
    return noisy_strip(settings.pixels, settings.seed, settings.alt, settings.credit)
