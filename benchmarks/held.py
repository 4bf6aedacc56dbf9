"""What `make soak` measured: kept in `soak.json`, and shown as the last section of `RESULTS.md`.

A run of some tests renews their figures alone; each row has its date and the machine that it was found on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from benchmarks.result import Result
from benchmarks.table import HEADINGS, cells, row

HEADING = "## What held under load"
ABOUT = """Written by `make soak`, which loads `fromnoise serve` with a network of a millisecond a call. The
absolute times are for the machine that the row names, with nothing else to do.
"""
MACHINE = ("processor", "memory", "system")


@dataclass(frozen=True)
class Held:
    """A figure, the test that found it and when, and how busy the machine was with other work then.

    `load` are the processes that wanted to run, over the minute before the test began; `machine` is
    the machine in words.
    """

    result: Result
    test: str
    date: str
    load: float
    machine: str = ""

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
    here = "; ".join(machine[name] for name in MACHINE)
    old: dict[str, Any] = json.loads(stored.read_text()) if stored.exists() else {"held": []}
    before = [Held(**{**one, "result": Result(**one["result"])}) for one in old["held"]]
    renewed = {one.test for one in found}
    kept = [one for one in before if one.test not in renewed]
    new = [replace(one, machine=here) for one in found]
    held = sorted([*kept, *new], key=lambda one: one.result.order)
    content = {"held": [asdict(one) for one in held]}
    stored.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    page.write_text(without_section(page.read_text()) + as_section(held))


def as_section(held: Sequence[Held]) -> str:
    """Write the section out: the machines, the table, and how each row was found."""
    letters = dict(zip(dict.fromkeys(one.machine for one in held), ascii_uppercase, strict=False))
    facts = "\n".join(f"- {letter}: {machine}" for machine, letter in letters.items())
    headings = (*HEADINGS[:-1], "", "date", "load before", "machine")
    lines = [row(headings), row(["---"] * len(headings))]
    lines += [row([*cells(one.result), one.date, f"{one.load:g}", letters[one.machine]]) for one in held]
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
