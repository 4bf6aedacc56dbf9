"""Colon fences of a lesson: which there are, and how one is taken apart. `directives.py` renders them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from markdown_it.token import Token

from app.course.apart import Loose
from app.course.place import Place
from app.front_matter import lines_of

INFO = re.compile(r"\{(\w+)\}\s*(.*)")
OPTION = re.compile(r":([\w-]+):\s*(.*)")
LOOSE = re.compile(r"(?:[:\uff1a][ \t]*([\w-]+)[ \t]*[:\uff1a=\s]|([\w-]+)[ \t]*[:\uff1a=])(?!:)[ \t]*(.*)")
NO_NAME = "a directive begins with :::{name}"
NEVER_CLOSED = "is never closed by a line of"
CLOSES_NOTHING = "closes nothing here"
BEGINS_INSIDE = "begins inside"
HOW_TO_NEST = "close that one above it by a line of :::, or give it more colons if it is to hold this one"
MOST_SCALE = 64
"""Dots of the page for a pixel of a figure."""


@dataclass(frozen=True)
class Fence:
    """A kind of fence, for those who write lessons.

    Args:
        argument: what stands after the name; empty where nothing does.
        makes: what a reader sees.
        body: what the text inside is.
        options: what each option is, by name.
    """

    argument: str
    makes: str
    body: str
    options: Mapping[str, str] = field(default_factory=dict)


FENCES: Mapping[str, Fence] = {
    "lab": Fence(
        "a kind of lab, such as `player`",
        "A lab, on a plate of its own. It stands by itself, not inside a list or another fence.",
        "the caption",
    ),
    "question": Fence(
        "the id of a question of this lesson",
        "The question, to be answered in the text; each at most once. Without JavaScript it is a link to the "
        "practice page. It stands by itself, as a lab does.",
        "nothing",
    ),
    "predict": Fence(
        "an id of its own, under which predictions are kept",
        "A prediction: the learner says what will come out, the lab runs, the outcome is measured of it "
        "and shown beside what was said. It stands by itself, as a lab does.",
        "the question; for a choice it ends with a list of ranges, such as `- below 0.3: Much alike.`",
        {
            "lab": "The id of the lab that is run, such as `lab-1` for the first one of the lesson. Needed.",
            "kind": '`choice`, `number`, `step` or `seen` ("I see it now"). Needed.',
            "measure": "What is measured of the run. Needed.",
            "with": "Settings in which the run differs from the lab's own, as `steps 5; seed 2`.",
            "within": "How far off a number or a step may be and still be close. A number needs it; "
            "for steps a tenth of the run unless given.",
        },
    ),
    "margin": Fence(
        "a title, or nothing", "A note that stands in the margin where there is room.", "the note"
    ),
    "figure": Fence(
        "the name of a picture in the lesson's folder",
        "A picture with a number and a caption.",
        "the caption",
        {
            "alt": "What the picture shows, for those who cannot see it. Needed.",
            "scale": f"A whole number to {MOST_SCALE}: each pixel is drawn as so many. 1 unless given.",
        },
    ),
    "takeaways": Fence("", "The points to keep, set apart.", "a list"),
    "code": Fence(
        "the path of a file in the lesson's folder, such as `snippets/by_hand.py`",
        "That file as a listing, under its name.",
        "the caption",
    ),
    "output": Fence(
        "the path of an `.out` file in the lesson's folder",
        "What a snippet prints.",
        "the caption",
        {"alt": "What the text shows, where it is a drawing that cannot be read aloud."},
    ),
    "source": Fence(
        "`module:name` of a function or class of this program, such as `app.diffusion.samplers.ddim:ddim`",
        "Its source as it runs, under the path of its file.",
        "the caption",
    ),
    "where": Fence(
        "",
        'A small list, "Where this is in the code": links to pages that show modules of this program as they '
        "run, with the lines of the object marked. It stands at the end of the section that explains them.",
        "a line for each object, such as `app.diffusion.schedules.Cosine: the cosine schedule`: the name of "
        "a public module of this program, or of something that one defines, and a few words on what it is; "
        "each at most once in a lesson",
    ),
    "symbols": Fence(
        "names from the table of symbols, such as `x0 eps`", "A table of what these signs mean.", "nothing"
    ),
}
"""Every kind of fence, by its name. What a lab's options are depends on its kind."""


@dataclass(frozen=True)
class Directive:
    """A colon fence, taken apart; `first_line` is that of its body in the file, `line` that of the fence."""

    name: str
    argument: str
    options: dict[str, str]
    body: str
    first_line: int
    line: int

    @property
    def lines(self) -> dict[str, int]:
        """The line of each option in the file, that of a loose one among them."""
        loose = {self.loose.name: self.loose.line} if self.loose else {}
        return loose | {name: self.line + place for place, name in enumerate(self.options, 1)}

    @property
    def loose(self) -> Loose | None:
        """What stands where an option could and has not its form."""
        found = LOOSE.match(self.body)
        if found is None:
            return None
        name = found[1] or found[2]
        is_sure = name.islower() and bool(self._options_below())
        return Loose(name, found[3].strip(), self.first_line, is_sure)

    @property
    def text(self) -> str:
        """The body; where it begins with what is surely an option, without that and the options below it."""
        if self.loose is None or not self.loose.is_sure:
            return self.body
        lines, dropped = lines_of(self.body), 1 + self._options_below()
        return "".join(["\n"] * dropped + lines[dropped:])

    def _options_below(self) -> int:
        """Count the options that follow the first line of the body."""
        below = lines_of(self.body)[1:]
        return len([*itertools.takewhile(lambda line: OPTION.fullmatch(line.strip()), below)])


class Refused(ValueError):
    """A directive that cannot be rendered.

    Args:
        faults: for each what is wrong, and the option that it is about, where it is about one.
    """

    def __init__(self, *faults: str | tuple[str, str | None]) -> None:
        self.faults = tuple((one, None) if isinstance(one, str) else one for one in faults)
        super().__init__("; ".join(what for what, _ in self.faults))


def take_apart(token: Token, place: Place) -> Directive:
    """Split a colon fence into name, argument, options and body.

    Raises:
        Refused: the fence has no `{name}`, is never closed, or gives an option twice.
    """
    info = INFO.fullmatch(token.info.strip())
    if info is None:
        if not token.info.strip():
            raise Refused(f"a line of {token.markup} {CLOSES_NOTHING}; {NO_NAME}")
        raise Refused(f"{NO_NAME}, not with :::{token.info.strip()[:40]}")
    lines = lines_of(token.content)
    start, end = token.map or [0, 0]
    if end - start != len(lines) + 2:
        if place.within:
            raise Refused(f":::{{{info.group(1)}}} {BEGINS_INSIDE} {place.within}; {HOW_TO_NEST}")
        raise Refused(f"the directive {info.group(1)!r} {NEVER_CLOSED} {token.markup}")
    options: dict[str, str] = {}
    while lines and (option := OPTION.fullmatch(lines[0].strip())):
        name, value = option.groups()
        if name in options:
            raise Refused(f"the option {name!r} is given twice")
        options[name] = value.strip()
        lines.pop(0)
    first_line = place.first_line + end - 1 - len(lines)
    line = place.first_line + start
    return Directive(info.group(1), info.group(2).strip(), options, "".join(lines), first_line, line)


def check_options(directive: Directive, known: Mapping[str, str]) -> None:
    """Refuse options that the fence does not have.

    Raises:
        Refused: each of them, and what is allowed.
    """
    allowed = f"it takes {', '.join(known)}" if known else "it takes none"
    faults = [
        (f"unknown option {name!r} of {directive.name}; {allowed}", name)
        for name in directive.options
        if name not in known
    ]
    if faults:
        raise Refused(*faults)
    check_loose(directive, known)


def check_loose(directive: Directive, known: Iterable[str]) -> None:
    """Refuse an option that lacks one of its colons, and would be shown as text.

    Raises:
        Refused: how it is written.
    """
    loose = directive.loose
    if loose and (loose.is_sure or loose.name in known or directive.body.startswith((":", "\uff1a"))):
        raise Refused((loose.what, loose.name))
