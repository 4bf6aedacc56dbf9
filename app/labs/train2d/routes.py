"""The recorded training as a picture, for browsers without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from app.labs.registry import LabsOfLesson
from app.labs.train2d.recorded import RECORDED
from app.pictures import png

SCALE = 3
ADDRESS = "/labs/train2d/recorded.png"


def router(labs: Mapping[str, LabsOfLesson]) -> APIRouter:
    """Route that picture, which is the same for all labs."""
    made = APIRouter()
    content = png(RECORDED.drawing(), SCALE)

    @made.get(ADDRESS, include_in_schema=False)
    async def recorded() -> Response:
        return Response(content, media_type="image/png", headers={"cache-control": "max-age=3600"})

    return made
