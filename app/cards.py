"""A model's card: what it is, how it was made, how good it measured. Text with a TOML head; no torch.

The web process lists models from their cards alone; the engine needs the weights beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app import front_matter
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import GRIDS, SCHEDULES, check_steps
from app.errors import CheckpointError, InvalidRequest
from app.prompts import Vocabulary
from app.ranges import MAX_ETA, MAX_GUIDANCE, MAX_NAME_LENGTH, MAX_STEPS
from app.validation import describe, first_causes

CARD = "card.md"
WEIGHTS = "model.safetensors"
JUDGE = "judge.safetensors"


def _one_of(names: Mapping[str, object]) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"must be one of {', '.join(names)}; received {name!r}")
        return name

    return AfterValidator(check)


class Defaults(BaseModel):
    """Settings of a run that a request leaves open; together they make a run, as those of a request do."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    sampler: Annotated[str, _one_of(SAMPLERS)]
    steps: int = Field(ge=1, le=MAX_STEPS)
    guidance: float = Field(ge=0, le=MAX_GUIDANCE)
    eta: float = Field(default=0.0, ge=0, le=MAX_ETA)
    grid: Annotated[str, _one_of(GRIDS)] = "uniform"

    @model_validator(mode="after")
    def _has_enough_steps(self) -> Self:
        try:
            check_steps(self.grid, self.steps)
        except InvalidRequest as error:
            raise ValueError(str(error)) from error
        return self


Side = Annotated[int, Field(ge=1)]
Values = Annotated[tuple[str, ...], Field(min_length=2)]


SURE = 0.9
"""The probability from which a judge counts as sure: on the card, and where predictions are graded."""


class JudgeHead(BaseModel):
    """What a card says of the judge beside the model: `app.diffusion.judge` is its network.

    `sha256` is that of its weights file. `network` holds the fields of `JudgeConfig` that the shape and the
    aspects do not give. `aspects` names what it tells of a picture, with the values of each in index order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(min_length=64, max_length=64)
    network: dict[str, Any]
    aspects: dict[str, Values] = Field(min_length=1)
    measured: dict[str, Any] = {}


class Card(BaseModel):
    """The head of a card.

    `shape` is channels, height, width of a picture. A model has either `classes`, which names its
    conditions in index order, or `words`, the kinds and entries of the vocabulary it reads prompts with.
    `t_max` is the largest time that it was trained at; some signal is left there. `network` holds the fields
    of `UNetConfig` that the shape and the conditions do not give, `text` those of `TextConfig`. `clip` keeps
    every x0_hat within [-1, 1]. `sha256` is that of the weights file; empty while no weights have been made.
    `judge` is None for a model that has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=MAX_NAME_LENGTH)
    title: str
    shape: tuple[Literal[1, 3], Side, Side]
    classes: tuple[str, ...] = ()
    schedule: Annotated[str, _one_of(SCHEDULES)]
    prediction: str
    t_max: float = Field(gt=0, lt=1)
    clip: bool
    licence: str
    data: str
    data_licence: str
    sha256: str
    network: dict[str, Any]
    text: dict[str, Any] = {}
    words: dict[str, tuple[str, ...]] = {}
    defaults: Defaults
    measured: dict[str, Any] = {}
    judge: JudgeHead | None = None

    @model_validator(mode="after")
    def _has_one_kind_of_condition(self) -> Self:
        if bool(self.classes) == bool(self.words):
            raise ValueError("a model has either classes or words")
        if self.words:
            Vocabulary(self.words)  # complains of what cannot be read by it
        return self

    @property
    def has_weights(self) -> bool:
        """Weights have been made; whether they are there and whole, `weights_fault` says."""
        return bool(self.sha256)

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """What prompts are read with; None for a model of classes."""
        return Vocabulary(self.words) if self.words else None


@dataclass(frozen=True)
class CardFile:
    """A card, the text below its head, and the folder it lies in."""

    card: Card
    body: str
    folder: Path

    @property
    def weights(self) -> Path:
        """Where the weights should be."""
        return self.folder / WEIGHTS

    @property
    def judge(self) -> Path:
        """Where the judge's weights should be, if there is a judge."""
        return self.folder / JUDGE


def read_card(folder: Path) -> CardFile:
    """Read `folder/card.md`.

    Raises:
        CheckpointError: the card is missing or its head is not valid; the text says what and where.
    """
    path = folder / CARD
    try:
        head, body, _ = front_matter.split(path.read_text(encoding="utf-8"))
        return CardFile(Card.model_validate(head), body, folder)
    except OSError as error:
        raise CheckpointError(f"no card at {path}: {error.strerror}") from error
    except ValidationError as error:
        faults = "; ".join(map(describe, first_causes(error)))
        raise CheckpointError(f"{path}: {faults}") from error
    except ValueError as error:
        raise CheckpointError(f"{path}: {error}") from error


def find_cards(folder: Path) -> list[CardFile]:
    """Read every card below `folder`, in order of name.

    Raises:
        CheckpointError: cards that cannot be read, one a line.
    """
    files, faults = [], []
    for path in sorted(folder.glob(f"*/{CARD}")):
        try:
            files.append(read_card(path.parent))
        except CheckpointError as error:
            faults.append(str(error))
    if faults:
        raise CheckpointError("\n".join(faults))
    return files


def find_card(folder: Path, name: str) -> CardFile:
    """Read the card of one model below `folder`; InvalidRequest when there is no such model."""
    return named(name, find_cards(folder))


def named(name: str, files: Iterable[CardFile]) -> CardFile:
    """Choose a card by its model's name.

    Raises:
        InvalidRequest: there is none of that name; the text says which there are.
    """
    by_name = {file.card.name: file for file in files}
    if name not in by_name:
        raise unknown_model(name, by_name)
    return by_name[name]


def unknown_model(name: str, known: Iterable[str]) -> InvalidRequest:
    """Make the error for a model that there is not; the text says which there are."""
    return InvalidRequest(f"unknown model {name!r}; allowed: {', '.join(known) or 'none'}", "model")


def weights_fault(file: CardFile) -> str | None:
    """Say what is wrong with the weights of a card, or None when they are the ones it describes."""
    if not file.card.has_weights:
        return f"the weights of {file.card.name} are still to be made; its card says how"
    return _file_fault("weights", file.card.name, file.weights, file.card.sha256)


def judge_fault(file: CardFile) -> str | None:
    """Say what is wrong with a model's judge, or None when it is the one of the card, or there is none."""
    if file.card.judge is None:
        return None
    return _file_fault("judge's weights", file.card.name, file.judge, file.card.judge.sha256)


def _file_fault(what: str, name: str, path: Path, sha256: str) -> str | None:
    if not path.is_file():
        return f"the {what} are missing: no file {path.name} in models/{name}"
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return f"the {what} of {name} cannot be read: {error.strerror}"
    if found != sha256:
        return (
            f"the {what} of {name} are not the ones its card describes: "
            f"sha256 {found[:12]}… instead of {sha256[:12]}…"
        )
    return None
