"""The small course that these tests spoil."""

from tests.course_folder import course, question

__all__ = ["course", "question"]
