"""Settings of the web process and of `fromnoise serve`, from the environment; frozen once read."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated, Any, Self

import platformdirs
from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.validation import DEVICES

PACKAGE = Path(__file__).parent
ROOMS = {"labs": PACKAGE / "labs", "questions": PACKAGE / "questions"}
"""Folders whose templates, scripts and styles stand beside their Python, by the name in their addresses."""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # addresses to listen on, which are nobody's name


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

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(default=(), validate_default=True)
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

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def names_with_commas(cls, given: Any, info: ValidationInfo) -> tuple[str, ...]:
        """Read `one.example, two.example`; add loopback, for health checks, and the address listened on."""
        named = given.split(",") if isinstance(given, str) else given
        host = info.data.get("host", "")
        own = () if host in EVERYWHERE else (host,)
        names = (str(name).strip() for name in (*LOOPBACK, *own, *named))
        return tuple(dict.fromkeys(filter(None, names)))
