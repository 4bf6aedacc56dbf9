"""Wires the web process together: the one place that knows every part of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from operator import attrgetter
from pathlib import Path

import anyio
from fastapi import FastAPI
from starlette.routing import Route

from app.cards import CardFile, find_cards
from app.engine.client import EngineClient
from app.engine.several import SeveralEngines
from app.labs.shown import routers
from app.labs.whole import load_course
from app.questions.kind import Kinds
from app.questions.registry import KINDS
from app.rates import Rate, StreamSlots
from app.settings import ROOMS, Settings, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates
from app.web.edge import api_document, health
from app.web.edge.api_document import ABOUT, ALWAYS, TITLE
from app.web.edge.connections import LEAVE
from app.web.edge.drawings import Drawings
from app.web.edge.errors import install_error_handlers
from app.web.edge.keeping import open_later, prune_often, records_or_none
from app.web.edge.record_threads import RecordThreads
from app.web.edge.root_path import require_distinct
from app.web.edge.security import install_guards
from app.web.edge.services import Services
from app.web.handout.page import handout_router
from app.web.handout.plates import plate_route, strips_of_course
from app.web.pages import learner
from app.web.pages.lesson_files import lesson_files_route, read_lesson_files
from app.web.pages.ready_pages import Course, page_routes, render_pages
from app.web.pages.recording import read_recording
from app.web.pages.search import search_route
from app.web.practice import api as practice_api
from app.web.practice import experiments, fragments, progress
from app.web.practice import predictions as practice_predictions
from app.web.practice import routes as practice
from app.web.runs import api as runs_api
from app.web.runs import files as run_files
from app.web.runs import models, steps, tickets, trainings
from app.web.runs import page as run_page

NO_ENGINE = "http://127.0.0.1:9"
"""An address at which nothing answers: the discard port."""

PARTS = (
    api_document,
    practice_api,
    practice,
    experiments,
    fragments,
    progress,
    practice_predictions,
    health,
    learner,
    models,
    run_files,
    run_page,
    runs_api,
    steps,
    tickets,
    trainings,
)


def own_version() -> str:
    """Return the version of this program; 0 where it runs from its files and is not installed."""
    try:
        return version("fromnoise")
    except PackageNotFoundError:
        return "0"


def create_app(
    settings: Settings | None = None, kinds: Kinds = KINDS, rooms: Mapping[str, Path] = ROOMS
) -> FastAPI:
    """Make the web application.

    Args:
        settings: from the environment unless given.
        kinds: of the questions that lessons may have.
        rooms: folders whose templates and scripts stand beside their Python.

    Raises:
        CourseError: a lesson is faulty; the text names every fault.
        CheckpointError: a model's card cannot be read.
    """
    settings = settings or Settings()
    static = files_folder("static")
    cards = find_cards(settings.models)
    whole = load_course(settings.lessons, cards, kinds)
    catalogue, labs, predictions = whole.catalogue, whole.labs, whole.predictions
    assets = Assets(static, rooms)
    templates = make_templates(
        files_folder("templates"),
        assets,
        rooms,
        settings.root_path,
        is_embedded=bool(settings.embed_origins),
    )
    course = Course(catalogue, cards, kinds, labs, predictions)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Callable[[], None]]]:
        records = records_or_none(settings.database_url)
        engine = engine_of(settings, cards)
        app.state.services = Services(
            settings=settings,
            catalogue=catalogue,
            predictions=predictions,
            kinds=kinds,
            cards=cards,
            faults=models.card_faults(cards),
            templates=templates,
            answers=Rate("answers", settings.answers_per_minute, settings.anonymous_answers_per_minute),
            streams=StreamSlots(settings.streams_per_learner, settings.anonymous_streams),
            records=records,
            record_threads=RecordThreads(),
            secret=records.secret(),
            engine=engine,
            drawings=Drawings(
                Rate("picture files", settings.files_per_minute, settings.anonymous_files_per_minute)
            ),
        )
        with contextlib.suppress(asyncio.CancelledError):  # after a second interrupt nobody announces the end
            async with anyio.create_task_group() as beside:
                beside.start_soon(open_later, app, settings.database_url)
                beside.start_soon(prune_often, app, settings.kept_days)
                yield {LEAVE: engine.leave}
                beside.cancel_scope.cancel()
        await engine.close()
        app.state.services.records.close()

    app = FastAPI(
        title=TITLE,
        description=ABOUT,
        version=own_version(),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses=ALWAYS,
        generate_unique_id_function=attrgetter("name"),  # as a client's method would be called
        servers=[{"url": settings.root_path}] if settings.root_path else None,
    )
    app.router.routes += [
        *page_routes(render_pages(templates, course, read_recording(static), settings.kept_days)),
        Route("/static/{name:path}", assets, methods=["GET", "HEAD"]),
        lesson_files_route(read_lesson_files(catalogue.lessons)),
        plate_route(strips_of_course(labs)),
        search_route(templates, catalogue),
    ]
    included = [*(part.router for part in PARTS), handout_router(labs), *routers(labs)]
    for router in included:
        app.include_router(router)
    own = (*app.routes, *(route for router in included for route in router.routes))
    require_distinct(settings.root_path, own)
    install_error_handlers(app)
    install_guards(app, settings)
    return app


def engine_of(settings: Settings, cards: Sequence[CardFile]) -> EngineClient | SeveralEngines:
    """Return what the routes ask of the engine, or of several."""
    urls = settings.engine_urls or [NO_ENGINE]
    if len(urls) == 1:
        return EngineClient(urls[0], settings.engine_token)
    return SeveralEngines(urls, settings.engine_token, [file.card for file in cards])
