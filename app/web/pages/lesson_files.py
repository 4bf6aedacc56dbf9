"""The pictures of lessons, read once; addresses carry a mark of the content and last for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.course.lesson import Lesson
from app.errors import NotFound
from app.web.delivery.assets import media_type_of
from app.web.delivery.ready import FOR_EVER, Ready


class LessonFiles:
    """The route of all lesson pictures, by their address."""

    def __init__(self, files: Mapping[str, Ready]) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a picture.

        Raises:
            NotFound: there is none at this address.
        """
        if scope["path"] not in self._files:
            raise NotFound("There is no picture at this address.")
        await self._files[scope["path"]](scope, receive, send)


def lesson_files_route(files: Mapping[str, Ready]) -> Route:
    """Route every lesson's pictures; a plain Starlette route, since nothing about a request is read."""
    return Route("/lessons/{slug}/files/{name:path}", LessonFiles(files), methods=["GET", "HEAD"])


def read_lesson_files(lessons: Sequence[Lesson]) -> dict[str, Ready]:
    """Read every picture that lessons show, by its address."""
    return {
        f"/lessons/{lesson.slug}/files/{name}": Ready(path.read_bytes(), media_type_of(path), FOR_EVER)
        for lesson in lessons
        for name, path in lesson.pictures.items()
    }
