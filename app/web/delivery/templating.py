"""Templates: what every one of them can rely on, and how a page is rendered from its typed context."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Protocol

from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.templating import Jinja2Templates

from app.web.delivery.addresses import html_under
from app.web.delivery.assets import Assets

QUOTED = re.compile("“([^”]*)”")  # see app/prompt_notes.py
ROMAN = {10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I"}


class Context(Protocol):
    """A frozen dataclass that names the template it is for."""

    template: ClassVar[str]


class Compiled(BytecodeCache):
    """Compiled templates of this process by their path; jinja2 compares the checksum of the source."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket where the template has been compiled before."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        self._code[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()
"""Shared by every application of the process: a template is compiled once, however many are made."""


def make_templates(
    folder: Path,
    assets: Assets,
    rooms: Mapping[str, Path] = MappingProxyType({}),
    root_path: str = "",
    *,
    is_embedded: bool = False,
) -> Jinja2Templates:
    """Set templates up: everything escaped, unknown names are errors, `asset(name)` gives an address.

    Args:
        folder: of the templates.
        assets: the static files that templates link to.
        rooms: further folders by the name that their templates begin with, such as `labs`.
        root_path: what the site is served below.
        is_embedded: pages of other sites may show ours.
    """
    environment = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(folder),
                PrefixLoader({name: FileSystemLoader(path) for name, path in rooms.items()}),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=COMPILED,
    )
    environment.globals["asset"] = assets.url
    environment.globals["root_path"] = root_path
    environment.globals["is_embedded"] = is_embedded
    environment.filters["isolated"] = isolated
    environment.filters["roman"] = roman
    environment.filters["thousands"] = "{:,}".format
    return Jinja2Templates(env=environment)


def roman(number: int) -> str:
    """Write the number of a unit, 1 to 39, in Roman numerals."""
    for value, sign in ROMAN.items():
        if number >= value:
            return sign + roman(number - value)
    return ""


def isolated(note: str) -> Markup:
    """Escape a note on prompts, and keep the direction of each word that it quotes to that word."""
    pieces = QUOTED.split(note)  # every second one was quoted
    return Markup("").join(
        Markup("“<bdi>{}</bdi>”").format(piece) if index % 2 else piece for index, piece in enumerate(pieces)
    )


def render(templates: Jinja2Templates, context: Context) -> str:
    """Render a page outside of any request: its context names its template."""
    return finished(templates, templates.env.get_template(context.template).render(vars(context)))


def render_fragment(templates: Jinja2Templates, context: Context, block: str) -> str:
    """Render one named block of a page's template."""
    template = templates.env.get_template(context.template)
    return finished(templates, "".join(template.blocks[block](template.new_context(vars(context)))))


def finished(templates: Jinja2Templates, html: str) -> str:
    """Let the addresses in rendered HTML lie below the path that the site is served below."""
    return html_under(str(templates.env.globals.get("root_path", "")), html)
