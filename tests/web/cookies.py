"""The learner's cookie in tests: its name has a mark of the site's records in it."""

from __future__ import annotations

from typing import Any

PREFIX = "fromnoise-"


def learner_cookie(cookies: Any) -> str:
    """Return the session cookie of a response, or of a client that has seen one site; empty for none."""
    return next((cookies[name] for name in cookies if name.startswith(PREFIX)), "")
