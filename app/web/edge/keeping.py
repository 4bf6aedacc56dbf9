"""What goes on beside the requests: missing records are opened, learners who went away are forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import anyio
import anyio.to_thread
import structlog
from fastapi import FastAPI

from app.errors import FromNoiseError, TryLater
from app.learners.database import Records, open_records
from app.learners.missing import MissingRecords
from app.learners.pruning import prune_some
from app.web.edge.services import Services

log = structlog.get_logger()

TRY_AGAIN_S = 5.0
PRUNE_S = 3600.0
BETWEEN_S = 0.02

Forget = Callable[..., tuple[int | None, int]]


def records_or_none(url: str) -> Records | MissingRecords:
    """Open the records; where that cannot be done now, as on a full disk, have some that refuse.

    Raises:
        InvalidRequest: the URL is wrong: waiting would not help.
    """
    try:
        records = open_records(url)
        records.secret()  # made now if it is new, so that it can be had without writing
        return records
    except TryLater as error:
        log.error("the records cannot be opened; lessons work, answers are refused", reason=str(error))
        return MissingRecords(str(error))


async def open_later(app: FastAPI, url: str, every_s: float = TRY_AGAIN_S) -> None:
    """Try again to open records that are missing, and use them from then on."""
    while isinstance(services(app).records, MissingRecords):
        await anyio.sleep(every_s)
        records = await anyio.to_thread.run_sync(_opened, url)
        if records is not None:
            app.state.services = replace(services(app), records=records[0], secret=records[1])
            log.info("the records are open")


def _opened(url: str) -> tuple[Records, bytes] | None:
    try:
        records = open_records(url)
        return records, records.secret()
    except FromNoiseError:
        return None
    except Exception:
        log.exception("the records cannot be opened")
        return None


async def prune_often(
    app: FastAPI, kept_days: int, every_s: float = PRUNE_S, forget: Forget = prune_some
) -> None:
    """Forget learners who went away, now and every hour."""
    kept = timedelta(days=kept_days) if kept_days else None
    while True:
        await _prune_all(app, kept, forget)
        await anyio.sleep(every_s)


async def _prune_all(app: FastAPI, kept: timedelta | None, forget: Forget) -> None:
    """Forget a few at a time, with answers in between, until nobody is left to be forgotten."""
    after: int | None = 0
    forgotten = 0
    try:
        while after is not None:
            after, number = await services(app).on_records(forget, kept, after)
            forgotten += number
            await anyio.sleep(BETWEEN_S)
    except TryLater:
        pass  # an hour later they are as far away
    except Exception:
        log.exception("learners who went away cannot be forgotten")
    if forgotten:
        log.info("learners who went away are forgotten", learners=forgotten)


def services(app: FastAPI) -> Services:
    """Return the services that an application has now."""
    found: Services = app.state.services
    return found
