"""The programs that stand beside a lesson's text: run, and their output compared with what the text shows."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

from app.cores import cores
from app.course.files import MOST_TEXT, Unreadable, list_files, read_text, with_line_feeds
from app.course.lesson import Lesson
from app.course.problem import Problem
from app.course.programs import runnable

SNIPPET_TIMEOUT_S = 120.0
POLL_S = 0.02
Fault = tuple[str, int | None]
SURROUNDINGS = {
    # Their arrays are small: on a busy machine, threads that wait for each other take several times as long.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # So that a program prints the same on every system; the second counts for more than the first.
    "PYTHONUTF8": "1",
    "PYTHONIOENCODING": "utf-8",
}


def snippet_problems(lessons: Iterable[Lesson], timeout_s: float = SNIPPET_TIMEOUT_S) -> list[Problem]:
    """Run every snippet of some lessons, and list those that fail or print something else than is shown.

    As many run at once as there are cores. An interrupt ends those that run, and begins no other.
    """
    snippets = [(lesson, one) for lesson in lessons for one in runnable(list_files(lesson.folder))]
    is_over = threading.Event()
    with ThreadPoolExecutor(cores()) as executor:
        runs = [executor.submit(run_snippet, snippet, timeout_s, is_over) for _, snippet in snippets]
        try:
            faults = [run.result() for run in runs]
        except BaseException:
            is_over.set()
            raise
    return [
        Problem(snippet.relative_to(lesson.folder.parent), *fault)
        for (lesson, snippet), fault in zip(snippets, faults, strict=True)
        if fault
    ]


def run_snippet(
    snippet: Path, timeout_s: float = SNIPPET_TIMEOUT_S, is_over: threading.Event | None = None
) -> Fault | None:
    """Run a snippet in its own folder and process, until `is_over` is set.

    Returns:
        What is wrong, and at which line of the snippet where that is known: it failed, took too long, printed
        too much, or something else than the `.out` file beside it says; None when all is well.
    """
    is_over = is_over or threading.Event()
    if is_over.is_set():
        return None
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(  # noqa: S603 (the course's own files, which its author asks us to run)
            [sys.executable, "-B", snippet.name],
            cwd=snippet.parent,
            env=os.environ | SURROUNDINGS,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            stopped = _wait(process, timeout_s, (out.fileno(), err.fileno()), is_over)
        finally:
            _end(process)
        printed, complaint = (_beginning(file.fileno()) for file in (out, err))
    if stopped:
        return stopped, None
    if process.returncode != 0:
        last = complaint.decode("utf-8", "replace").strip().split("\n")[-1][:200] or "no message"
        lines = re.findall(
            rf'File "[^"\n]*{re.escape(snippet.name)}", line (\d+)', complaint.decode("utf-8", "replace")
        )
        return f"failed with exit status {process.returncode}: {last}", int(lines[-1]) if lines else None
    what = _compared(printed, snippet)
    return (what, None) if what else None


def _wait(
    process: subprocess.Popen[bytes], timeout_s: float, files: tuple[int, int], is_over: threading.Event
) -> str | None:
    """Wait for the end of a program; say why it has to be ended, where it does not end by itself."""
    end = time.monotonic() + timeout_s
    while process.poll() is None:
        if is_over.is_set():
            return "was stopped"
        if time.monotonic() > end:
            return f"ran longer than {timeout_s:g} s"
        if any(os.fstat(file).st_size > MOST_TEXT for file in files):
            return f"prints more than {MOST_TEXT:,} bytes"
        time.sleep(POLL_S)
    return f"prints more than {MOST_TEXT:,} bytes" if os.fstat(files[0]).st_size > MOST_TEXT else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program, and those that it has started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _beginning(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    return os.read(file, MOST_TEXT)


def _compared(printed: bytes, snippet: Path) -> str | None:
    try:
        text = with_line_feeds(printed.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = printed[: error.start].count(b"\n") + 1
        return f"prints bytes that are not UTF-8, in line {line} of its output"
    expected = snippet.with_suffix(".out")
    try:
        told = read_text(expected, snippet.parent) if expected.is_file() else text
    except Unreadable:  # it is told of the file itself
        return None
    if text == told:
        return None
    number, (one, other) = next(
        (number, pair)
        for number, pair in enumerate(zip_longest(text.split("\n"), told.split("\n"), fillvalue=""), 1)
        if pair[0] != pair[1] or number > min(text.count("\n"), told.count("\n")) + 1
    )
    return (
        f"prints something else than {expected.name} says, from line {number} on: {one[:60]!r} and not "
        f"{other[:60]!r}; run it again and keep what it prints"
    )
