"""Every page of the site, in every state that has classes of its own, and what each of them loads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser

from starlette.testclient import TestClient

from app.questions.choice.schema import ChoiceQuestion
from app.web.edge.services import Services
from tests.web.page_scripts import with_imports
from tests.web.styles.sheets import classes, needs, rules_of

LESSON = "/lessons/from-noise-to-picture"
SET_BY_SCRIPT = r"className = \"([^\"]+)\"|classList\.\w+\(\"([^\"]+)\""
MAKES_ELEMENTS = r"function (\w+)\([^)]*\bclassName\b"
"""Functions of a script that are given the class of what they make."""


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
        makers = "|".join(re.findall(MAKES_ELEMENTS, scripts)) or "(?!)"
        found = re.findall(rf"{SET_BY_SCRIPT}|\b(?:{makers})\([^\")]*\"([^\"]+)\"", scripts)
        return frozenset(f".{name}" for groups in found for name in "".join(groups).split())

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
    addresses = {*names.styles, *with_imports(client.get, set(names.scripts))}
    files = {
        address.partition("?")[0].removeprefix("/static/"): client.get(address).text for address in addresses
    }
    return SitePage((html, *fragments), files)


def give_answer(client: TestClient, address: str, verdict: str, again: int = 0) -> str:
    """Answer the question at an address so that it is `right` or `wrong`.

    `again` says how often its solution was shown before.

    Returns:
        The page with the verdict.
    """
    services: Services = client.app.state.services  # type: ignore[attr-defined]
    question = services.catalogue.question(address.partition("q=")[2])
    assert isinstance(question, ChoiceQuestion)
    chosen = next(option.id for option in question.options if option.right is (verdict == "right"))
    attempt = re.search(r'name="attempt" value="([^"]+)"', client.get(f"{address}&again={again}").text)
    assert attempt
    answer = client.post(address, data={"option": chosen, "attempt": attempt[1]}).text
    assert f'class="verdict {verdict}"' in answer
    return answer
