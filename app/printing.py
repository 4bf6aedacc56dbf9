"""Standard output and error of our processes, under whatever code page they were started."""

from __future__ import annotations

import io
import sys


def print_anything() -> None:
    """Have letters that a code page lacks written as escapes, where they would otherwise end the process.

    `PYTHONIOENCODING=cp1252` has no `→`, and a console without UTF-8 no `×`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
