"""What a picture file says of the run that it shows: in its name, and within the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from app.cards import Card
from app.engine.run import RunSpec
from app.web.runs.page import facts, in_words

LONGEST_SUBJECT = 48
"""Letters of a file's name that are taken from a prompt."""


@dataclass(frozen=True)
class FileLabel:
    """The name of a file without its ending, and the texts in it.

    Attributes:
        name: letters, digits, dots and hyphens of ASCII only: it may stand in a header and on any disk.
        texts: by the keywords that the PNG format registers.
    """

    name: str
    texts: Mapping[str, str]

    @classmethod
    def of(cls, spec: RunSpec, card: Card, part: str = "") -> FileLabel:
        """Label a file of a run.

        Args:
            spec: the run.
            card: of its model.
            part: which part of the run it shows, such as "frame 3 of 50"; the whole run unless given.
        """
        listed = facts(spec, card) | ({"Part": part} if part else {})
        texts = {
            "Software": "From Noise",
            "Description": in_words(spec, card),
            "Comment": "; ".join(f"{name}: {value}" for name, value in listed.items()),
        }
        return cls(_name(spec, card, part), texts)

    @property
    def comment(self) -> str:
        """All of it as one text."""
        return " ".join((f"{self.texts['Software']}.", self.texts["Description"], self.texts["Comment"]))


def _name(spec: RunSpec, card: Card, part: str) -> str:
    subject = spec.prompt if spec.label is None else card.classes[spec.label]
    parts = [
        spec.model,
        _plain(subject)[:LONGEST_SUBJECT],
        f"seed {spec.seed}",
        f"{spec.count} pictures" if spec.count > 1 else "",
        f"{spec.sampler} {spec.steps} steps",
        f"guidance {spec.guidance:g}",
        f"eta {spec.eta:g}" if spec.eta else "",
        part,
    ]
    return "-".join(filter(None, map(_plain, parts)))


def _plain(text: str) -> str:
    """Keep letters and digits of ASCII, accents taken off, and a dot between digits; all else is a hyphen."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"(?<!\d)\.|\.(?!\d)|[^a-z0-9.]+", "-", letters).strip("-")
