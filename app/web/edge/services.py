"""What the routes of one web process work with, as one typed object: made by `app.main` when it starts.

Routes get it by `services_of(request)`; nothing else of theirs is kept on the application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar, cast

from starlette.requests import Request
from starlette.templating import Jinja2Templates

from app.cards import Card, CardFile, unknown_model
from app.course.catalogue import Catalogue
from app.engine.client import EngineClient
from app.engine.several import SeveralEngines
from app.learners.database import Records
from app.learners.missing import MissingRecords
from app.predictions.reading import Predictions
from app.questions.kind import Kinds
from app.rates import Rate, StreamSlots
from app.settings import Settings
from app.web.edge.drawings import Drawings
from app.web.edge.record_threads import RecordThreads

STEPS_PER_MINUTE, ANONYMOUS_STEPS_PER_MINUTE = 600, 1_200
"""A key that is held down goes through some four hundred steps a minute."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Services:
    """Everything that a route may use.

    Attributes:
        settings: of this process.
        catalogue: the lessons and their questions.
        predictions: that lessons ask for.
        kinds: of the questions.
        cards: of every model.
        faults: what is wrong with the weights of a model, by its name.
        templates: of pages and fragments.
        answers: how many one learner may give.
        streams: how many one learner may hold open.
        records: the database of learners, or what refuses in its place; reached by `on_records`.
        record_threads: where the database is read and written.
        secret: the key that signs cookies.
        engine: the engine, or several, as this process sees it.
        drawings: the picture files that this process makes.
        step_rate: how many steps of runs one learner may have worked out again.
    """

    settings: Settings
    catalogue: Catalogue
    predictions: Predictions
    kinds: Kinds
    cards: Sequence[CardFile]
    faults: Mapping[str, str]
    templates: Jinja2Templates
    answers: Rate
    streams: StreamSlots
    records: Records | MissingRecords
    record_threads: RecordThreads
    secret: bytes
    engine: EngineClient | SeveralEngines
    drawings: Drawings
    step_rate: Rate = field(
        default_factory=lambda: Rate("steps worked out", STEPS_PER_MINUTE, ANONYMOUS_STEPS_PER_MINUTE)
    )

    def address(self, path: str) -> str:
        """Give the address of a path of this site to a client outside of its pages."""
        return f"{self.settings.root_path}{path}"

    def card(self, model: str) -> Card:
        """Return the card of a model.

        Raises:
            InvalidRequest: there is no such model.
        """
        for file in self.cards:
            if file.card.name == model:
                return file.card
        raise unknown_model(model, (file.card.name for file in self.cards))

    async def on_records(
        self, function: Callable[Concatenate[Records, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call a blocking function of `app.learners` with the records, in a thread of the database.

        Raises:
            TryLater: too many requests wait for the database, or it does not answer.
        """
        records = cast(Records, self.records)  # what is missing refuses by itself
        return await self.record_threads.run(function, records, *args, **kwargs)


def services_of(request: Request) -> Services:
    """Return the services of the application that a request came to."""
    services: Services = request.app.state.services
    return services


def services_if_any(request: Request) -> Services | None:
    """Do the same for what must work at any time: None before the application has started."""
    return getattr(request.app.state, "services", None)
