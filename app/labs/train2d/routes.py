"""The recorded trainings as pictures, for browsers without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from app.errors import NotFound
from app.labs.registry import LabsOfLesson
from app.labs.train2d.recorded import recordings
from app.pictures import png

SCALE = 3


def router(labs: Mapping[str, LabsOfLesson]) -> APIRouter:
    """Route those pictures, which are the same for all labs."""
    made = APIRouter()
    files = {name: png(recorded.drawing(), SCALE) for name, recorded in recordings().items()}

    @made.get("/labs/train2d/recorded/{name}.png", include_in_schema=False)
    async def recorded(name: str) -> Response:
        if name not in files:
            raise NotFound(f"there is no recorded training {name[:40]!r}; there are {', '.join(files)}")
        return Response(files[name], media_type="image/png", headers={"cache-control": "max-age=3600"})

    return made
