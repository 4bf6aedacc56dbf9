"""What `make soak` measured: kept in `soak.json`, and shown as the last section of `RESULTS.md`.

A run of some tests renews their figures alone, each with its date; those of another machine all go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.result import Result
from benchmarks.table import HEADINGS, cells, row

HEADING = "## What held under load"
ABOUT = """Written by `make soak`, which loads `fromnoise serve` with a network of a millisecond a call. The
absolute times are for the machine below with nothing else to do.
"""
MACHINE = ("processor", "memory", "system")


@dataclass(frozen=True)
class Held:
    """A figure, the test that found it and when, and how busy the machine was with other work then.

    `load` are the processes that wanted to run, over the minute before the test began.
    """

    result: Result
    test: str
    date: str
    load: float

    @classmethod
    def now(cls, result: Result, test: str, load: float) -> Held:
        """Date a figure."""
        return cls(result, test, datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), round(load, 1))


def keep(found: Sequence[Held], machine: Mapping[str, str], stored: Path, page: Path) -> None:
    """Put new figures in place of the old ones of the same tests, and write the section anew.

    Args:
        found: at least one.
        machine: as `benchmarks.machine.describe` puts it.
        stored: the file of all figures; it may not exist yet.
        page: `RESULTS.md`.
    """
    here = {name: machine[name] for name in MACHINE}
    old: dict[str, Any] = {"machine": here, "held": []}
    if stored.exists():
        old = json.loads(stored.read_text())
    before = [Held(**{**one, "result": Result(**one["result"])}) for one in old["held"]]
    if old["machine"] != here:
        before = []
    renewed = {one.test for one in found}
    kept = [one for one in before if one.test not in renewed]
    held = sorted([*kept, *found], key=lambda one: one.result.order)
    content = {"machine": here, "held": [asdict(one) for one in held]}
    stored.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    page.write_text(without_section(page.read_text()) + as_section(held, here))


def as_section(held: Sequence[Held], machine: Mapping[str, str]) -> str:
    """Write the section out: the machine, the table, and how each row was found."""
    facts = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    headings = (*HEADINGS[:-1], "", "date", "load before")
    lines = [row(headings), row(["---"] * len(headings))]
    lines += [row([*cells(one.result), one.date, f"{one.load:g}"]) for one in held]
    how = dict.fromkeys(f"- **{one.result.code}.** {one.result.how}" for one in held)
    met = sum(one.result.met for one in held)
    count = f"{met} of {len(held)} targets met."
    return f"\n{HEADING}\n\n{ABOUT}\n{facts}\n\n{count}\n\n" + "\n".join([*lines, "", *how]) + "\n"


def section_of(page: str) -> str:
    """Return the section as it stands in a page, to be kept when the rest is written anew; "" without one."""
    _, heading, rest = page.partition(f"\n{HEADING}\n")
    return heading + rest


def without_section(page: str) -> str:
    """Return a page without the section, which is its last."""
    return page.partition(f"\n{HEADING}\n")[0]
