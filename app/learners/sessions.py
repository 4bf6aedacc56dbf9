"""Who a browser is: a random token in a signed cookie, and the key under which its records are kept.

Owns what a cookie's value means. Which cookie it travels in, and how, belongs to `app/web/edge/session.py`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import InvalidRequest

TOKEN_BYTES = 16
SHORTEST_TELLING_ATTEMPT = 16  # characters: below, an attempt token may be somebody else's too ("1", "test")
COOKIE = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})")


@dataclass(frozen=True)
class Session:
    """One learner in one browser.

    Attributes:
        cookie: the value that the browser keeps; it is the only proof of being this learner.
        learner_key: hash of the cookie's token; what records, limits and option order go by.
    """

    cookie: str
    learner_key: str


def new_session(secret: bytes) -> Session:
    """Begin a learner whom nobody else can be."""
    return session_of_token(secret, secrets.token_hex(TOKEN_BYTES))


def read_session(secret: bytes, cookie: str) -> Session:
    """Tell whose cookie this is.

    Raises:
        InvalidRequest: it was not made here, or was altered.
    """
    parts = COOKIE.fullmatch(cookie)
    if parts is None or not hmac.compare_digest(parts[2], _tag(secret, parts[1])):
        raise InvalidRequest("The learner's cookie was not made here, or was altered.", field="cookie")
    return session_of_token(secret, parts[1])


def new_attempt(secret: bytes) -> str:
    """Make a token for one act of answering that nobody else can have, and that is known again as ours."""
    token = secrets.token_urlsafe(18)
    return f"{token}.{_attempt_tag(secret, token)}"


def is_own_attempt(secret: bytes, attempt: str) -> bool:
    """Say whether `new_attempt` made this token, so that only who was sent it can know it."""
    token, _, tag = attempt.rpartition(".")
    return hmac.compare_digest(tag.encode("utf-8", "replace"), _attempt_tag(secret, token).encode())


def session_for_submission(
    secret: bytes, question_id: str, attempt: str, option_ids: Sequence[str]
) -> Session:
    """Begin a learner for an answer that came without a cookie.

    Identical copies of one submission become one learner, so that a retry (or a hundred at once) leaves one
    record. The token is derived with the secret: knowing the submission does not make a cookie. But whoever
    sends the same submission would get it: its cookie may be handed out with the first copy alone, unless the
    attempt token is one of ours. A short one says too little about who sent it, and gets a learner of its own
    each time.
    """
    if len(attempt) < SHORTEST_TELLING_ATTEMPT:
        return new_session(secret)
    parts = [question_id, attempt, *sorted(option_ids)]
    content = b"".join(len(part).to_bytes(4, "big") + part for part in (text.encode() for text in parts))
    token = hmac.digest(secret, b"submission:" + content, "sha256").hex()[: 2 * TOKEN_BYTES]
    return session_of_token(secret, token)


def _attempt_tag(secret: bytes, token: str) -> str:
    return hmac.digest(secret, b"attempt:" + token.encode("utf-8", "replace"), "sha256").hex()[:32]


def session_of_token(secret: bytes, token: str) -> Session:
    """Make the session of a token of `TOKEN_BYTES` bytes in hexadecimal, which nobody else may know."""
    return Session(f"{token}.{_tag(secret, token)}", hashlib.sha256(token.encode()).hexdigest())


def _tag(secret: bytes, token: str) -> str:
    return hmac.digest(secret, b"session:" + token.encode(), "sha256").hex()
