"""S12: how many bytes a lesson needs, compressed, until it can be read and until its player is there."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from benchmarks.connection import Connection, run
from benchmarks.pages import GZIP, lesson_path
from benchmarks.result import Result
from benchmarks.server import Server

STYLES = re.compile(rb'<link rel="stylesheet" href="([^"]+)"')
SCRIPTS = re.compile(rb'<script src="([^"]+)"')
FONTS = re.compile(rb'url\("?([^")]+\.woff2[^")]*)"?\)')
IMPORTS = re.compile(rb'^(?:import|export)\s(?:[^"\';()=]*?\sfrom\s*)?["\']([^"\']+)["\']', re.MULTILINE)
KB = 1000


def measure_weight(server: Server) -> list[Result]:
    """Measure S12: the page with styles and fonts, then with its scripts and what they import.

    Scripts of labs of another kind than the first one's come later, when their plates near the view.
    """
    path = lesson_path(server)
    page = _get(server, path)
    sizes = {path: _size(server, path)}
    for style in STYLES.findall(page):
        _add(server, sizes, urljoin(path, style.decode()), FONTS)
    to_read = sum(sizes.values())
    for script in SCRIPTS.findall(page):
        _add(server, sizes, urljoin(path, script.decode()), IMPORTS)
    ready = sum(sizes.values())
    how = "Bodies as sent with gzip, without pictures: "
    styles = f"{how}the page itself ({sizes[path] / KB:.1f} kB), its styles and their fonts."
    scripts = f"{how}the same with every script of the page and all that they import."
    return [
        Result("S12", "lesson page to be read", to_read / KB, "≤", 60, " kB", styles),
        Result("S12", "lesson page with its player", ready / KB, "≤", 120, " kB", scripts),
    ]


def _add(server: Server, sizes: dict[str, int], address: str, more: re.Pattern[bytes]) -> None:
    """Add a file and all that it refers to, each once."""
    # Scripts import each other without the hash in the query that pages give: one file all the same.
    name = urlsplit(address).path
    if name in sizes:
        return
    sizes[name] = _size(server, address)
    if not name.endswith(".woff2"):
        for further in more.findall(_get(server, address)):
            _add(server, sizes, urljoin(address, further.decode()), more)


def _size(server: Server, address: str) -> int:
    answer = run(Connection.ask(server.port, address, GZIP))
    if answer.status != 200:
        raise ConnectionError(f"GET {address} was answered with {answer.status}")
    return len(answer.body)


def _get(server: Server, address: str) -> bytes:
    return run(Connection.ask(server.port, address)).body
