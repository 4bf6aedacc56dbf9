"""Tickets: with one, a browser without a cookie is somebody of its own from its first run on.

A page gets one by script, after it was loaded; the page itself stays the same for everyone. A ticket is
signed, lasts a few minutes, and makes one learner, whoever sends it: a copy makes no second one.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time

from app.learners.sessions import TOKEN_BYTES, Session, session_of_token

LASTS_S = 600
TICKET = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


def new_ticket(secret: bytes, now: float | None = None) -> str:
    """Make a ticket that lasts `LASTS_S` seconds from now."""
    ends = int((time.time() if now is None else now) + LASTS_S)
    body = f"{ends}.{secrets.token_urlsafe(16)}"
    return f"{body}.{_tag(secret, body)}"


def learner_of(secret: bytes, ticket: str, now: float | None = None) -> Session | None:
    """Return the learner that a ticket makes; None for one that has run out, or was not made here."""
    parts = TICKET.fullmatch(ticket)
    if parts is None or not hmac.compare_digest(parts[3], _tag(secret, f"{parts[1]}.{parts[2]}")):
        return None
    if int(parts[1]) < (time.time() if now is None else now):
        return None
    token = hmac.digest(secret, b"ticket's learner:" + parts[2].encode(), "sha256").hex()
    return session_of_token(secret, token[: 2 * TOKEN_BYTES])


def _tag(secret: bytes, body: str) -> str:
    return hmac.digest(secret, b"ticket:" + body.encode(), "sha256").hex()
