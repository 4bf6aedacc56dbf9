"""How a web process and an engine prove to each other that they know their token, which neither ever sends.

A request carries a fresh nonce and a code over it, the request and its body, made with the token. The answer
carries a code over the same nonce. So whatever else listens where the engine should be learns nothing that it
could use, and is not believed. Who reads along could send a request once more, and no other.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

SCHEME = "Proof"
ANSWER_HEADER = "x-engine-proof"


def new_nonce() -> str:
    """Make what no other request has."""
    return secrets.token_hex(16)


def of_request(
    token: str, nonce: str, method: str, target: bytes, asker: tuple[str, str], body: bytes
) -> str:
    """Prove that a request is by somebody who knows the token.

    Args:
        token: the secret of both.
        nonce: of this request.
        method: of the request.
        target: its path and query, as they travel.
        asker: for whom it is: a learner and an address.
        body: the whole of it.
    """
    parts = (nonce, method, target.decode("latin-1"), *asker, hashlib.sha256(body).hexdigest())
    return _code(token, "request", *parts)


def of_answer(token: str, nonce: str, status: int) -> str:
    """Prove that an answer to the request with this nonce is by somebody who knows the token."""
    return _code(token, "answer", nonce, str(status))


def is_same(given: str, expected: str) -> bool:
    """Compare two codes in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _code(token: str, *parts: str) -> str:
    # Each part with its length, so that no two lists of parts read the same.
    content = b"".join(b"%d:%s" % (len(part), part) for part in (text.encode("utf-8") for text in parts))
    return hmac.digest(token.encode(), content, "sha256").hex()
