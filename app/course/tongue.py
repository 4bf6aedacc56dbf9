"""The language that a lesson is written in. Everything around a lesson's own words is English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

Direction = Literal["ltr", "rtl"]

LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
"""A language by BCP 47, without its rarer parts: en, pt-BR, zh-Hant."""

FROM_THE_RIGHT = {
    "ar",
    "azb",
    "ckb",
    "dv",
    "fa",
    "he",
    "ks",
    "lrc",
    "mzn",
    "nqo",
    "pnb",
    "ps",
    "rhg",
    "sd",
    "syr",
    "ug",
    "ur",
    "yi",
}
"""Languages whose usual script runs from right to left."""

RTL_SCRIPTS = {"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"}
SCRIPT = re.compile("-([a-z]{4})(?=-|$)")


@dataclass(frozen=True)
class Tongue:
    """A language and the direction of its script.

    Attributes:
        lang: by BCP 47.
        dir: as HTML writes it.
    """

    lang: str = "en"
    dir: Direction = "ltr"

    @property
    def is_english(self) -> bool:
        """Words of the lesson need no mark among English ones."""
        return self == ENGLISH

    @property
    def attributes(self) -> Markup:
        """`lang` and `dir`, for an element that holds a lesson's own words; nothing for English."""
        return Markup() if self.is_english else Markup(' lang="{}" dir="{}"').format(self.lang, self.dir)

    @property
    def back(self) -> Markup:
        """The same for an element of the page's own English within such an element."""
        return Markup() if self.is_english else Markup(' lang="en" dir="ltr"')


ENGLISH = Tongue()


def direction_of(lang: str) -> Direction:
    """Return the direction of a language's script, which its tag may name; letters count in either case."""
    lang = lang.lower()
    script = SCRIPT.search(lang)
    if script:
        return "rtl" if script[1] in RTL_SCRIPTS else "ltr"
    return "rtl" if lang.partition("-")[0] in FROM_THE_RIGHT else "ltr"
