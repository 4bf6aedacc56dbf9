"""Colours as three bytes and what light does to them: mixing, darkening, small chance differences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Blend two colours: `share` 0 gives `one`, 1 gives `other`."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


def lighter(colour: Colour, share: float) -> Colour:
    """Move a colour towards white."""
    return mix(colour, WHITE, share)


def darker(colour: Colour, share: float) -> Colour:
    """Move a colour towards black."""
    return mix(colour, BLACK, share)


def jittered(colours: Sequence[Colour], generator: np.random.Generator, spread: float = 5.0) -> list[Colour]:
    """Shift each colour's brightness and each of its channels by normal noise.

    Args:
        colours: what to vary.
        generator: source of the noise.
        spread: standard deviation, in steps of 0..255, of the shift that all channels share; each one's own
            shift is half as large.
    """
    noise = generator.normal(0, spread, (len(colours), 4))
    shifted = np.array(colours) + noise[:, :1] + noise[:, 1:] / 2
    return [(red, green, blue) for red, green, blue in np.clip(shifted, 0, 255).astype(int).tolist()]
