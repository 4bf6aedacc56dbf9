"""Settings of the web process and of `fromnoise serve`, from the environment; frozen once read."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

import platformdirs
from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.validation import DEVICES

PACKAGE = Path(__file__).parent
ROOMS = {"labs": PACKAGE / "labs", "questions": PACKAGE / "questions"}
"""Folders whose templates, scripts and styles stand beside their Python, by the name in their addresses."""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # addresses to listen on, which are nobody's name
DEFAULT_HOST = "127.0.0.1"

SEGMENT = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
"""A part of a path that every proxy passes on as it is."""

ORIGIN = re.compile(r"https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")

Names = Annotated[tuple[str, ...], NoDecode]
"""What is given with commas between."""

BETWEEN_URLS = re.compile(r",\s*(?=https?://|unix:)")
"""A path may have commas of its own."""

COUNTED = (
    "streams_per_learner",
    "anonymous_streams",
    "answers_per_minute",
    "anonymous_answers_per_minute",
    "files_per_minute",
    "anonymous_files_per_minute",
)
"""Limits that each web process counts by itself; the others are counted in the engine."""


def files_folder(name: str) -> Path:
    """Find `templates`, `static`, `lessons` or `models`, in a checkout as in an installed wheel."""
    # A wheel's own folder first: beside an installed package, other packages may have left one of that name.
    packaged = PACKAGE / "_files" / name
    return packaged if packaged.is_dir() else PACKAGE.parent / name


def data_folder() -> Path:
    """Return the folder of this user's records and caches; it may not exist yet."""
    return Path(platformdirs.user_data_dir("fromnoise", appauthor=False))


class Settings(BaseSettings):
    """Everything that can be set from outside; environment variables have the same names in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    fromnoise_host: str | None = None
    host: str = Field(default=DEFAULT_HOST, validate_default=True)
    port: int = Field(default=8000, ge=0, le=65535)
    allowed_hosts: Names = Field(default=(), validate_default=True)
    root_path: str = ""
    trusted_proxies: Names = ()
    embed_origins: Names = ()
    workers: int = Field(default=1, ge=1, le=64)
    database_url: str = Field(default_factory=lambda: f"sqlite:///{data_folder() / 'records.sqlite3'}")
    engine_url: str | None = None
    engine_token: str = ""
    device: str = Field(default="auto", pattern=DEVICES)
    eager: bool = False
    lessons: Path = Field(default_factory=lambda: files_folder("lessons"))
    models: Path = Field(default_factory=lambda: files_folder("models"))
    kept_days: int = Field(default=400, ge=0, le=36_500)
    reload: bool = False
    max_body_bytes: int = Field(default=64 * 1024, ge=1024)
    runs_per_minute: int = Field(default=60, ge=1)
    anonymous_runs_per_minute: int = Field(default=600, ge=1)
    newcomers_per_minute: int = Field(default=240, ge=1)
    streams_per_learner: int = Field(default=16, ge=1)
    anonymous_streams: int = Field(default=256, ge=1)
    answers_per_minute: int = Field(default=6_000, ge=1)
    anonymous_answers_per_minute: int = Field(default=12_000, ge=1)
    files_per_minute: int = Field(default=120, ge=1)
    anonymous_files_per_minute: int = Field(default=1_200, ge=1)

    def shared(self) -> Self:
        """Return the settings of one of several web processes: what each counts by itself is its share."""
        shares = {name: math.ceil(getattr(self, name) / self.workers) for name in COUNTED}
        return self.model_copy(update=shares)

    @property
    def engine_urls(self) -> list[str]:
        """Where the engines listen; none where there is none."""
        return BETWEEN_URLS.split(self.engine_url) if self.engine_url else []

    @property
    def engine_limits(self) -> dict[str, int]:
        """What the engine counts, by the names of its options."""
        names = ("runs_per_minute", "anonymous_runs_per_minute", "newcomers_per_minute")
        return {name.replace("_", "-"): getattr(self, name) for name in names}

    @model_validator(mode="before")
    @classmethod
    def blank_is_unset(cls, given: Any) -> Any:
        """Leave out what is blank, as a line `PORT=` in a file of settings leaves it."""
        if not isinstance(given, Mapping):
            return given
        return {name: value for name, value in given.items() if not is_blank(value)}

    @field_validator("host", mode="after")
    @classmethod
    def own_name_first(cls, host: str, info: ValidationInfo) -> str:
        """Take FROMNOISE_HOST; else HOST, if it is an address: conda and csh keep other things in it."""
        named = info.data.get("fromnoise_host")
        if named:
            return without_brackets(str(named))
        return without_brackets(host) if is_address(host) else DEFAULT_HOST

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def names_with_commas(cls, given: Any, info: ValidationInfo) -> tuple[str, ...]:
        """Read `one.example, two.example`; add loopback, for health checks, and the address listened on."""
        host = info.data.get("host", "")
        own = () if host in EVERYWHERE else (host,)
        return tuple(dict.fromkeys((*LOOPBACK, *filter(None, own), *listed(given))))

    @field_validator("root_path")
    @classmethod
    def as_prefix(cls, given: str) -> str:
        """Bring the path that the site is served below to the form `/noise`; the root itself is empty."""
        parts = given.strip().strip("/")
        if parts and not all(SEGMENT.fullmatch(part) for part in parts.split("/")):
            raise ValueError(
                f"must be a path of letters, digits and any of -._~ , as /noise; received {given!r}"
            )
        return f"/{parts}" if parts else ""

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def networks(cls, given: Any) -> tuple[str, ...]:
        """Read addresses and networks of proxies, as `10.0.0.5, 172.16.0.0/12`."""
        return tuple(str(network_of(name)) for name in listed(given))

    @field_validator("embed_origins", mode="before")
    @classmethod
    def origins(cls, given: Any) -> tuple[str, ...]:
        """Read the origins of sites whose pages may show this one, as `https://moodle.example.org`."""
        named = [name.lower().removesuffix("/") for name in listed(given)]
        for name in named:
            if not ORIGIN.fullmatch(name):
                raise ValueError(
                    "must be origins with commas between, each scheme and host without a path, as "
                    f"https://moodle.example.org; received {name!r}"
                )
        return tuple(dict.fromkeys(named))


def is_blank(value: object) -> bool:
    """Say whether a setting is empty text."""
    return isinstance(value, str) and not value.strip()


def listed(given: Any) -> list[str]:
    """Split text at its commas, and leave out what is blank."""
    named = given.split(",") if isinstance(given, str) else given
    return [str(name).strip() for name in named if str(name).strip()]


def is_address(host: str) -> bool:
    """Say whether a server can listen there whatever the network: an IP address, or `localhost`."""
    if host.strip().lower() == "localhost":
        return True
    try:
        ipaddress.ip_address(without_brackets(host))
    except ValueError:
        return False
    return True


def without_brackets(host: str) -> str:
    """Take an IPv6 address out of the brackets that it has in a URL."""
    host = host.strip()
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def network_of(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Read the address of one machine, or of a network.

    Raises:
        ValueError: it is neither.
    """
    try:
        return ipaddress.ip_network(name, strict=False)
    except ValueError:
        raise ValueError(
            "must be IP addresses or networks with commas between, as 127.0.0.1 or 10.0.0.0/8; "
            f"received {name!r}"
        ) from None


def ignored_host(environment: Mapping[str, str]) -> str | None:
    """Say in a line that HOST is not the address to listen on, where it is set to something else."""
    host = environment.get("HOST", "")
    if is_blank(host) or is_address(host) or not is_blank(environment.get("FROMNOISE_HOST", "")):
        return None
    return f"HOST is ignored, since {host!r} is no IP address; set FROMNOISE_HOST to listen elsewhere"
