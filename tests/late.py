"""A name that is imported when it is first called, so that collecting tests does not pay for its module."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """A function or class that is looked up when it is called; as a type it is for readers alone."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call what the name stands for."""
        return getattr(import_module(self.module), self.name)(*args, **kwargs)
