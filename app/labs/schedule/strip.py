"""What is printed of a schedule lab: its picture with the same noise at five times, a row a schedule."""

from __future__ import annotations

from app.labs.noise.still import noisy_strip
from app.labs.schedule.options import ScheduleLab
from app.labs.strip import Strip


def strip(settings: ScheduleLab) -> Strip:
    """Say what is printed of a schedule lab with these settings."""
    return noisy_strip(settings.pixels, settings.seed, settings.alt, settings.credit)
