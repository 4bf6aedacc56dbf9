"""Wires the web process together: the one place that knows every part of it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.routing import Route

from app.cards import find_cards
from app.course.catalogue import load_catalogue
from app.engine.client import EngineClient
from app.learners.database import open_records
from app.settings import Settings, files_folder
from app.web import (
    answers,
    experiments,
    fragments,
    health,
    learner,
    models,
    practice,
    run_files,
    run_pages,
    runs,
)
from app.web.assets import Assets
from app.web.errors import install_error_handlers
from app.web.lesson_files import lesson_files_router, read_lesson_files
from app.web.limits import make_limits
from app.web.pages import page_routes, render_pages
from app.web.recording import read_recording
from app.web.security import install_guards
from app.web.templating import make_templates


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the web application.

    Args:
        settings: from the environment unless given.

    Raises:
        CourseError: a lesson is faulty; the text names every fault.
        CheckpointError: a model's card cannot be read.
    """
    settings = settings or Settings()
    static = files_folder("static")
    catalogue = load_catalogue(settings.lessons)
    cards = find_cards(settings.models)
    assets = Assets(static)
    templates = make_templates(files_folder("templates"), assets)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.records = open_records(settings.database_url)
        app.state.secret = app.state.records.secret()
        app.state.engine = EngineClient(settings.engine_url or "http://127.0.0.1:9", settings.engine_token)
        yield
        await app.state.engine.close()
        app.state.records.close()

    app = FastAPI(
        title="From Noise", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    app.state.settings = settings
    app.state.catalogue = catalogue
    app.state.cards = cards
    app.state.faults = models.card_faults(cards)
    app.state.templates = templates
    app.state.limits = make_limits(settings)
    app.state.pages = render_pages(templates, catalogue, cards, read_recording(static))
    app.state.lesson_files = read_lesson_files(catalogue.lessons)
    app.router.routes.extend(page_routes())
    app.router.routes.append(Route("/static/{name:path}", assets, methods=["GET", "HEAD"]))
    for part in (
        answers,
        experiments,
        fragments,
        health,
        learner,
        models,
        practice,
        run_files,
        run_pages,
        runs,
    ):
        app.include_router(part.router)
    app.include_router(lesson_files_router())
    install_error_handlers(app)
    install_guards(app, settings)
    return app
