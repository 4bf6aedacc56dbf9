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
from app.learners.pruning import prune
from app.web.edge.services import Services

log = structlog.get_logger()

TRY_AGAIN_S = 5.0
PRUNE_S = 3600.0


def records_or_none(url: str) -> Records | MissingRecords:
    """Open the records; where that cannot be done now, as on a full disk, have some that refuse.

    Raises:
        InvalidRequest: the URL is wrong: waiting would not help.
    """
    try:
        return open_records(url)
    except TryLater as error:
        log.error("the records cannot be opened; lessons work, answers are refused", reason=str(error))
        return MissingRecords(str(error))


async def open_later(app: FastAPI, url: str, every_s: float = TRY_AGAIN_S) -> None:
    """Try again to open records that are missing, and use them from then on."""
    while isinstance(services(app).records, MissingRecords):
        await anyio.sleep(every_s)
        try:
            records = await anyio.to_thread.run_sync(open_records, url)
        except FromNoiseError:
            continue
        app.state.services = replace(services(app), records=records, secret=records.secret())
        log.info("the records are open")


async def prune_often(
    app: FastAPI, kept_days: int, every_s: float = PRUNE_S, forget: Callable[..., int] = prune
) -> None:
    """Forget learners who went away, now and every hour."""
    kept = timedelta(days=kept_days) if kept_days else None
    while True:
        try:
            forgotten = await services(app).on_records(forget, kept)
            if forgotten:
                log.info("learners who went away are forgotten", learners=forgotten)
        except TryLater:
            pass  # an hour later they are as far away
        await anyio.sleep(every_s)


def services(app: FastAPI) -> Services:
    """Return the services that an application has now."""
    found: Services = app.state.services
    return found
