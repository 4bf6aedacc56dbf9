"""The scripts that a page loads: those that it names, and all that they import."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

IMPORT = re.compile(r'^(?:import|export) [^"\';]*?from "(\.[^"]+)"', re.MULTILINE | re.DOTALL)


def with_imports(get: Callable[[str], Any], scripts: set[str]) -> set[str]:
    """Follow the imports of a page's scripts, as a browser does.

    Args:
        get: fetches an address; what it returns has a `text`.
        scripts: the addresses that the page names.
    """
    found: set[str] = set()
    left = list(scripts)
    while left:
        address = left.pop()
        if address in found:
            continue
        found.add(address)
        left += [urljoin(address.split("?")[0], name) for name in IMPORT.findall(get(address).text)]
    return found
