"""A prediction that a lesson asks for, as its text has it: what is asked, of which lab, and what may be said.

What its lab runs and what is measured there is known in `app/predictions`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape
from itertools import pairwise

from app.course.fences import Directive, Refused
from app.course.pieces import one_line_block
from app.front_matter import lines_of

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_ID = 60
NUMBER = r"(-?\d+(?:\.\d+)?)"
CHOICE = re.compile(rf"[-*] (?:below {NUMBER}|{NUMBER} to {NUMBER}|above {NUMBER}): *(\S.*)")
TAG = re.compile(r"<[^>]*>")
HOW_CHOICES_ARE_WRITTEN = "'- below 0.3: text', '- 0.3 to 0.6: text' or '- above 0.6: text'"


class Kind(StrEnum):
    """How a prediction is made."""

    CHOICE = "choice"
    NUMBER = "number"
    STEP = "step"
    SEEN = "seen"

    @property
    def meaning(self) -> str:
        """What the learner does."""
        return MEANINGS[self]


MEANINGS: Mapping[Kind, str] = {
    Kind.CHOICE: "chooses one of the ranges that the body ends with",
    Kind.NUMBER: "enters a number",
    Kind.STEP: "enters a step of the run",
    Kind.SEEN: 'presses "I see it now" while the run plays (without JavaScript: enters a step)',
}


@dataclass(frozen=True)
class Choice:
    """A range that the measured value may fall into: from `low` (included) up to `high` (not included).

    Args:
        id: a letter, by its place.
        low: None where the range has no lower end.
        high: None where it has no upper one.
        html: what is said of it.
        text: the same as written.
    """

    id: str
    low: float | None
    high: float | None
    html: str
    text: str

    @property
    def plain(self) -> str:
        """What is said of it as a sentence without marks."""
        text = " ".join(unescape(TAG.sub("", self.html)).split())
        return text if text.endswith((".", "!", "?")) else f"{text}."

    def holds(self, value: float) -> bool:
        """Say whether a measured value falls into the range."""
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


@dataclass(frozen=True)
class Prediction:
    """A place in a lesson's text at which something is predicted.

    Args:
        id: under which predictions are kept.
        lab: the id of the lab that is run, such as "lab-1".
        kind: how it is made.
        measure: the name of what is measured of the run.
        changes: settings in which the run differs from the lab's own, as written.
        within: how far off a number or a step may be and still count as close; None where it is left open.
        html: what is asked.
        choices: in rising order, without gaps; empty for other kinds.
        line: of the file at which the fence begins.
        lines: that of each option.
    """

    id: str
    lab: str
    kind: Kind
    measure: str
    html: str
    changes: Mapping[str, str] = field(default_factory=dict)
    within: float | None = None
    choices: tuple[Choice, ...] = ()
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)


def read_prediction(directive: Directive, render: Callable[[str, int], str]) -> Prediction:
    """Read a prediction from its fence.

    Args:
        directive: taken apart; its options are those of a prediction.
        render: makes HTML of Markdown, given the line of the file at which that begins.

    Raises:
        Refused: something is missing or cannot be; the text says what is allowed.
    """
    name, options = directive.argument, directive.options
    faults = list(_faults_of_head(name, options))
    kind = Kind(options["kind"]) if options.get("kind") in set(Kind) else None
    asked, changes, within = "", {}, None
    choices: tuple[Choice, ...] = ()
    try:
        asked, choices = _choices(directive.body, directive.first_line, render)
        _check_body(name, kind, asked, choices)
    except Refused as error:
        faults += error.faults
    try:
        changes = _changes(options.get("with", ""))
    except Refused as error:
        faults += [(what, "with") for what, _ in error.faults]
    try:
        within = _within(options.get("within"), kind)
    except Refused as error:
        faults += [(what, "within") for what, _ in error.faults]
    if faults or kind is None:
        raise Refused(*faults)
    return Prediction(
        id=name,
        lab=options["lab"],
        kind=kind,
        measure=options["measure"],
        html=render(asked, directive.first_line),
        changes=changes,
        within=within,
        choices=choices,
        line=directive.line,
        lines=directive.lines,
    )


def _faults_of_head(name: str, options: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    if not ID.fullmatch(name) or len(name) > LONGEST_ID:
        what = f"a prediction has an id of small letters, digits and hyphens, at most {LONGEST_ID} long"
        yield f"{what}, as 'l1-when'; received {name[:80]!r}", None
    missing = [f":{needed}:" for needed in ("lab", "kind", "measure") if not options.get(needed)]
    if missing:
        yield f"the prediction {name[:80]!r} needs {', '.join(missing)} below the line that opens it", None
    if options.get("kind") and options["kind"] not in set(Kind):
        yield f"kind: must be one of {', '.join(Kind)}; received {options['kind'][:40]!r}", "kind"


def _check_body(name: str, kind: Kind | None, asked: str, choices: tuple[Choice, ...]) -> None:
    if kind is Kind.CHOICE:
        _check_choices(choices)
    elif choices and kind is not None:
        raise Refused(
            f"a prediction of the kind {kind} has no choices; leave the list out, or make it a choice"
        )
    if not asked.strip():
        raise Refused(f"the prediction {name!r} asks nothing: its body is the question")


def _changes(text: str) -> dict[str, str]:
    """Read `steps 5; seed 2`: settings with their values."""
    changes: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, value = part.partition(" ")
        if not value.strip():
            raise Refused(f"with: write a setting and its value, as 'steps 5'; received {part[:40]!r}")
        if name in changes:
            raise Refused(f"with: {name!r} stands twice")
        changes[name] = value.strip()
    return changes


def _within(text: str | None, kind: Kind | None) -> float | None:
    if text is None:
        if kind is Kind.NUMBER:
            raise Refused("a prediction of a number needs :within:, how far off it may be and still be close")
        return None
    if kind is Kind.CHOICE:
        raise Refused("within: a choice is right or not; leave it out")
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise Refused(f"within: must be a number from 0, got {text[:40]!r}")
    return float(text)


def _choices(body: str, first_line: int, render: Callable[[str, int], str]) -> tuple[str, tuple[Choice, ...]]:
    """Split the list that a body ends with off; a line that begins as one of a list has to be a choice."""
    lines = lines_of(body.rstrip())
    _check_marks(lines)
    start = _start_of_list(lines)
    choices: list[Choice] = []
    for number, line in enumerate(lines[start:], start):
        if not line.strip():
            continue
        if line[:1].isspace() and line.strip() and choices:  # it goes on from the line before
            last = choices.pop()
            text = f"{last.text} {line.strip()}"
            choices.append(_choice(last.id, last.low, last.high, text, first_line + number, render))
            continue
        found = CHOICE.fullmatch(line.strip())
        if found is None:
            raise Refused(f"a choice is written {HOW_CHOICES_ARE_WRITTEN}; received {line.strip()[:60]!r}")
        below, low, high, above, text = found.groups()
        ends = (low or above, high or below)
        bounds = [None if end is None else float(end) for end in ends]
        letter = chr(ord("a") + len(choices))
        choices.append(_choice(letter, bounds[0], bounds[1], text, first_line + number, render))
    return "".join(lines[:start]), tuple(choices)


def _check_marks(lines: Sequence[str]) -> None:
    """Refuse lines that begin as those of a list do in a word processor."""
    found = next(
        (line for line in lines if re.match(r"\s*[\u2013\u2014\u2022]\s*(below|above|\d)", line)), None
    )
    if found:
        raise Refused(
            f"a choice is written {HOW_CHOICES_ARE_WRITTEN}, with a hyphen; received {found.strip()[:60]!r}"
        )


def _start_of_list(lines: Sequence[str]) -> int:
    """Find the line at which the list begins that a body ends with; its end where there is none."""
    start = len(lines)
    for number in reversed(range(len(lines))):
        line = lines[number]
        if re.match(r"[-*] ", line):
            start = number
        elif line.strip() and not line[:1].isspace():
            break
    return start


def _choice(
    letter: str,
    low: float | None,
    high: float | None,
    text: str,
    line: int,
    render: Callable[[str, int], str],
) -> Choice:
    if what := one_line_block(text):
        raise Refused(f"the choice {text[:40]!r} {what}")
    html = render(text, line).strip().removeprefix("<p>").removesuffix("</p>")
    return Choice(letter, low, high, html, text)


def _check_choices(choices: tuple[Choice, ...]) -> None:
    """Refuse ranges that leave a value out, or hold one twice."""
    if not 2 <= len(choices) <= 5:
        raise Refused(f"a choice ends with a list of two to five ranges, {HOW_CHOICES_ARE_WRITTEN}")
    texts = [choice.plain for choice in choices]
    if len(set(texts)) < len(texts):
        raise Refused("two choices say the same; a learner could not tell them apart")
    if choices[0].low is not None or choices[-1].high is not None:
        raise Refused(
            "the first range begins with 'below' and the last one with 'above', so that none is left out"
        )
    for before, after in pairwise(choices):
        if before.high is None or before.high != after.low:
            raise Refused(
                f"a range begins where the one before ends; {before.text[:40]!r}, {after.text[:40]!r} do not"
            )
        if after.high is not None and after.low is not None and after.high <= after.low:
            raise Refused(f"a range goes from a smaller number to a larger one; {after.text[:40]!r} does not")
