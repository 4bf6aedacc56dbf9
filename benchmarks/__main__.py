"""`make bench`: measures speed and size as ratios within one run, and writes `benchmarks/RESULTS.md`.

Every figure compares two things that were measured alternately on the same machine a moment apart, so that
it holds where absolute times would not. `python -m benchmarks --only S3 --quick` is for trying things out;
only a complete run writes the results.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from app.cards import find_cards, weights_fault
from app.cores import cores
from app.errors import FromNoiseError
from app.settings import Settings
from benchmarks.delivery import measure_delivery
from benchmarks.drawing import measure_drawing
from benchmarks.effort import FULL, QUICK, Effort
from benchmarks.first_frames import measure_first_frames
from benchmarks.gpu.section import FIGURES, as_section, read
from benchmarks.held import section_of
from benchmarks.hostile import measure_hostile
from benchmarks.machine import describe, load
from benchmarks.memory import measure_memory
from benchmarks.newcomers import measure_newcomers
from benchmarks.page_weight import measure_weight
from benchmarks.pages import measure_pages
from benchmarks.raw_loop import raw_rate
from benchmarks.result import Result
from benchmarks.runtimes import Runtimes, measure_runtimes, measure_share
from benchmarks.server import Server
from benchmarks.shared_run import measure_shared_run
from benchmarks.startup import measure_start
from benchmarks.table import as_markdown, as_text
from benchmarks.trainings import measure_trainings
from benchmarks.usual_way import measure_usual_way

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    """Measure what was asked for, print the table, and keep it if it is whole."""
    parser = argparse.ArgumentParser(prog="fromnoise bench")
    parser.add_argument("--only", nargs="+", default=[], metavar="S1", help="measure only these")
    parser.add_argument("--quick", action="store_true", help="few repeats: to see that it works")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where a complete run is written")
    arguments = parser.parse_args()
    wanted = {code.upper() for code in arguments.only}
    before = load()
    failed: list[str] = []
    results = measure(wanted, QUICK if arguments.quick else FULL, failed)
    print(as_text(results))
    if not wanted and not arguments.quick:
        held = section_of(arguments.out.read_text()) if arguments.out.exists() else ""
        page = as_markdown(results, describe(before), failed) + as_section(read(FIGURES)) + held
        arguments.out.write_text(page)
        print(f"written to {arguments.out}")
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


def measure(wanted: set[str], effort: Effort, failed: list[str]) -> list[Result]:
    """Measure the targets with these codes, or all of them, one after the other.

    Those whose measurement fails are added to `failed`; the others are measured all the same.

    S1 to S4 and S6 are measured of every model that has weights, the others of the first one.
    """
    files = [file for file in find_cards(Settings().models) if weights_fault(file) is None]
    if not files:
        raise FromNoiseError(f"there is no model with weights below {Settings().models} to measure")
    every = [Runtimes.load(file, cores()) for file in files]
    card = files[0].card
    results = _measure_each(
        wanted,
        failed,
        {
            ("S3",): lambda: [found for one in every for found in measure_runtimes(one, effort)],
            ("S4",): lambda: [found for one in every for found in measure_share(one, effort)],
            ("S11",): lambda: measure_start(card, effort),
        },
    )
    seeds = itertools.count(1)
    served = ("S1", "S2", "S5", "S6", "S7", "S10", "S12", "S13", "S14", "S15", "S16", "S17")
    if not wanted or wanted & set(served):
        with Server.started() as server:
            server.wait_for_runtime("onnxruntime")
            results += _measure_each(
                wanted,
                failed,
                {
                    ("S1", "S6"): lambda: [
                        found
                        for one in every
                        for found in measure_delivery(
                            server, one.file.card, partial(raw_rate, one), seeds, effort
                        )
                    ],
                    ("S2",): lambda: [
                        found for one in every for found in measure_usual_way(server, one, seeds, effort)
                    ],
                    ("S5",): lambda: measure_first_frames(server, card, seeds, effort),
                    ("S7",): lambda: measure_shared_run(server, card, seeds),
                    ("S10",): lambda: measure_pages(server, effort),
                    ("S12",): lambda: measure_weight(server),
                    ("S13",): lambda: measure_drawing(server, effort),
                    ("S14",): lambda: measure_memory(server, card, seeds),
                    ("S15",): lambda: measure_trainings(server, card, seeds, effort),
                    ("S16",): lambda: measure_newcomers(server, card, seeds, effort),
                    ("S17",): lambda: measure_hostile(server, card, seeds),
                },
            )
    return sorted(results, key=lambda result: result.order)


def _measure_each(
    wanted: set[str],
    failed: list[str],
    measurements: Mapping[tuple[str, ...], Callable[[], list[Result]]],
) -> list[Result]:
    results: list[Result] = []
    for codes, measurement in measurements.items():
        if not wanted or wanted & set(codes):
            print(f"measuring {' and '.join(codes)} ...", file=sys.stderr, flush=True)
            try:
                found = measurement()
            except Exception:
                traceback.print_exc()
                failed += codes
                continue
            for result in found:
                print(f"  {result.what}: {result.measured_text}", file=sys.stderr, flush=True)
            results += found
    return results


if __name__ == "__main__":
    main()
