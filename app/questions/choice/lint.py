"""Signs that a question with options can be guessed, or that its options mean nothing once shuffled.

What shows only over a whole lesson is measured in `tells.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from app.course.lint import without_code
from app.questions.choice.schema import ChoiceQuestion
from app.questions.choice.tells import FEWEST_KEYS, length_tells, visible_length, wording_tells

PLACE = re.compile(
    r"\b((all|none|both|any|some) of the (above|others|options)|(options?|answers?) [A-E]\b)", re.IGNORECASE
)
ORDER = re.compile(r"\b(above|below|preceding|(first|last|previous|next) (option|answer))\b", re.IGNORECASE)

STANDS_OUT = 1.25
"""How many times as long as the next a key may be, or the next as it, before one question alone tells."""

SEEN_CHARACTERS = 10
"""By how many characters it must differ for that: among short options a ratio means nothing."""


def problems(question: ChoiceQuestion) -> Iterator[str]:
    """Find options that name places."""
    for option in question.options:
        if found := PLACE.search(without_code(option.text)):
            yield f"an option says {found.group()!r}, but every learner sees the options in another order"


def warnings(question: ChoiceQuestion) -> Iterator[str]:
    """Find options that may name places, and a key that its length gives away."""
    for option in question.options:
        text = without_code(option.text)
        if (found := ORDER.search(text)) and not PLACE.search(text):  # that is an error already
            yield f"an option says {found.group()!r}: if that means another option, the order is shuffled"
    yield from _length_that_stands_out(question)


def _length_that_stands_out(question: ChoiceQuestion) -> Iterator[str]:
    if question.kind != "single":
        return
    [right] = [visible_length(option.text) for option in question.options if option.right]
    wrong = [visible_length(option.text) for option in question.options if not option.right]
    if right > max(STANDS_OUT * max(wrong), max(wrong) + SEEN_CHARACTERS):
        yield f"the right option is by far the longest ({right} characters, the next has {max(wrong)})"
    if min(wrong) > max(STANDS_OUT * right, right + SEEN_CHARACTERS):
        yield f"the right option is by far the shortest ({right} characters, the next has {min(wrong)})"


def warnings_together(questions: Sequence[ChoiceQuestion]) -> Iterator[str]:
    """Find a lesson whose keys their place in the file, their length or their wording gives away."""
    keys = [
        "ABCDE"[[option.right for option in question.options].index(True)]
        for question in questions
        if question.kind == "single"
    ]
    for letter, count in Counter(keys).items():
        if len(keys) >= FEWEST_KEYS and count > len(keys) / 2:
            yield f"the key stands at {letter} in {count} of {len(keys)} questions; spread the keys"
    yield from length_tells(questions)
    yield from wording_tells(questions)
