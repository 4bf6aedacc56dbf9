"""The source of each sampler as it runs, and which of its lines a run goes through at which stage.

The text comes from the module that the engine executes. Which `return` a stage takes is not written
down anywhere: the sampler is traced once over the steps of a real plan.
"""

from __future__ import annotations

import ast
import functools
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from app.course.sources import Source, highlighted_lines, module_source
from app.diffusion.plan import make_plan
from app.diffusion.samplers.catalogue import SAMPLERS

STAGES = ("first", "middle", "last")
TRACED_STEPS = 4

Lines = tuple[int, int]
"""First and last line of a statement, counted from the top of its file."""


@dataclass(frozen=True)
class SamplerSource:
    """A sampler as a plate shows it.

    `code` is the highlighted function, every line in a `span.line` that carries its number, in three
    pieces: down to the first line of its docstring, the rest of the docstring, and the body.
    `lit` gives for each stage the lines of the `return` statement that runs in it.
    """

    name: str
    title: str
    summary: str
    calls_per_step: int
    uses_eta: bool
    path: str
    file: str
    first_line: int
    code: tuple[str, str, str]
    lit: dict[str, Lines]


@functools.cache
def sampler_sources() -> tuple[SamplerSource, ...]:
    """Read and trace every sampler of the catalogue, in its order; once a process."""
    return tuple(_sampler_source(name) for name in SAMPLERS)


def _sampler_source(name: str) -> SamplerSource:
    sampler = SAMPLERS[name]
    source = module_source(sampler.function.__module__, sampler.function.__name__)
    returned = returning_lines(name, sampler.function)
    statements = _return_statements(source)
    stages = (returned[0], returned[1], returned[-1])
    return SamplerSource(
        name=name,
        title=sampler.title,
        summary=sampler.summary,
        calls_per_step=sampler.calls_per_step,
        uses_eta=sampler.uses_eta,
        path=sampler.path or "own",
        file=source.path,
        first_line=source.first_line,
        code=_in_pieces(source),
        lit={stage: _around(line, statements) for stage, line in zip(STAGES, stages, strict=True)},
    )


def _in_pieces(source: Source) -> tuple[str, str, str]:
    """Highlight a function, and part it around all but the first line of its docstring."""
    lines = highlighted_lines(source.text, first_line=source.first_line)
    function = next(node for node in ast.parse(source.text).body if isinstance(node, ast.FunctionDef))
    doc = function.body[0]
    first = last = 0
    if ast.get_docstring(function) is not None:
        first, last = doc.lineno, doc.end_lineno or doc.lineno
    pieces = (lines[:first], lines[first:last], lines[last:])
    head, rest, body = map("".join, pieces)
    return head, rest, body


def returning_lines(name: str, function: Callable[..., object], steps: int = TRACED_STEPS) -> list[int]:
    """Run the sampler over a whole plan and note the line at which each of its calls returned.

    Args:
        name: the sampler's name in the catalogue.
        function: the function of it to watch.
        steps: how long the plan is.

    Returns:
        One line number a step, in order.
    """
    # A decorator, such as the tests' checks of shapes, may stand around the function itself.
    watched = inspect.unwrap(function).__code__
    lines: list[int] = []

    def inside(frame: FrameType, event: str, _: Any) -> Any:
        if event == "return":
            lines.append(frame.f_lineno)
        return inside

    def entering(frame: FrameType, _event: str, _: Any) -> Any:
        return inside if frame.f_code is watched else None

    before = sys.gettrace()
    sys.settrace(entering)
    try:
        make_plan(sampler=name, steps=steps)
    finally:
        sys.settrace(before)
    return lines


def _return_statements(source: Source) -> list[Lines]:
    """Find where the function's `return` statements stand."""
    offset = source.first_line - 1
    return [
        (node.lineno + offset, (node.end_lineno or node.lineno) + offset)
        for node in ast.walk(ast.parse(source.text))
        if isinstance(node, ast.Return)
    ]


def _around(line: int, statements: list[Lines]) -> Lines:
    """Widen a line to the statement that it belongs to."""
    return next((span for span in statements if span[0] <= line <= span[1]), (line, line))
