"""Records that could not be opened when the server started: lessons and players work, nothing is kept."""

from __future__ import annotations

import secrets as randomness
from typing import NoReturn

from app.errors import TryLater
from app.learners.database import RETRY_AFTER_S, SECRET_BYTES


class MissingRecords:
    """Stands in for `app.learners.database.Records` until they can be opened.

    Its secret is its own, so that the cookies of the records that are missing keep their names and values.

    Args:
        why: what kept the records from being opened.
    """

    def __init__(self, why: str) -> None:
        self._why = why
        self._secret = randomness.token_bytes(SECRET_BYTES)

    def reading(self) -> NoReturn:
        """Refuse.

        Raises:
            TryLater: always.
        """
        raise TryLater(f"There are no records just now, and nothing can be kept: {self._why}", RETRY_AFTER_S)

    def writing(self) -> NoReturn:
        """Refuse likewise."""
        self.reading()

    def ready(self, fresh_s: float = 0.0) -> bool:
        """Say that they are not."""
        return False

    def secret(self) -> bytes:
        """Return the key that signs cookies for the time being."""
        return self._secret

    def close(self) -> None:
        """Do nothing: nothing is open."""
