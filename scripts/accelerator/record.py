"""What a stage found, in a file of its own, with the mark that it is done."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Record:
    """One stage's file, in the folder of the work under way; and where an earlier visit's may lie.

    Args:
        stage: its name.
        work: the folder of this machine.
        back: the folder of what earlier visits brought home.
    """

    stage: str
    work: Path
    back: Path

    @property
    def path(self) -> Path:
        """The file on this machine."""
        return self.work / f"{self.stage}.json"

    def read(self) -> dict[str, Any]:
        """Return what is known: of this machine, else of an earlier visit, else nothing."""
        for path in (self.path, self.back / self.path.name):
            if path.is_file():
                return dict(json.loads(path.read_text(encoding="utf-8")))
        return {}

    @property
    def is_done(self) -> bool:
        """The stage needs no further call."""
        return bool(self.read().get("done"))

    def add(self, **found: Any) -> dict[str, Any]:
        """Write down more, whole or not at all, and return all of it."""
        content = self.read() | found | {"at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())}
        self.work.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        partial.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.replace(self.path)
        return content
