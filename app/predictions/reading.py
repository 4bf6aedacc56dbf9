"""A prediction whose runs are known, and what a learner may predict. `app/labs/predictions.py` reads them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass

from app.cards import SURE, Card
from app.controls.request import RunRequest
from app.controls.table import CONTROLS
from app.course.lesson import Lesson
from app.course.prediction import Kind, Prediction
from app.engine.run import RunSpec
from app.errors import InvalidRequest, NotFound
from app.numbers import as_written, decimal_number
from app.predictions.measures import Beside, RunMeasure

CLOSE = 0.1
"""How far off a step may be and still be close, as a share of the run's steps; a lesson may say otherwise."""

LARGEST = 1e9
"""The largest number that can be predicted."""


@dataclass(frozen=True)
class ReadPrediction:
    """A prediction whose runs are known.

    Args:
        prediction: as the lesson has it.
        lesson: the lesson.
        card: of the model.
        measure: what is measured.
        own: the lab's own run.
        request: the run that is predicted, as anybody would ask for it.
        spec: the same, as the engine takes it.
        beside: the run that it is compared with; None for nothing.
        fixed: settings that the lab locks or hides.
    """

    prediction: Prediction
    lesson: Lesson
    card: Card
    measure: RunMeasure
    own: RunRequest
    request: RunRequest
    spec: RunSpec
    beside: RunSpec | None
    fixed: Collection[str] = ()

    @property
    def run_id(self) -> str:
        """The id that the run has on every engine with these weights."""
        return self.spec.run_id(self.card.sha256)

    @property
    def within(self) -> float:
        """How far off a number or a step may be and still be close."""
        given = self.prediction.within
        return CLOSE * self.spec.steps if given is None else given

    @property
    def version(self) -> str:
        """A mark of what decides the outcome and of what may be said: with another, one may predict anew."""
        prediction = self.prediction
        specs = [None if spec is None else asdict(spec) for spec in (self.spec, self.beside)]
        choices = [(choice.low, choice.high, choice.text) for choice in prediction.choices]
        judge = self.card.judge.sha256 if self.measure.needs_judge and self.card.judge else ""
        content = [specs, self.card.sha256, judge, SURE, prediction.kind, prediction.measure, choices]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def settings_beside(self) -> dict[str, str]:
        """The settings of the lab's own run where they differ, if the outcome is a comparison with that."""
        if self.measure.beside is not Beside.LAB:
            return {}
        return {name: text for name, text in self._texts(self.own).items() if self.settings[name] != text}

    @property
    def settings(self) -> dict[str, str]:
        """The settings of the run as texts, as a link to the lab's state has them; fixed ones left out."""
        return self._texts(self.request)

    def _texts(self, request: RunRequest) -> dict[str, str]:
        values = request.model_dump(exclude={"model"})
        return {
            control.name: control.write(values[control.name])
            for control in CONTROLS.values()
            if control.is_of(self.card) and control.name not in self.fixed
        }


class Predictions:
    """The predictions of a course, by their ids.

    Args:
        all_: those that can be made.
    """

    def __init__(self, all_: Mapping[str, ReadPrediction]) -> None:
        self._all = dict(all_)

    def find(self, prediction_id: str) -> ReadPrediction:
        """Find one.

        Raises:
            NotFound: there is none, or its model is not on this server.
        """
        if prediction_id not in self._all:
            raise NotFound(f"there is no prediction {prediction_id[:80]!r}")
        return self._all[prediction_id]

    def of(self, lesson: Lesson) -> tuple[ReadPrediction, ...]:
        """List those of a lesson, in the order of its text."""
        return tuple(one for one in self._all.values() if one.lesson is lesson)


def given_value(read: ReadPrediction, given: object) -> str | int | float:
    """Read what a learner predicts: the id of a choice, a number, or a step of the run.

    Raises:
        InvalidRequest: it is none of those allowed.
    """
    prediction = read.prediction
    if prediction.kind is Kind.CHOICE:
        ids = [choice.id for choice in prediction.choices]
        if given not in ids:
            raise InvalidRequest(
                f"prediction must be one of {', '.join(ids)}; got {given!r:.60}", "prediction"
            )
        return str(given)
    number = _number(given)
    if prediction.kind is Kind.NUMBER:
        return number
    if not number.is_integer() or not 0 <= number <= read.spec.steps:
        what = f"prediction must be a step, a whole number from 0 to {read.spec.steps}"
        raise InvalidRequest(f"{what}; got {given!r:.60}", "prediction")
    return int(number)


def _number(given: object) -> float:
    number = math.nan
    if isinstance(given, str):
        written = decimal_number(given)
        number = math.nan if written is None else written
    elif isinstance(given, int | float) and not isinstance(given, bool):
        with suppress(OverflowError):
            number = float(given)
    if abs(number) <= LARGEST:
        return number
    hint = as_written(given) if isinstance(given, str) else ""
    raise InvalidRequest(f"prediction must be a number, as 12 or 0.5; got {given!r:.60}{hint}", "prediction")
