"""Options of the command that are settings of a run: ranges and help from the table of controls."""

from __future__ import annotations

from typing import Any

import typer

from app.controls.control import Kind
from app.controls.table import CONTROLS

MAX_SAMPLES = 100_000
"""Pictures are drawn in batches into a file here, so there may be many more than a run has."""

HELP = {
    "count": "How many pictures.",
    "label": "A class; without it labels cycle through all. Only for models of classes.",
}
"""What is other than in a run."""


def picture_option(name: str, of: str = "", most: float | None = None) -> Any:
    """Describe the option that sets this control.

    Args:
        name: of the control.
        of: what is drawn with it, said before its help; nothing where a command draws one thing.
        most: largest number, where it is not the control's.
    """
    control = CONTROLS[name]
    text = f"{of} {HELP.get(name, control.description)}".lstrip()
    if not control.is_number:
        return typer.Option(help=text)
    if name == "count":
        return typer.Option(min=1, max=MAX_SAMPLES, help=text)
    as_number = int if control.kind is Kind.WHOLE else float
    largest = control.most if most is None else most
    return typer.Option(min=as_number(control.least), max=as_number(largest), help=text)
