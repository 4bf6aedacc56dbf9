"""What no single setting can tell: how many steps a run may have over all its pictures, and how many maps."""

from __future__ import annotations

from collections.abc import Iterator

from app.errors import InvalidRequest

MAX_IMAGE_STEPS = 3200
MAX_ATTENTION_COUNT = 4
"""Pictures of a run whose attention is shown: a map for every word and step is a lot to send."""


def broken_rules(count: int, steps: int, attention: bool = False) -> Iterator[InvalidRequest]:
    """Give an error for each rule that these settings break together; it names the field to change."""
    if count * steps > MAX_IMAGE_STEPS:
        yield InvalidRequest(
            f"count x steps must be at most {MAX_IMAGE_STEPS}, got {count} x {steps}; "
            "ask for fewer pictures or fewer steps",
            "steps",
        )
    if attention and count > MAX_ATTENTION_COUNT:
        yield InvalidRequest(
            f"attention is shown for at most {MAX_ATTENTION_COUNT} pictures at once, got {count}", "count"
        )
