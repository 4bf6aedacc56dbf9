"""Signs that a question with options can be guessed, or that its options mean nothing once shuffled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from app.course.lint import without_code
from app.questions.choice.schema import ChoiceQuestion

PLACE = re.compile(
    r"\b((all|none|both|any|some) of the (above|others|options)|(options?|answers?) [A-E]\b)", re.IGNORECASE
)
ORDER = re.compile(r"\b(above|below|preceding|(first|last|previous|next) (option|answer))\b", re.IGNORECASE)

FEWEST_KEYS = 4
"""From how many single questions on a lesson's keys are looked at together."""


def problems(question: ChoiceQuestion) -> Iterator[str]:
    """Find options that name places."""
    for option in question.options:
        if found := PLACE.search(without_code(option.text)):
            yield f"an option says {found.group()!r}, but every learner sees the options in another order"


def warnings(question: ChoiceQuestion) -> Iterator[str]:
    """Find options that may name places, and a key that its length gives away."""
    for option in question.options:
        if found := ORDER.search(without_code(option.text)):
            yield f"an option says {found.group()!r}: if that means another option, the order is shuffled"
    right = [len(option.text) for option in question.options if option.right]
    wrong = [len(option.text) for option in question.options if not option.right]
    if question.kind == "single" and right[0] > max(wrong):
        yield f"the right option is the longest ({right[0]} characters, the next has {max(wrong)})"


def warnings_together(questions: Sequence[ChoiceQuestion]) -> Iterator[str]:
    """Find a lesson whose keys stand mostly at one place of the file."""
    keys = [
        "ABCDE"[[option.right for option in question.options].index(True)]
        for question in questions
        if question.kind == "single"
    ]
    for letter, count in Counter(keys).items():
        if len(keys) >= FEWEST_KEYS and count > len(keys) / 2:
            yield f"the key stands at {letter} in {count} of {len(keys)} questions; spread the keys"
