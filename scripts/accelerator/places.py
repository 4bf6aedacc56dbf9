"""Where things lie on an accelerator machine: below one folder of the checkout, which git ignores.

`wheels` and `data` are brought there, `back` is what an earlier visit brought home; `site`, `work` and `out`
are made there. `ACCELERATOR_FOLDER` names another folder. Python's standard library alone.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("ACCELERATOR_FOLDER") or ROOT / "accelerator")
WHEELS, DATA, BACK = FOLDER / "wheels", FOLDER / "data", FOLDER / "back"
SITE, WORK = FOLDER / "site", FOLDER / "work"

MOST_FILES = 8
MOST_BYTES = 16 * 2**20
"""What a visit brings home: so many files, none larger."""


def out_folder() -> Path:
    """Return the folder whose contents are brought home: that of the variable OUT, where it is set."""
    return Path(os.environ.get("OUT") or FOLDER / "out")
