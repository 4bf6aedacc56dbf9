"""Other ways to write what is searched: British and American spellings, letters and names of signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

PAIRS = (
    ("analogue", "analog"),
    ("artefact", "artifact"),
    ("behaviour", "behavior"),
    ("catalogue", "catalog"),
    ("centre", "center"),
    ("centring", "centering"),
    ("colour", "color"),
    ("defence", "defense"),
    ("epsilon", "eps"),
    ("favour", "favor"),
    ("fibre", "fiber"),
    ("flavour", "flavor"),
    ("grey", "gray"),
    ("honour", "honor"),
    ("judgement", "judgment"),
    ("learnt", "learned"),
    ("licence", "license"),
    ("metre", "meter"),
    ("neighbour", "neighbor"),
    ("practise", "practice"),
    ("programme", "program"),
    ("spelt", "spelled"),
    ("spoilt", "spoiled"),
)
"""Beginnings of words, each in two spellings, or with two names; British ones first."""

SWAPS = (
    (re.compile(r"(?<=\w\w)is(?=[eia]|$)"), "iz"),  # memorise, memorize
    (re.compile(r"(?<=\w\w)iz(?=[eia]|$)"), "is"),
    (re.compile(r"(?<=\wl)ys(?=e|ing)"), "yz"),  # analyse, analyze
    (re.compile(r"(?<=\wl)yz(?=e|ing)"), "ys"),
    (re.compile(r"(?<=[aeiou]l)l(?=ed$|ing|er)"), ""),  # modelling, modeling
    (re.compile(r"(?<=[aeiou]l)(?=ed$|ing|er)"), "l"),
)
"""Endings in two spellings. Some make words that nobody writes, which are then found nowhere."""

LETTER = re.compile(r"(?<!\w)(\w)([\u0304\u0305]?)(?!\w)")
"""A letter by itself, perhaps with a line above it as a sign of its own."""

LINE_ABOVE = "\u0304"
GREEK = re.compile(r"GREEK (?:SMALL|CAPITAL) LETTER (\w+)")


def variants(word: str) -> tuple[str, ...]:
    """Return a word, in small letters, and its other spellings."""
    found = [word]
    for one, other in PAIRS:
        if word.startswith(one):
            found.append(other + word.removeprefix(one))
        elif word.startswith(other):
            found.append(one + word.removeprefix(other))
    found += [pattern.sub(other, word) for pattern, other in SWAPS]
    return tuple(dict.fromkeys(found))


def spelt_out(text: str) -> str:
    """Write Greek letters that stand alone by their names, and a line above one as `bar`."""
    return LETTER.sub(_spelt_out, text)


def _spelt_out(found: re.Match[str]) -> str:
    parts = unicodedata.normalize("NFKD", found[1])
    name = GREEK.fullmatch(unicodedata.name(parts[0], ""))
    if name is None:
        return found[0]
    return f"{name[1].lower()} bar" if found[2] or LINE_ABOVE in parts else name[1].lower()


def names_of_sign(code: str, latex: str) -> str:
    """Return every name under which a sign of the formulas may be searched.

    Args:
        code: its name in code, as `alpha_bar`.
        latex: the sign, perhaps with what it is equal to.
    """
    return " ".join(dict.fromkeys([code, *code.split("_"), *_commands(latex.partition("=")[0])]))


def _commands(latex: str) -> Iterator[str]:
    for name in re.findall(r"\\([a-z]+)", latex):
        yield name.removeprefix("var")
