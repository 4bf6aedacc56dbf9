"""A page made into one file: sheets and pictures within it, and no link that leads nowhere from a disk."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.web.delivery.assets import Assets, media_type_of

IN_SHEET = re.compile(r'url\("([^"]+)"\)')
PICTURE = re.compile(r'(?<=\ssrc=")(/[^"]+)(?=")')
LINK = re.compile(r'<a\s[^>]*?href="(/[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def data_address(content: bytes, media_type: str) -> str:
    """Put a file into an address of its own."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def sheets_as_one(names: Iterable[str], assets: Assets) -> str:
    """Join style sheets, with the fonts and drawings that they name."""
    return "\n".join(_with_files(name, assets) for name in names)


def with_pictures(html: str, pictures: Mapping[str, Path]) -> str:
    """Put a lesson's pictures into its page.

    Args:
        html: the page.
        pictures: the file of each picture, by its address without the mark of its content.
    """

    def picture(found: re.Match[str]) -> str:
        path = pictures[found[1].partition("?")[0]]
        return data_address(path.read_bytes(), media_type_of(path))

    return PICTURE.sub(picture, html)


def with_links_to(html: str, site: str) -> str:
    """Let links within the site lead to a server; without one, keep their text alone.

    Args:
        html: the page.
        site: scheme and host of the server; empty where there is none.
    """

    def link(found: re.Match[str]) -> str:
        return found[0].replace(f'href="{found[1]}"', f'href="{site}{found[1]}"', 1) if site else found[2]

    return LINK.sub(link, html)


def _with_files(name: str, assets: Assets) -> str:
    folder = name.rpartition("/")[0]

    def file(found: re.Match[str]) -> str:
        path = f"{folder}/{found[1]}" if folder else found[1]
        return f'url("{data_address(assets.content(path), media_type_of(Path(path)))}")'

    return IN_SHEET.sub(file, assets.content(name).decode())
