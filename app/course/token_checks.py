"""What a parsed text refers to: pictures, links, formulas, quantities. Each is resolved, or a fault."""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from app.course.formulas import mathml
from app.course.pictures import FORMATS, is_picture
from app.course.place import Found, Place
from app.course.quantities import QUANTITIES, mark
from app.course.text_checks import LONGEST_FORMULA

LINK = re.compile(r"https?://[^/\s]|mailto:[^@\s]+@|/(?!/)|#.", re.IGNORECASE)
LINKS = "a link leads to https://…, mailto:…, /… or #…"
SITE = re.compile(r"https?://(?:www\.)?(\S+?)/?$")
LONGEST_PRINTED = 40
"""Letters of an address that is printed after a link."""

LARGEST_SIDE = 4_000


def check_tokens(state: StateCore) -> None:
    """Convert formulas, resolve pictures and judge links, noting what is wrong with the line at hand."""
    place: Place = state.env["place"]
    for block in state.tokens:
        if block.type == "table_open":
            block.attrSet("tabindex", "0")  # on a narrow screen it scrolls, by keyboard too
        if block.type == "heading_open" and block.attrGet("id") and place.owner:
            block.attrSet("id", f"{place.owner}-{block.attrGet('id')}")
        _note_addresses(block.children or [])
        offset = 0
        for token in [block, *(block.children or [])]:
            offset += token.type in {"softbreak", "hardbreak"}
            for what in _faults_of_token(token, place):
                place.fault(block, what, offset)
            if token.type == "link_open":
                _judge_link(token, place, place.line_of(block, offset))
            if token.attrGet("id"):
                place.ids.append(Found(place.line_of(block, offset), str(token.attrGet("id"))))


def _faults_of_token(token: Token, place: Place) -> Iterator[str]:
    if token.meta.get("insecure_attrs"):
        yield f"attribute {sorted(token.meta['insecure_attrs'])} is not allowed"
    yield from _faults_of_size(token)
    yield from _faults_of_quantity(token)
    if token.type in {"math_inline", "math_block"}:
        token.meta["mathml"] = ""
        try:
            if len(token.content) > LONGEST_FORMULA:
                raise ValueError(f"a formula has at most {LONGEST_FORMULA:,} letters")
            token.meta["mathml"] = mathml(token.content.strip(), display=token.type == "math_block")
        except ValueError as error:
            yield str(error)
    elif token.type == "image":
        yield from _faults_of_picture(token, place)


def _faults_of_size(token: Token) -> Iterator[str]:
    for name in ("width", "height"):
        given = token.attrGet(name)
        if given is not None and not (
            re.fullmatch("[0-9]{1,4}", str(given)) and 0 < int(given) <= LARGEST_SIDE
        ):
            yield f"{name} must be a whole number of pixels from 1 to {LARGEST_SIDE}; received {given!r}"


def _judge_link(token: Token, place: Place, line: int) -> None:
    address = str(token.attrGet("href") or "")
    if not LINK.match(address):
        place.faults.append((line, f"{LINKS}; received {unquote(address)[:60]!r}"))
        token.attrs.pop("href", None)
    elif address[0] in "/#":
        place.links.append(Found(line, address))


def _faults_of_quantity(token: Token) -> Iterator[str]:
    if token.type == "quantity_open" and token.meta["quantity"] not in QUANTITIES:
        known = ", ".join(QUANTITIES)
        yield f"unknown quantity {token.meta['quantity']!r}; there are {known}"
    elif token.type == "code_inline" and token.content in QUANTITIES:
        token.attrJoin("class", mark(token.content))


def _note_addresses(tokens: Sequence[Token]) -> None:
    """Note on links to other sites what is printed after them: a short address that the text does not say."""
    for index, token in enumerate(tokens):
        site = SITE.match(str(token.attrGet("href") or "")) if token.type == "link_open" else None
        if site is None:
            continue
        inside = itertools.takewhile(lambda other: other.type != "link_close", tokens[index + 1 :])
        text = "".join(other.content for other in inside)
        last_part = site[1].rpartition("/")[2]
        if len(site[1]) <= LONGEST_PRINTED and last_part not in text:
            token.attrSet("data-printed", site[1])


def _faults_of_picture(token: Token, place: Place) -> Iterator[str]:
    name = picture_name(unquote(str(token.attrGet("src") or "")))
    if name not in place.pictures:
        yield no_picture(name, place.pictures)
    if not token.content.strip():
        yield f"the picture {name!r} has no text for those who cannot see it: ![text]({name})"
    if name in place.pictures:
        token.attrSet("src", place.pictures[name])
    else:
        token.attrs.pop("src", None)


def picture_name(written: str) -> str:
    """Bring the name of a picture into the form that `Place.pictures` has: NFC, without `./`."""
    name = unicodedata.normalize("NFC", written.strip())
    while name.startswith("./"):
        name = name[2:]
    return name


def no_picture(name: str, pictures: Iterable[str]) -> str:
    """Say that a lesson has no such picture, and which one was perhaps meant."""
    ending = PurePosixPath(name).suffix.lower()
    if ending and "://" not in name and not is_picture(name):
        endings = ", ".join(FORMATS)
        return f"{name[:80]!r} is no picture that pages show; its ending must be one of {endings}"
    close = difflib.get_close_matches(name.lower(), {one.lower(): one for one in pictures}, 1, 0.75)
    meant = [one for one in pictures if one.lower() in close]
    hint = f"; there is {meant[0]!r}" if meant else ""
    return f"there is no picture {name[:80]!r} in the lesson's folder{hint}"
