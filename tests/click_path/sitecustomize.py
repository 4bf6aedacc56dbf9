"""Notes which functions of the program execute, in every Python process that finds this on its path.

Python imports a module of this name at its start. It notes nothing until the file `begin` appears in the
folder TRACE_FOLDER, and writes `PID.json` (a list of files below `app/`) there when `end` appears.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

FOLDER = Path(os.environ.get("TRACE_FOLDER", ""))
PACKAGE = os.environ.get("TRACE_PACKAGE", "")
BESIDE_THE_CLICK = {"export", "announce", "supervisor", "prober", "parent", "trace"}
"""Threads that do other things at the same time."""

seen: set[str] = set()
is_on = False


def note(frame: FrameType, event: str, _: Any) -> None:
    """Note the file of a function that is called."""
    if is_on and event == "call":
        code = frame.f_code
        is_ours = code.co_filename.startswith(PACKAGE) and code.co_name != "<module>"
        if is_ours and threading.current_thread().name not in BESIDE_THE_CLICK:
            seen.add(code.co_filename)


def follow() -> None:
    """Begin and end when the files say so."""
    global is_on  # noqa: PLW0603
    while not (FOLDER / "end").exists():
        is_on = (FOLDER / "begin").exists()
        time.sleep(0.02)
    is_on = False
    (FOLDER / f"{os.getpid()}.json").write_text(json.dumps(sorted(seen)))


if PACKAGE:
    sys.setprofile(note)
    threading.setprofile(note)
    threading.Thread(target=follow, daemon=True, name="trace").start()
