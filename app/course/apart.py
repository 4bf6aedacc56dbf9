"""What stands apart between the stretches of a lesson's text: its labs, and the places of its questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Loose:
    """What stands where an option could and has not its form, as `alt: A dot`.

    Args:
        name: of the option that is perhaps meant.
        value: what stands behind it.
        line: of the file.
        is_sure: options follow, so that it is no caption.
    """

    name: str
    value: str
    line: int
    is_sure: bool

    @property
    def what(self) -> str:
        """How the option is written."""
        return f"an option is written between colons, as ':{self.name}: {self.value[:40]}'"


@dataclass(frozen=True)
class Lab:
    """A lab in a lesson's text, as written: what its kind and its options mean is known in `app/labs`.

    Args:
        kind: the word after `{lab}`.
        id: of the plate on its page.
        number: of the plate.
        caption_html: the body, rendered.
        options: as written.
        line: of the file at which the fence begins.
        lines: that of each option.
        loose: what is perhaps an option that lacks a colon.
    """

    kind: str
    id: str
    number: int
    caption_html: str
    options: Mapping[str, str]
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)
    loose: Loose | None = None


@dataclass(frozen=True)
class QuestionHere:
    """A place in a lesson's text at which one of its questions is asked; `line` is that of the fence."""

    question_id: str
    line: int
