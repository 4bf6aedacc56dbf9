"""Every page of the site, in every state that has classes of its own, and what each of them loads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import urljoin

from starlette.testclient import TestClient

from tests.web.styles.sheets import classes, needs, rules_of

LESSON = "/lessons/from-noise-to-picture"
SET_BY_SCRIPT = re.compile(
    r"className = \"([^\"]+)\"|classList\.\w+\(\"([^\"]+)\"|part\(\"\w+\", \"([^\"]+)\"", re.MULTILINE
)


class Names(HTMLParser):
    """Collects the classes (`.x`) and the elements of our own (`x-y`) of a page, and what it links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.found |= {f".{name}" for name in given.get("class", "").split()}
        self.found |= {tag} if "-" in tag else set()
        if tag == "link" and given.get("rel") == "stylesheet":
            self.styles.append(given["href"])
        if tag == "script" and "vendor" not in given.get("src", "vendor"):
            self.scripts.append(given["src"])


@dataclass(frozen=True)
class SitePage:
    """A page with the fragments that come into it later.

    Args:
        html: of the page, and of its fragments.
        files: the style sheets and scripts that it loads, by their names below `/static`.
    """

    html: tuple[str, ...]
    files: Mapping[str, str]

    @cached_property
    def in_html(self) -> frozenset[str]:
        """Classes and elements of our own."""
        return frozenset().union(*(Names(html).found for html in self.html))

    @cached_property
    def by_script(self) -> frozenset[str]:
        """Classes that its scripts set."""
        scripts = "\n".join(text for name, text in self.files.items() if name.endswith(".js"))
        found = ("".join(groups) for groups in SET_BY_SCRIPT.findall(scripts))
        return frozenset(f".{name}" for text in found for name in text.split())

    @cached_property
    def sheets(self) -> frozenset[str]:
        """The style sheets that it links."""
        return frozenset(name for name in self.files if name.endswith(".css"))

    @cached_property
    def styled(self) -> frozenset[str]:
        """Classes that stand in a selector which can match here."""
        there = self.in_html | self.by_script
        selectors = (
            selector
            for name in self.sheets
            for rule in rules_of(self.files[name])
            for selector in rule.selectors
        )
        return frozenset().union(*(classes(selector) for selector in selectors if needs(selector) <= there))


def read_page(client: TestClient, html: str, *fragments: str) -> SitePage:
    """Fetch what a page loads, imports of scripts included."""
    names = Names(html)
    left, files = [*names.styles, *names.scripts], {}
    while left:
        address = left.pop()
        name = address.partition("?")[0].removeprefix("/static/")
        if name not in files:
            files[name] = client.get(address).text
            imported = re.findall(r"^import .*?from \"(\.[^\"]+)\"", files[name], re.MULTILINE | re.DOTALL)
            left += [urljoin(address, other) for other in imported]
    return SitePage((html, *fragments), files)


def give_answer(client: TestClient, address: str, *, right: bool) -> str:
    """Answer the question of a page; what is right is found by trying.

    Returns:
        The page with the verdict.
    """
    for place in range(4):
        page = client.get(address).text
        options = re.findall(r'name="option" value="([^"]+)"', page)
        attempt = re.search(r'name="attempt" value="([^"]+)"', page)
        assert attempt and options
        answer = client.post(address, data={"option": options[place], "attempt": attempt[1]}).text
        if f'class="verdict {"right" if right else "wrong"}"' in answer:
            return answer
    raise AssertionError(f"no option of {address} is {'right' if right else 'wrong'}")
