"""What several engines report, as the report of one. No torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SUMS = ("capacity", "viewers", "network_calls", "network_rows", "training_updates")
COUNTS = ("runs", "trainings")


def joined(reports: Sequence[Mapping[str, Any] | None]) -> dict[str, Any]:
    """Join reports; see `app.engine.server.EngineRoutes.status`.

    A model is ready if one of them has it; the device is silent if all of them are.

    Args:
        reports: one for each engine, None where it does not answer; at least one does.
    """
    there = [report for report in reports if report is not None]
    missing = len(reports) - len(there)
    silent = [f"{missing} of {len(reports)} engines does not answer"] if missing else []
    notices = [*silent, *(str(report["notice"]) for report in there if report.get("notice"))]
    return {
        "device": "; ".join(str(report["device"]) for report in there),
        "notice": "; ".join(dict.fromkeys(notices)) or None,
        "models": _models(there),
        **{name: sum(report[name] for report in there) for name in SUMS},
        **{name: dict(sum((Counter(report[name]) for report in there), Counter())) for name in COUNTS},
        "silent_s": min(report["silent_s"] for report in there),
    }


def _models(reports: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Take each model's report from the first engine that has it ready, or else from the first."""
    found: dict[str, dict[str, Any]] = {}
    for report in reports:
        for model in report["models"]:
            known = found.get(model["name"])
            if known is None or (model["ready"] and not known["ready"]):
                found[model["name"]] = model
    return list(found.values())
