"""What gives away the keys of a whole lesson: length of the options, and words of caution or certainty.

Every measure is compared with chance. A warning comes where keys that were placed blindly would look like
that in fewer than one lesson of twenty, so a few questions prove nothing, and a habit shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from math import comb, sqrt

from app.course.lint import without_code
from app.questions.choice.schema import ChoiceQuestion

RARE = 0.05
"""How seldom chance alone may do what is warned of."""

FEWEST_KEYS = 4
"""From how many single questions on a lesson's keys are looked at together."""

CAUTION = re.compile(
    r"\b(usually|often|sometimes|mostly|generally|typically|normally|probably|perhaps|possibly|rather|likely"
    r"|somewhat|roughly|nearly|almost|approximately|largely|partly|tends?|can|could|may|might|some|many)\b",
    re.IGNORECASE,
)
"""Words that make a statement hard to refute: authors put them into keys."""

CERTAINTY = re.compile(
    r"\b(always|never|all|every|any|none|only|exactly|entirely|completely|must|cannot|impossible|certainly"
    r"|simply|whatever)\b",
    re.IGNORECASE,
)
"""Words that make a statement easy to refute: authors put them into wrong options."""


def visible_length(text: str) -> int:
    """Count the characters of an option without the marks of emphasis and code, which are not shown."""
    return len(re.sub(r"[*`]", "", text))


def length_tells(questions: Sequence[ChoiceQuestion]) -> Iterator[str]:
    """Find a lesson whose keys their length gives away: too often at one end, or on one side."""
    singles = [_Lengths(question) for question in questions if question.kind == "single"]
    if len(singles) < FEWEST_KEYS:
        return
    chances = [1.0 / len([*one.wrong, one.right]) for one in singles]
    extremes: tuple[tuple[str, Callable[[_Lengths], bool]], ...] = (
        ("longest", lambda one: one.right > max(one.wrong)),
        ("shortest", lambda one: one.right < min(one.wrong)),
    )
    for name, stands_out in extremes:
        count = sum(map(stands_out, singles))
        if at_least(count, chances) < RARE:
            yield (
                f"the right option is the {name} in {count} of {len(singles)} questions; "
                f"by chance it would be in about {sum(chances):.1f}: who picks the {name} is right too often"
            )
    place = sum(one.place for one in singles) / len(singles)
    spread = sqrt(sum(one.variance for one in singles)) / len(singles)
    if spread and abs(place - 0.5) > 1.96 * spread:
        side = "shorter" if place < 0.5 else "longer"
        yield (
            f"the right option is mostly among the {side} ones: its average place by length is {place:.2f}, "
            f"where 0 is the shortest, 1 the longest and chance gives 0.50 ± {1.96 * spread:.2f}"
        )


def wording_tells(questions: Sequence[ChoiceQuestion]) -> Iterator[str]:
    """Find a lesson whose words of caution or of certainty stand mostly in right, or in wrong, options."""
    if len(questions) < FEWEST_KEYS:
        return
    options = [option for question in questions for option in question.options]
    for name, words in (("caution", CAUTION), ("certainty", CERTAINTY)):
        hits = [(option.right, words.search(without_code(option.text))) for option in options]
        marked = [right for right, hit in hits if hit]
        found = ", ".join(sorted({hit[0].lower() for _, hit in hits if hit}))
        for side, is_right in (("right", True), ("wrong", False)):
            count = marked.count(is_right)
            of_all = sum(option.right is is_right for option in options)
            if drawn_at_least(count, len(marked), of_all, len(options)) < RARE:
                yield (
                    f"of {len(marked)} options with words of {name} ({found}) {count} are {side}; "
                    f"of all {len(options)} options {of_all} are"
                )


class _Lengths:
    """The lengths of one question's options, and where its key stands among them."""

    def __init__(self, question: ChoiceQuestion) -> None:
        [self.right] = [visible_length(option.text) for option in question.options if option.right]
        self.wrong = [visible_length(option.text) for option in question.options if not option.right]

    @property
    def place(self) -> float:
        """The share of the wrong options that are shorter; one as long counts half."""
        return sum((one < self.right) + (one == self.right) / 2 for one in self.wrong) / len(self.wrong)

    @property
    def variance(self) -> float:
        """The variance of `place` if the key were any of the options, all of different lengths."""
        others = len(self.wrong)
        return (others + 2) / (12 * others)


def at_least(count: int, chances: Sequence[float]) -> float:
    """Return the probability that `count` or more of independent events happen.

    Args:
        count: how many.
        chances: the probability of each event.
    """
    probabilities = [1.0]
    for chance in chances:
        probabilities = [
            (1.0 - chance) * stay + chance * come
            for stay, come in zip([*probabilities, 0.0], [0.0, *probabilities], strict=True)
        ]
    return sum(probabilities[count:])


def drawn_at_least(count: int, drawn: int, wanted: int, total: int) -> float:
    """Return the probability that of `drawn` things out of `total`, `count` or more are among `wanted`."""
    most = min(drawn, wanted)
    ways = sum(comb(wanted, k) * comb(total - wanted, drawn - k) for k in range(count, most + 1))
    return ways / comb(total, drawn)
