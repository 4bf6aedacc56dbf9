"""Results on disk: each is worked out once, and found again when an evaluation is taken up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Notebook:
    """A JSON file of named results.

    Args:
        path: where it is kept; unique to everything that its names do not say.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._results: dict[str, Any] = {}
        if path.is_file():
            self._results = json.loads(path.read_text(encoding="utf-8"))

    def __contains__(self, name: str) -> bool:
        return name in self._results

    def once(self, name: str, work_out: Callable[[], Any]) -> Any:
        """Return the result of this name, working it out and writing it down if it is new."""
        if name not in self._results:
            self._results[name] = work_out()
            partial = self._path.with_suffix(".partial")
            partial.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(self._results, indent=1, ensure_ascii=False), encoding="utf-8")
            partial.replace(self._path)
        return self._results[name]
