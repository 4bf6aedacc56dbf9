"""The one place where errors become HTTP: a status, a text for people, and nothing about the inside.

JSON for `/api/` and for clients that do not ask for HTML: `{"error": {"message": …, "field": …}}`. Otherwise
the template `edge/error.html` (only its block `notice` for a fragment), or plain text where there is none.
"""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast, get_args, get_type_hints

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from jinja2 import TemplateNotFound
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Match

from app.errors import (
    CheckpointError,
    Conflict,
    FromNoiseError,
    InvalidRequest,
    NotFound,
    TooMany,
    TryLater,
)
from app.validation import RequestFaults, first_refused
from app.web.delivery.templating import render, render_fragment
from app.web.edge.origins import lesson_behind
from app.web.edge.services import services_if_any
from app.web.edge.session import SAFE_METHODS

log = logging.getLogger(__name__)

INTERNAL = "Something broke on our side. It has been noted; trying again may help."
UNREADABLE_BODY = "There was an error parsing the body"
"""What FastAPI says of a body that is no JSON in another way than by its grammar."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STATUSES: tuple[tuple[type[FromNoiseError], int], ...] = (  # the first that fits
    (InvalidRequest, 422),
    (NotFound, 404),
    (Conflict, 409),
    (TooMany, 429),
    (TryLater, 503),
    (CheckpointError, 503),
)
TITLES = {
    400: "That could not be read",
    403: "Refused",
    404: "Nothing here",
    405: "Not at this address",
    409: "Already answered differently",
    413: "Too large",
    414: "Too long",
    416: "No such part",
    422: "Something in that does not fit",
    429: "A little slower, please",
    503: "Not at this moment",
}


@dataclass(frozen=True)
class ErrorContext:
    """`edge/error.html`: what happened and what to do.

    Attributes:
        status: of the answer, with a short `title` and a `message` in words.
        may_try_again: the same address can be asked for once more, and may then answer.
        is_sent: something was sent, as from a form.
        lesson: address of the lesson that a form was sent from; None where that is not known.
    """

    template: ClassVar[str] = "edge/error.html"
    status: int
    title: str
    message: str
    may_try_again: bool
    is_sent: bool
    lesson: str | None


@dataclass(frozen=True)
class Fault:
    """What a client is told about a request that failed."""

    status: int
    message: str
    field: str | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def title(self) -> str:
        """A short heading for a page."""
        return TITLES.get(self.status, "Something broke" if self.status >= 500 else "That did not work")


def install_error_handlers(app: FastAPI) -> None:
    """Let every error that a route raises be answered by `fault_of` and `respond`."""
    for kind in (FromNoiseError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer_error)


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer one error; the handler that FastAPI calls."""
    if isinstance(error, RequestValidationError):
        return respond(request, _validation_fault(error.errors(), _fields_of(request.scope.get("endpoint"))))
    if isinstance(error, HTTPException) and error.status_code == 405:
        return respond(request, _method_fault(request))
    return respond(request, fault_of(error))


def fault_of(error: Exception) -> Fault:
    """Say what a client is told of this error; for an unforeseen one, that something broke and no more."""
    if isinstance(error, FromNoiseError):
        return _domain_fault(error)
    if isinstance(error, RequestValidationError):
        return _validation_fault(error.errors())
    if isinstance(error, HTTPException):
        return _http_fault(error)
    return Fault(500, INTERNAL)


def respond(request: Request, fault: Fault) -> Response:
    """Write the answer in the form that the client reads: JSON, a page, a fragment of one, or plain text."""
    headers = {"cache-control": "no-store", **fault.headers}
    if fault.status in (204, 304):
        return Response(status_code=fault.status, headers=headers)
    if not _wants_html(request):
        content = {"error": {"message": fault.message, "field": fault.field}}
        body = json.dumps(content, ensure_ascii=False).encode(
            "utf-8", "replace"
        )  # lone surrogates become "?"
        return Response(body, fault.status, headers, media_type="application/json")
    try:
        page = _render(request, fault)
    except TemplateNotFound:
        return PlainTextResponse(_clean(f"{fault.title}\n\n{fault.message}\n"), fault.status, headers)
    except Exception:
        log.exception("the error page could not be rendered")
        return PlainTextResponse(_clean(f"{fault.title}\n\n{fault.message}\n"), fault.status, headers)
    return HTMLResponse(page, fault.status, headers)


def _takes(request: Request, method: str) -> bool:
    """Whether the address of a request answers this method, by whichever of its routes."""
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)


def _method_fault(request: Request) -> Fault:
    """Say which methods an address takes; what raises the error knows those of one route only."""
    allowed = ", ".join(method for method in METHODS if _takes(request, method))
    return Fault(
        405, f"This address does not take that method; it takes {allowed}.", headers={"Allow": allowed}
    )


def _render(request: Request, fault: Fault) -> str:
    services = services_if_any(request)
    if services is None:
        raise TemplateNotFound(ErrorContext.template)
    template = services.templates.env.get_template(ErrorContext.template)
    is_fragment = "hx-request" in request.headers
    is_sent = request.method not in SAFE_METHODS
    context = ErrorContext(
        status=fault.status,
        title=fault.title,
        message=_clean(fault.message),
        # A link asks with GET: where a form was sent to there may be nothing for it. A fragment's page stays.
        may_try_again=_may_pass(fault.status) and (is_fragment or not is_sent or _takes(request, "GET")),
        is_sent=is_sent,
        lesson=lesson_behind(request) if is_sent else None,
    )
    if is_fragment and "notice" in template.blocks:
        return render_fragment(services.templates, context, "notice")
    return render(services.templates, context)


def _may_pass(status: int) -> bool:
    """Whether the same request may succeed in a moment."""
    return status in (409, 429) or status >= 500


def _wants_html(request: Request) -> bool:
    if request.scope["path"].startswith("/api/"):
        return False
    return "text/html" in request.headers.get("accept", "")


def _domain_fault(error: FromNoiseError) -> Fault:
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    if status == 500:
        log.error("an error that no status is known for", exc_info=error)
        return Fault(500, INTERNAL)
    headers: dict[str, str] = {}
    if isinstance(error, TryLater):
        headers["retry-after"] = str(max(1, error.retry_after_s))
    return Fault(status, str(error), getattr(error, "field", None), headers)


def _http_fault(error: HTTPException) -> Fault:
    headers = dict(error.headers or {})
    message = str(error.detail)
    if error.status_code == 404 and message == "Not Found":
        message = "There is nothing at this address. The course starts at /."
    if message == UNREADABLE_BODY:
        message = f"The body cannot be read: {_why_unreadable(error.__cause__)}."
    return Fault(error.status_code, message, headers=headers)


def _why_unreadable(cause: BaseException | None) -> str:
    """Say why FastAPI's reading of a body broke off, which it does not."""
    if isinstance(cause, RecursionError):
        return "it is nested too deeply"
    if isinstance(cause, UnicodeDecodeError):
        return f"its byte {cause.start + 1} is not UTF-8"
    return "it is not JSON, or holds a number of thousands of digits"


def _fields_of(endpoint: object) -> list[str]:
    """List the fields of the body that a route takes; none where it takes no such."""
    hints = get_type_hints(endpoint) if callable(endpoint) else {}
    types = (part for hint in hints.values() for part in (hint, *get_args(hint)))
    bodies = (part for part in types if isinstance(part, type) and issubclass(part, BaseModel))
    return [name for body in bodies for name in body.model_fields]


def _validation_fault(problems: Sequence[Mapping[str, Any]], known: Iterable[str] = ()) -> Fault:
    first = problems[0]
    if first["type"] == "json_invalid":
        return Fault(
            422, f"The body is not JSON: it cannot be read from its letter {first['loc'][-1] + 1} on."
        )
    if isinstance(first.get("input"), bytes):
        return Fault(422, "The body must be JSON, and the header Content-Type must say application/json.")
    what, field = first_refused(cast(RequestFaults, problems), known, "The body")
    return Fault(422, f"{_escaped(what)}.", None if field is None else _printable(field))


def _printable(text: str) -> str:
    """Shorten a name that came from outside, and escape it."""
    return _escaped(text if len(text) <= 80 else text[:77] + "...")


def _escaped(text: str) -> str:
    """Escape what would not show, or show as something else."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
