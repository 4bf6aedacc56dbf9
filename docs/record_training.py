"""Record three trainings on the ring for those who cannot watch one: `python -m docs.record_training`."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.points.progress import report
from app.engine.points.spec import Loop, TrainingSpec
from app.engine.points.together import Together
from app.engine.points.training import Training

TARGET = Path(__file__).parents[1] / "app" / "labs" / "train2d" / "recorded.json"
UPDATES = (0, 100, 600, 3_000)
"""After so many updates the training at random levels is looked at; each is one of a report."""

LOOPS: tuple[Loop, ...] = ("rising", "falling")
LOOP_UPDATES = 10


def recorded() -> dict[str, Any]:
    """Train, and return the content of the file; see `app/labs/train2d/recorded.py`."""
    return {"random": _at_random(), "loops": _in_order()}


def _at_random() -> dict[str, Any]:
    looks = reports_of(TrainingSpec(preset="ring", updates=UPDATES[-1]))
    chosen = [look for look in looks if look["update"] in UPDATES]
    return {
        "labels": [f"{look['update']:,} updates" for look in chosen],
        "head": ["level", *looks[0]["levels"]],
        "rows": [
            *([f"{look['update']:,} updates", *look["validation"]] for look in chosen),
            ["exact denoiser", *looks[0]["floor"]],
        ],
        "data": _points(looks[0]["data"]),
        "samples": [_points(look["samples"]) for look in chosen],
    }


def _in_order() -> dict[str, Any]:
    both = [reports_of(TrainingSpec(preset="ring", loop=loop, updates=LOOP_UPDATES)) for loop in LOOPS]
    means = [float(np.mean(looks[-1]["validation"])) for looks in both]
    prints = [[one for look in looks for one in look["prints"]] for looks in both]
    return {
        "labels": [
            "before the first update",
            *(f"levels {loop}: mean error {mean:.2f}" for loop, mean in zip(LOOPS, means, strict=True)),
        ],
        "head": ["update", *range(1, LOOP_UPDATES + 1)],
        "rows": [
            row
            for loop, printed in zip(LOOPS, prints, strict=True)
            for row in (
                [f"levels {loop}: loss", *(loss for _, loss, _ in printed)],
                ["exact denoiser there", *(exact for _, _, exact in printed)],
            )
        ],
        "data": _points(both[0][0]["data"]),
        "samples": [_points(both[0][0]["samples"]), *(_points(looks[-1]["samples"]) for looks in both)],
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
