"""The pictures of lessons, and the programs that their texts link to, all read once.

Addresses of pictures carry a mark of the content and last for ever; those of programs are asked again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.course.lesson import Lesson
from app.errors import NotFound
from app.web.delivery.assets import media_type_of
from app.web.delivery.ready import FOR_EVER, Ready

TEXT = "text/plain; charset=utf-8"


class LessonFiles:
    """The route of all files of lessons, by their address."""

    def __init__(self, files: Mapping[str, Ready]) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file.

        Raises:
            NotFound: there is none at this address.
        """
        if scope["path"] not in self._files:
            raise NotFound("There is no file at this address.")
        await self._files[scope["path"]](scope, receive, send)


def lesson_files_route(files: Mapping[str, Ready]) -> Route:
    """Route every lesson's files; a plain Starlette route, since nothing about a request is read."""
    return Route("/lessons/{slug}/files/{name:path}", LessonFiles(files), methods=["GET", "HEAD"])


def read_lesson_files(lessons: Sequence[Lesson]) -> dict[str, Ready]:
    """Read every picture that lessons show and every program that they link to, by its address.

    A program that no text links to may hold what a question asks for, and is not served.
    """
    linked = {unquote(re.split("[?#]", link.address)[0]) for lesson in lessons for link in lesson.links}
    found = {}
    for lesson in lessons:
        folder = f"/lessons/{lesson.slug}/files"
        for name, path in lesson.pictures.items():
            found[f"{folder}/{name}"] = Ready(path.read_bytes(), media_type_of(path), FOR_EVER)
        for name, path in lesson.programs.items():
            if f"{folder}/{name}" in linked:
                found[f"{folder}/{name}"] = Ready(path.read_bytes(), TEXT)
    return found
