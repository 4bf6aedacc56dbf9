"""What was measured on a GPU: kept in `gpu.json`, and shown as a section of `RESULTS.md`.

`python -m benchmarks.gpu.section` writes the section anew; a FILE of results after it replaces what is kept
of the same targets.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.held import section_of, without_section
from benchmarks.result import Result
from benchmarks.table import HEADINGS, cells, row

HEADING = "## On a GPU"
NOT_YET = "Not yet run on a GPU: the targets are those of the table, and nothing has been measured."
ABOUT = "Measured by `make accelerator`, both sides of a comparison in turns on the same machine.\n"
TARGETS = (
    ("S1", "64 and 256 viewers through HTTP against the raw loop", "≥ 0.9"),
    ("S3", "shipped runtime against eager, batch 1", "≥ 3"),
    ("S3", "shipped runtime against eager, batch 64", "≥ 1.2"),
    ("S4", "arithmetic while stepping at batch 256 against a bfloat16 matrix product", "≥ 0.25"),
    ("S5", "first frame of an idle engine, joining a full batch", "≤ 1.5 steps, ≤ 2.5 steps"),
    ("S6", "99th percentile of the gap between frames / median; slowest viewer / fastest", "≤ 1.5; ≥ 0.95"),
    ("S7", "64 viewers of one run: network rows / steps", "≤ 1.05"),
    ("S14", "web process, 64 viewers", "≤ 150 MB"),
)
FIGURES = Path(__file__).parent.parent / "gpu.json"
RESULTS = Path(__file__).parent.parent / "RESULTS.md"


@dataclass(frozen=True)
class Found:
    """Figures of one GPU.

    Args:
        machine: facts of it, by name.
        results: what was measured on it; nothing where nothing was.
    """

    machine: Mapping[str, str]
    results: tuple[Result, ...]


def read(path: Path) -> Found:
    """Read figures; there are none where there is no file."""
    if not path.exists():
        return Found({}, ())
    content = json.loads(path.read_text())
    return Found(content["machine"], tuple(Result(**one) for one in content["results"]))


def as_json(found: Found) -> str:
    """Write figures out."""
    content: dict[str, Any] = {
        "machine": dict(found.machine),
        "results": [asdict(one) for one in found.results],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def joined(old: Found, new: Found) -> Found:
    """Put new figures in the place of the old ones of the same targets; those of another machine all go."""
    renewed = {one.code for one in new.results}
    same = {**old.machine, "date": ""} == {**new.machine, "date": ""}
    kept = [one for one in old.results if same and one.code not in renewed]
    return Found(new.machine, tuple(sorted([*kept, *new.results], key=lambda one: one.order)))


def as_section(found: Found) -> str:
    """Write the section: the figures and how each was found, or that there are none, with the targets."""
    if not found.results:
        lines = [row(HEADINGS), row(["---"] * len(HEADINGS))]
        lines += [row((code, what, target, "not yet run", "")) for code, what, target in TARGETS]
        return f"\n{HEADING}\n\n{NOT_YET}\n\n" + "\n".join(lines) + "\n"
    facts = "\n".join(f"- {name}: {value}" for name, value in found.machine.items())
    lines = [row(HEADINGS), row(["---"] * len(HEADINGS)), *(row(cells(one)) for one in found.results)]
    how = [f"- **{one.code}, {one.what}.** {one.how}" for one in found.results]
    met = sum(one.met for one in found.results)
    count = f"{met} of {len(found.results)} targets met."
    return f"\n{HEADING}\n\n{ABOUT}\n{facts}\n\n{count}\n\n" + "\n".join([*lines, "", *how]) + "\n"


def renew(page: str, found: Found) -> str:
    """Put the section into a page of results: before that of `make soak`, which is the last."""
    before = without_section(page).partition(f"\n{HEADING}\n")[0]
    return before + as_section(found) + section_of(page)


def main() -> None:
    """Take new figures in, and write the page."""
    found = read(FIGURES)
    for name in sys.argv[1:]:
        found = joined(found, read(Path(name)))
    if found.results:
        FIGURES.write_text(as_json(found))
    RESULTS.write_text(renew(RESULTS.read_text(), found))


if __name__ == "__main__":
    main()
