"""What an answer looked like to the learner who gave it: kept with it, since an option may be reworded."""

from __future__ import annotations

from typing import TypedDict


class ShownText(TypedDict):
    """A part of an answer: its id, and the text that stood under it, as the course's Markdown."""

    id: str
    text: str
