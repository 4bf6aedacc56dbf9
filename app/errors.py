"""Domain errors: what was wrong, what is allowed, what to do next. No HTTP here (`web/` maps them)."""

from __future__ import annotations


class FromNoiseError(Exception):
    """Base of every error that the product raises on purpose; its text is fit to show a person."""


class InvalidRequest(FromNoiseError):
    """A request that can never succeed as it stands.

    Args:
        message: what was wrong, what was received and what is allowed.
        field: the name of the offending field, where there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(FromNoiseError):
    """The thing asked for does not exist (or no longer does)."""


class Conflict(FromNoiseError):
    """The request does not fit what is there: a token again with other content, a run that has not ended."""


class TryLater(FromNoiseError):
    """The request is fine, but cannot be served now.

    Args:
        message: what is busy or missing.
        retry_after_s: after how many whole seconds another try makes sense.
    """

    def __init__(self, message: str, retry_after_s: int = 2) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TooMany(TryLater):
    """One learner asks faster than is fair to the others; the server itself is not full."""


class PoolSpent(TryLater):
    """All clients without a cookie together ask faster than is fair to the learners."""


class CheckpointError(FromNoiseError):
    """Weights or card of a model are missing, corrupt or disagree."""


class CourseError(FromNoiseError):
    """Faults in lesson files, all of them at once.

    Args:
        problems: one line per fault, each naming file, line and question where known.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
