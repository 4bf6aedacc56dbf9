"""What a model's judge makes of a finished run, and how that travels from the engine. No torch."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Judged:
    """What the model's judge makes of a run's noisy pictures; those of the last frame are the finished ones.

    Args:
        aspects: the values of each aspect, by its name.
        probabilities: by aspect, (frame, picture, value); each row adds up to 1.
    """

    aspects: Mapping[str, tuple[str, ...]]
    probabilities: Mapping[str, NDArray[np.float32]]


def to_json(judged: Judged) -> dict[str, Any]:
    """Write it for the wire: probabilities as base64 of little-endian single precision."""
    return {
        "aspects": {name: list(values) for name, values in judged.aspects.items()},
        "probabilities": {
            name: {
                "shape": list(rows.shape),
                "numbers": base64.b64encode(rows.astype("<f4").tobytes()).decode(),
            }
            for name, rows in judged.probabilities.items()
        },
    }


def from_json(content: Mapping[str, Any]) -> Judged:
    """Read what `to_json` wrote."""
    return Judged(
        {name: tuple(values) for name, values in content["aspects"].items()},
        {
            name: np.frombuffer(base64.b64decode(rows["numbers"]), "<f4")
            .reshape(rows["shape"])
            .astype(np.float32)
            for name, rows in content["probabilities"].items()
        },
    )
