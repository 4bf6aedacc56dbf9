"""For every test: one thread a process, and the shapes that `app.diffusion` states checked at each call."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Generator
from typing import Any

import jaxtyping
import pytest
from hypothesis import settings
from starlette.types import Receive, Scope, Send

# Tensors here are tiny: several threads would only wait for each other, and tests run side by side already.
# The environment carries it to processes that tests start; it counts from the import of torch on.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Those that take or return tensors. Samplers, schedules and plans are plain numbers, called by the thousand;
# their types are mypy's affair.
SHAPED = (
    "advance",
    "attention",
    "denoiser",
    "guidance",
    "judge",
    "pixels",
    "predictions",
    "sampling",
    "text",
    "unet",
)

# Before any module of it is imported; an int may stand for a float, as everywhere in Python.
jaxtyping.install_import_hook(
    [f"app.diffusion.{name}" for name in SHAPED],
    "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))",
)

# No deadline: how long an example takes says more about the machine than about the code.
settings.register_profile("fromnoise", deadline=None)
settings.register_profile("quick", settings.get_profile("fromnoise"), max_examples=15)
settings.load_profile("fromnoise")


def pytest_collection_finish() -> None:
    """Have every answer looked at that any application gives in a test, where there are applications."""
    edge = sys.modules.get("app.web.edge.security")
    if edge is not None:
        from tests.documented import watched

        serve = edge.Edge.__call__

        async def serve_watched(edge: Any, scope: Scope, receive: Receive, send: Send) -> None:
            await watched(functools.partial(serve, edge), scope, receive, send)

        edge.Edge.__call__ = serve_watched


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    """Fail a test in which the API answered what its document does not have."""
    result = yield
    documented = sys.modules.get("tests.documented")
    if documented is not None and (faults := documented.WATCH.take()):
        raise documented.Undocumented("\n".join(faults))
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make what a test printed and logged encodable: reports travel between processes as UTF-8.

    Some tests are about letters that are not, such as halves of surrogate pairs.
    """
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report
