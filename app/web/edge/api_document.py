"""The document of the API (`/api/openapi.json`): what every answer can be, errors and files included.

Routes say with `refusals` what they refuse beside what any request may be refused for. Every answer that
the tests get is checked against this document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.web.edge.root_path import root_path_of
from app.web.edge.services import services_of
from app.web.edge.session import cookie_name

Responses = dict[int | str, dict[str, Any]]

TITLE = "From Noise"
ABOUT = """\
Runs of diffusion models frame by frame, trainings, and the course with its questions.

Every refusal is JSON, `{"error": {"message": …, "field": …}}`, whatever the request asked for; addresses
outside `/api/` answer with a page where HTML is asked for. A method that an address does not take is a 405
with `Allow`. What never becomes a request (a head that is no HTTP, or does not come in time) is refused in
plain text, and the connection closed.

No account is needed. A first answer or run brings a cookie, which stands for the learner from then on; a
client that keeps none is another learner each time.
"""
COOKIE = (
    "The learner's session, as an answer's `Set-Cookie` gave it. Its name is this instance's own, and "
    "nothing is refused without it."
)
SESSION = "session"

REASONS: Mapping[int, str] = {
    400: "The request cannot be read, or names another host.",
    403: "Another site's page had a browser send this.",
    404: "There is nothing of this name, or no longer.",
    408: "The request did not come in time.",
    409: "It does not fit what was recorded before.",
    413: "The body is too large.",
    414: "The query is too long.",
    416: "Several ranges were asked for.",
    422: "A value is not among those allowed; `field` names it.",
    429: "Too much was asked for within the minute.",
    431: "The headers are too large.",
    500: "Something broke on the server's side.",
    503: "Not now: the model wakes up, or too many ask.",
}
ANY = (400, 414, 416, 431, 500, 503)
"""Statuses that any request may be answered with."""

ON_THE_WIRE = (400, 408, 431, 503)
"""Those that a connection itself may be refused with, before there is a request."""

WITH_BODY = (403, 413)
"""Those of requests that change something."""

WAITING = (429, 503)
RETRY_AFTER = {
    "Retry-After": {"description": "Seconds after which to ask again.", "schema": {"type": "integer"}}
}

TEXT = {"schema": {"type": "string"}}


class Answer(BaseModel):
    """Describes an answer in JSON, which has these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Error(Answer):
    """What was wrong."""

    message: str = Field(description="What was wrong and what is allowed, for people.")
    field: str | None = Field(description="The field that it is about, where it is about one.")


class ErrorAnswer(Answer):
    """Every refusal."""

    error: Error


def refusals(*statuses: int, is_page: bool = False) -> Responses:
    """Describe answers with these statuses, in the form that every refusal has.

    Args:
        statuses: of the answers.
        is_page: the address is outside `/api/`, so that a browser gets a page.
    """
    return {status: _refusal(status, is_page=is_page) for status in statuses}


def _refusal(status: int, *, is_page: bool) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if is_page:
        content["text/html"] = TEXT
    if status in ON_THE_WIRE or is_page:
        content["text/plain"] = TEXT
    described: dict[str, Any] = {"description": REASONS[status], "content": content}
    if status != 408:
        described["model"] = ErrorAnswer
    if status in WAITING:
        described["headers"] = RETRY_AFTER
    return described


ALWAYS = refusals(*ANY, 408)
"""Of every route of the API."""


def file(media_type: str, description: str) -> Responses:
    """Describe an answer that is a file."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": description, "content": {media_type: {"schema": schema}}}}


def events(description: str, *names: str) -> Responses:
    """Describe an answer that is a stream of events; its schema is that of one event, as clients read them.

    Args:
        description: what the events say.
        names: of all events; the first one's has an `id`, by which a stream is taken up again.
    """
    properties = {
        "id": {"type": "string", "description": f"Of `{names[0]}`: its number.", "examples": ["7"]},
        "event": {"type": "string", "enum": names},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "retry": {"type": "integer", "description": "Milliseconds after which to connect again."},
    }
    schema = {"type": "object", "required": ["event", "data"], "properties": properties}
    return {200: {"description": description, "content": {"text/event-stream": {"schema": schema}}}}


def api_document(app: FastAPI) -> dict[str, Any]:
    """Return the document of an app, without what only a request to it can tell."""
    document = app.openapi()
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operations in document["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            if "HTTPValidationError" in str(answers.get("422")):
                del answers["422"]  # FastAPI's, for parameters of which none can be refused
            operation["responses"] = dict(sorted(answers.items()))
    return document


router = APIRouter()


@router.get("/api/openapi.json", include_in_schema=False)
async def read_document(request: Request) -> JSONResponse:
    """Return the document of the API, with the name that the cookie has here."""
    document = api_document(request.app)
    name = cookie_name(request.url.scheme, services_of(request).secret)
    scheme = {"type": "apiKey", "in": "cookie", "name": name, "description": COOKIE}
    return JSONResponse(
        {
            **document,
            "servers": [{"url": root_path_of(request) or "/"}],
            "security": [{}, {SESSION: []}],
            "components": {**document["components"], "securitySchemes": {SESSION: scheme}},
        }
    )
