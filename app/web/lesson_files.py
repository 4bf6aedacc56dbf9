"""The pictures of lessons, read once; addresses carry a mark of the content and last for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.types import Receive, Scope, Send

from app.course.lesson import Lesson
from app.errors import NotFound
from app.web.assets import media_type_of
from app.web.ready import FOR_EVER, Ready


class LessonFiles:
    """The route of all lesson pictures: looks a file up in `app.state.lesson_files`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a picture.

        Raises:
            NotFound: there is none at this address.
        """
        files: Mapping[str, Ready] = scope["app"].state.lesson_files
        if scope["path"] not in files:
            raise NotFound("There is no picture at this address.")
        await files[scope["path"]](scope, receive, send)


def lesson_files_router() -> APIRouter:
    """Route every lesson's pictures; a plain Starlette route, since nothing about a request is read."""
    router = APIRouter()
    files = LessonFiles()
    router.add_route("/lessons/{slug}/files/{name}", files, methods=["GET", "HEAD"], include_in_schema=False)  # type: ignore[arg-type]
    return router


def read_lesson_files(lessons: Sequence[Lesson]) -> dict[str, Ready]:
    """Read every picture that lessons show, by its address."""
    return {
        f"/lessons/{lesson.slug}/files/{name}": Ready(path.read_bytes(), media_type_of(path), FOR_EVER)
        for lesson in lessons
        for name, path in lesson.pictures.items()
    }
