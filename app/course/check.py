"""The course check: everything that can be wrong with a folder of lessons, found without a model.

Experiments need the engine; whoever has one runs them and compares with their claims.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.course.catalogue import Catalogue, read_course
from app.course.lint import find_problems, find_warnings
from app.course.problem import Problem

SNIPPET_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Report:
    """What a check found: `problems` must be mended, `warnings` should be looked at. One line each."""

    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def check_course(folder: Path, timeout_s: float = SNIPPET_TIMEOUT_S) -> Report:
    """Read every lesson and question, lint the questions, and run every snippet.

    Args:
        folder: of the lessons.
        timeout_s: how long one snippet may take.
    """
    catalogue, problems = read_course(folder)
    problems = [*problems, *find_problems(catalogue), *_snippet_problems(catalogue, timeout_s)]
    warnings = find_warnings(catalogue)
    return Report(tuple(map(str, problems)), tuple(map(str, warnings)))


def _snippet_problems(catalogue: Catalogue, timeout_s: float) -> list[Problem]:
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
            command, cwd=snippet.parent, capture_output=True, text=True, timeout=timeout_s, check=False
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
