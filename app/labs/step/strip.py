"""What is printed of a lab step: the run that it takes apart, as a player's is printed."""

from __future__ import annotations

from app.labs.player.strip import strip as player_strip
from app.labs.step.options import StepLab
from app.labs.strip import Strip


def strip(settings: StepLab) -> Strip:
    """Say what is printed of a lab step with these settings."""
    return player_strip(settings.player)
