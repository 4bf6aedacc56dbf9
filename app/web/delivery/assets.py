"""Static files, read once: an address with the content's hash is kept for ever, a plain one is asked again.

The hash stands in the query (`/static/base.css?v=1a2b…`), so relative imports between scripts, which carry
none, still work: they are revalidated by ETag.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from starlette.types import Receive, Scope, Send

from app.errors import NotFound
from app.web.delivery.ready import FOR_EVER, Ready

TEXT = {"text/css", "text/javascript", "text/html", "text/plain", "text/markdown", "application/json"}
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".txt": "text/plain",
    ".md": "text/markdown",
}


COMMENTS = {
    ".css": re.compile(rb"/\*.*?\*/", re.DOTALL),
    ".js": re.compile(rb"^[ \t]*/\*\*.*?\*/[ \t]*$", re.DOTALL | re.MULTILINE),
}
"""What is not sent; of scripts only what stands on lines of its own, since it might be part of a string."""

SENT_OF_ROOMS = {".css", ".js", ".svg"}


class Assets:
    """Every file below the static folder, by its path there; an ASGI application to be mounted.

    Args:
        folder: of the static files; all of them are sent.
        rooms: further folders by the name that their files' paths begin with, such as `labs`. Only scripts,
            style sheets and drawings are sent of those: they stand beside Python and templates.
    """

    def __init__(self, folder: Path, rooms: Mapping[str, Path] = MappingProxyType({})) -> None:
        self._plain: dict[str, Ready] = {}
        self._hashed: dict[str, Ready] = {}
        self._versions: dict[str, str] = {}
        for name, path in sorted(_files(folder, rooms)):
            body, media_type = content_of(path), media_type_of(path)
            self._plain[name] = Ready(body, media_type)
            self._hashed[name] = Ready(body, media_type, cache=FOR_EVER)
            self._versions[name] = self._plain[name].etag.strip('"')[:12]

    def url(self, name: str) -> str:
        """Give the address of a file, with its hash.

        Raises:
            KeyError: there is no such file; a template names something that is not shipped.
        """
        return f"/static/{name}?v={self._versions[name]}"

    def content(self, name: str) -> bytes:
        """Give a file as it is sent.

        Raises:
            KeyError: there is no such file.
        """
        return self._plain[name].body

    def __contains__(self, name: str) -> bool:
        return name in self._plain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file; only names found at start exist, so no path can lead outside.

        Raises:
            NotFound: there is none of that name.
        """
        name = scope["path_params"]["name"]
        if name not in self._plain:
            raise NotFound(f"there is no file {name[:80]!r} here")
        is_current = scope["query_string"] == b"v=" + self._versions[name].encode()
        files = self._hashed if is_current else self._plain
        await files[name](scope, receive, send)


def _files(folder: Path, rooms: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """List the files that may be sent, with the names that they are sent under."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path
    for room, place in rooms.items():
        for path in place.rglob("*"):
            if path.is_file() and path.suffix in SENT_OF_ROOMS:
                yield f"{room}/{path.relative_to(place).as_posix()}", path


def content_of(path: Path) -> bytes:
    """Read a file as it is sent: style sheets and scripts without their comments, but with the same lines.

    Comments would be a quarter of the compressed bytes of styles, and a third of those of scripts.
    """
    content = path.read_bytes()
    if path.suffix not in COMMENTS:
        return content
    return COMMENTS[path.suffix].sub(lambda comment: b"\n" * comment[0].count(b"\n"), content)


def media_type_of(path: Path) -> str:
    """Name a file's type from its ending, the same on every machine for those we ship."""
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind in TEXT else kind
