"""Results as a table for the terminal and as the page `benchmarks/RESULTS.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.result import Result

HEADINGS = ("#", "what", "target", "measured", "")

ABOUT = """# What was measured

Written by `make bench`. Each figure is a ratio or a count found within one run: both sides of a comparison
are measured in turns on the same machine, and the median is taken. Times on other machines will differ, and
on another kind of processor the ratios do too, if less. The few absolute times and sizes are for the machine
below with nothing else to do.
"""


def as_text(results: Sequence[Result]) -> str:
    """Lay the results out for a terminal."""
    table = Table(*HEADINGS)
    for result in results:
        table.add_row(*cells(result))
    console = Console(width=110)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def as_markdown(results: Sequence[Result], machine: Mapping[str, str], failed: Sequence[str] = ()) -> str:
    """Write the results out as a page: the machine, the table, and how each figure was found.

    Args:
        results: what was measured.
        machine: facts of it, by name.
        failed: codes of targets whose measurement failed.
    """
    facts = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    lines = [row(HEADINGS), row(["---"] * len(HEADINGS)), *(row(cells(result)) for result in results)]
    how = "\n".join(f"- **{result.code}, {result.what}.** {result.how}" for result in results)
    missed = [result for result in results if not result.met]
    count = f"{len(results) - len(missed)} of {len(results)} targets met."
    if failed:
        count += f" The measurement of {', '.join(failed)} failed, so they are missing here."
    return f"{ABOUT}\n{facts}\n\n{count}\n\n" + "\n".join(lines) + f"\n\n## How\n\n{how}\n"


def cells(result: Result) -> tuple[str, ...]:
    """Put a result in the cells of a line, in the order of the headings."""
    verdict = "met" if result.met else "missed"
    return (result.code, result.what, result.target_text, result.measured_text, verdict)


def row(texts: Sequence[str]) -> str:
    """Write a line of a table in Markdown."""
    return f"| {' | '.join(texts)} |"
