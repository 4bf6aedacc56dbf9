"""The programs that stand beside a lesson's text: run, and their output compared with what the text shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from app.course.catalogue import Catalogue
from app.course.problem import Problem

SNIPPET_TIMEOUT_S = 120.0
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Their arrays are small: on a busy machine, threads that wait for each other take several times as long."""


def snippet_problems(catalogue: Catalogue, timeout_s: float = SNIPPET_TIMEOUT_S) -> list[Problem]:
    """Run every snippet of a course, and list those that fail or print something else than is shown."""
    problems = []
    for lesson in catalogue.lessons:
        for snippet in sorted(lesson.folder.glob("snippets/*.py")):
            what = run_snippet(snippet, timeout_s)
            if what:
                problems.append(Problem(snippet.relative_to(lesson.folder.parent), what))
    return problems


def run_snippet(snippet: Path, timeout_s: float = SNIPPET_TIMEOUT_S) -> str | None:
    """Run a snippet in its own folder and process.

    Returns:
        What is wrong: it failed, took too long, or printed something else than the `.out` file beside
        it says; None when all is well.
    """
    command = [sys.executable, "-B", snippet.name]
    try:
        done = subprocess.run(  # noqa: S603 (the course's own files, which its author asks us to run)
            command,
            cwd=snippet.parent,
            env=os.environ | ONE_THREAD,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"ran longer than {timeout_s:g} s"
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return f"failed with exit status {done.returncode}: {last}"
    expected = snippet.with_suffix(".out")
    if expected.is_file() and done.stdout != expected.read_text(encoding="utf-8"):
        return f"prints something else than {expected.name} says; run it again and keep what it prints"
    return None
