"""The services of an application of one test: what the test gives, and nothing else."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from typing import Any

from fastapi import FastAPI

from app.rates import Rate, StreamSlots
from app.settings import Settings
from app.web.edge.drawings import Drawings
from app.web.edge.record_threads import RecordThreads
from app.web.edge.services import Services

SECRET = b"s" * 32


class Absent:
    """A service that a test did not give: whoever uses it fails with its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        raise AssertionError(f"this test gave no service {self._name!r}, and .{attribute} was used")


def serve_with(app: FastAPI, limits: dict[str, int] | None = None, **given: Any) -> None:
    """Give an application its services; `limits` are settings by name."""
    made: dict[str, Any] = {
        field.name: Absent(field.name) for field in fields(Services) if field.default_factory is MISSING
    }
    settings = Settings.model_validate(limits or {})
    made |= {
        "settings": settings,
        "answers": Rate("answers", settings.answers_per_minute, settings.anonymous_answers_per_minute),
        "streams": StreamSlots(settings.streams_per_learner, settings.anonymous_streams),
        "record_threads": RecordThreads(),
        "drawings": Drawings(
            Rate("picture files", settings.files_per_minute, settings.anonymous_files_per_minute)
        ),
    }
    app.state.services = Services(**made | {"secret": SECRET} | given)


def change_services(app: Any, **changes: Any) -> None:
    """Exchange some of an application's services; a test client knows its own as any ASGI application."""
    app.state.services = replace(app.state.services, **changes)
