"""What Chromium prints: the pages of a PDF file, as far as a test needs to know them."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

MM = 96 / 25.4
"""Pixels of CSS a millimetre."""

PAPERS = {"A4": 210.0, "Letter": 215.9}
"""Widths in millimetres."""


@dataclass(frozen=True)
class PrintedPage:
    """What stands on a page: how many runs of letters, and how many pictures."""

    texts: int
    pictures: int


def pages_of(pdf: bytes) -> list[PrintedPage]:
    """Read the pages of a file."""
    contents = re.findall(rb"<</Type /Page\n.*?/Contents (\d+) 0 R", pdf, re.DOTALL)
    return [_page(_stream(pdf, int(number))) for number in contents]


def _stream(pdf: bytes, number: int) -> bytes:
    found = re.search(rb"\n%d 0 obj\n<<([^>]*?)/Length (\d+)>> stream\n" % number, pdf)
    assert found, f"the file has no stream {number}"
    content = pdf[found.end() : found.end() + int(found[2])]
    return zlib.decompress(content) if b"FlateDecode" in found[1] else content


def _page(drawing: bytes) -> PrintedPage:
    return PrintedPage(len(re.findall(rb"\bT[jJ]\b", drawing)), len(re.findall(rb"/X\d+ Do\b", drawing)))
