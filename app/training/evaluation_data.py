"""What an evaluation compares with: real pictures in their several parts, and what a model is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch

from app.errors import InvalidRequest
from app.training.aspects import Asked, Aspects, Known
from app.training.data import Pictures
from app.training.judge import JudgeRecipe, divide
from app.training.landscapes.prompts import Prompts


@dataclass(frozen=True)
class EvaluationData:
    """Everything real in an evaluation.

    Args:
        aspects: what there is to tell of a picture.
        lessons: pictures that the judge learns from.
        exam: pictures that tell whether it is fit to judge.
        train: pictures of the model's training, among which nearest neighbours are looked for.
        test: pictures that generated ones are compared with.
        floor: pictures that show how near real ones come to them.
        asked: what generated pictures are asked to show, so as to show what those of the floor do.
        prompts: sets of prompts that a prompted model is to obey, by name.
        counting: pictures that teach a second judge to count things, and those that examine it.
    """

    aspects: Aspects
    lessons: Known
    exam: Known
    train: Known
    test: Known
    floor: Known
    asked: Asked
    prompts: Mapping[str, Prompts] = field(default_factory=dict)
    counting: tuple[Known, Known] | None = None

    def identity(self) -> bytes:
        """Name the data by its pixels, what they show and what is asked for."""
        sets = (self.lessons, self.exam, self.train, self.test, self.floor, *(self.counting or ()))
        asked = (self.asked, *(prompts.asked for prompts in self.prompts.values()))
        digest = hashlib.sha256()
        for tensor in [
            *(tensor for known in sets for tensor in (known.pixels, known.shown)),
            *(tensor for some in asked for tensor in (some.condition, some.shown)),
            *(prompts.drawn for prompts in self.prompts.values()),
        ]:
            digest.update(tensor.numpy().tobytes())
        return digest.digest()


def check_data(name: str, reads_data: bool, data: Path | None) -> None:
    """Check that a data set is given where one is read, and only there.

    Raises:
        InvalidRequest: it is missing or in vain.
    """
    if reads_data and data is None:
        raise InvalidRequest(f"{name} learns from a data set: say where it is with --data PATH", "data")
    if not reads_data and data is not None:
        raise InvalidRequest(
            f"{name} learns from pictures that are drawn for it and reads no data set, got --data {data}: "
            "leave it out",
            "data",
        )


def with_mirrored(known: Known) -> Known:
    """Return pictures and, behind them, the same left for right."""
    return Known(torch.cat([known.pixels, known.pixels.flip(-1)]), known.shown.repeat(2, 1))


def data_set(
    read: Callable[[Path, str], Pictures],
    data: Path,
    classes: tuple[str, ...],
    recipe: JudgeRecipe,
    mirrored: bool = False,
) -> EvaluationData:
    """Take the data from a data set: the judge learns from a part of the training pictures.

    Args:
        read: reads the "train" or "test" part.
        data: the data set's file or folder.
        classes: names of the classes.
        recipe: of the judge; says how many training pictures are kept from it, for the floor.
        mirrored: whether the model was shown training pictures left for right as well, so that copies are
            looked for among those too.

    Raises:
        InvalidRequest: the data set is missing, not what is read, or has too few pictures.
    """
    parts = (read(data, name) for name in ("train", "test"))
    train, test = (Known(part.pixels, part.labels[:, None]) for part in parts)
    lessons, floor = divide(train, recipe)
    return EvaluationData(
        aspects={"class": len(classes)},
        lessons=lessons,
        exam=test,
        train=with_mirrored(train) if mirrored else train,
        test=test,
        floor=floor,
        asked=Asked(floor.shown[:, 0], floor.shown),
    )
