"""Where the site's addresses lie when it is served below a path, such as `/noise`.

Inside, every address begins at the root: routes, templates, lessons. HTML gets the path when it is finished,
here; redirections and what comes in, at the edge (`app/web/edge/root_path.py`); scripts read it from the page
(`static/kit/site.js`).
"""

from __future__ import annotations

import re

ADDRESS = re.compile(
    r'(\s(?:action|formaction|href|poster|src|srcset|hx-(?:get|post|put|patch|delete))="(?=/(?!/))'
    r'|\scontent="(?=/static/))'
)
"""What comes before an address in HTML. The `value` of a field is none of them: somebody typed it."""

PAGE = "<html "


def under(root_path: str, address: str) -> str:
    """Put the path that the site is served below before one of its addresses; others stay as they are."""
    is_ours = address.startswith("/") and not address.startswith("//")
    return f"{root_path}{address}" if is_ours else address


def html_under(root_path: str, html: str) -> str:
    """Do so for every address in HTML, and tell a page's scripts the path.

    Args:
        root_path: as `/noise`; empty at the root, where nothing changes.
        html: a page or a fragment as our templates write it: attributes in double quotes, and those of text
            escaped.
    """
    if not root_path:
        return html
    html = html.replace(PAGE, f'{PAGE}data-root="{root_path}" ', 1)
    return ADDRESS.sub(rf"\g<1>{root_path}", html)
