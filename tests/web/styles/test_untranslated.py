"""Code, formulas and the words of a vocabulary stay as they are when a browser translates a page."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.web.styles.site_pages import SitePage

pytestmark = pytest.mark.slow  # every page of the site is made

FIXED = re.compile(r"<(?:code|kbd|samp|var|math)\b[^>]*>|<[^>]*\bdata-word=[^>]*>")


def test_code_formulas_and_known_words_are_not_translated(pages: Mapping[str, SitePage]) -> None:
    tags = {(name, tag) for name, page in pages.items() for html in page.html for tag in FIXED.findall(html)}
    kinds = {re.split(r"[ >]", tag)[0] for _, tag in tags}
    assert {"<code", "<kbd", "<math", "<span"} <= kinds
    assert sorted((name, tag) for name, tag in tags if 'translate="no"' not in tag) == []
