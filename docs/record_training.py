"""Record a training on the ring for those who cannot watch one: `python -m docs.record_training`."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.points.progress import report
from app.engine.points.spec import TrainingSpec
from app.engine.points.together import Together
from app.engine.points.training import Training

TARGET = Path(__file__).parents[1] / "app" / "labs" / "train2d" / "recorded.json"
UPDATES = (0, 100, 600, 3_000)
"""After so many updates it is looked at; each is one of a report."""


def recorded() -> dict[str, Any]:
    """Train, and return the content of the file; see `app/labs/train2d/recorded.py`."""
    looks = reports_of(TrainingSpec(preset="ring", updates=UPDATES[-1]))
    chosen = [look for look in looks if look["update"] in UPDATES]
    return {
        "updates": [look["update"] for look in chosen],
        "levels": looks[0]["levels"],
        "validation": [look["validation"] for look in chosen],
        "floor": looks[0]["floor"],
        "data": _points(looks[0]["data"]),
        "samples": [_points(look["samples"]) for look in chosen],
    }


def reports_of(spec: TrainingSpec) -> list[dict[str, Any]]:
    """Train as the engine does, alone, and return the content of all reports."""
    training = Training(spec)
    reports = [_content(report(training))]
    while not training.is_finished:
        Together([training]).advance(training.until_due)
        reports.append(_content(report(training)))
    return reports


def _content(event: bytes) -> dict[str, Any]:
    (line,) = [line for line in event.splitlines() if line.startswith(b"data: ")]
    return dict(json.loads(line.removeprefix(b"data: ")))


def _points(encoded: str) -> list[list[float]]:
    halves = np.frombuffer(base64.b64decode(encoded), "<f2").astype(np.float64).reshape(-1, 2)
    return [[round(x, 2) + 0.0, round(y, 2) + 0.0] for x, y in halves.tolist()]


if __name__ == "__main__":
    TARGET.write_text(json.dumps(recorded(), separators=(",", ":")) + "\n", encoding="utf-8")
