"""What can be measured of a run that a learner predicts, by name. Each is taken by code, of the run itself.

The judge is a small network that ships with the model (`app/diffusion/judge.py`): it is told the noise level
and says how probable it holds each class, or each value of an attribute, from the noisy picture alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from app.cards import SURE, Card
from app.course.comparing import GREY_LEVELS, compare
from app.course.experiments import MANY_STEPS, Measure
from app.course.prediction import Kind
from app.engine.run import RunSpec
from app.predictions.evidence import Evidence, asked_values

Value = float | None
"""A measured value; None where there is none, such as a step that never comes."""


class Beside(StrEnum):
    """The run that a measure compares the predicted one with."""

    NOTHING = "nothing"
    LAB = "the lab's own settings"
    MANY_STEPS = "the same run in 50 steps"
    NEXT_SEED = "the same run with the seed one higher"


@dataclass(frozen=True)
class RunMeasure:
    """One measure.

    Args:
        meaning: exactly what is measured, for those who write lessons.
        take: measures a run, and the one beside it where there is one.
        words: says a value to a learner, in a sentence.
        kinds: of the predictions that it fits.
        beside: what it compares the run with.
        needs_judge: it looks at the run through the model's judge.
        faults: what of a run keeps it from being measured.
        decimals: to which a value is told.
        most: the largest value that can be measured of a run; the least is 0.
    """

    meaning: str
    take: Callable[[Evidence, Evidence | None], Value]
    words: Callable[[Value, RunSpec], str]
    kinds: Collection[Kind] = (Kind.CHOICE, Kind.NUMBER)
    beside: Beside = Beside.NOTHING
    needs_judge: bool = False
    faults: Callable[[RunSpec, Card], Iterator[str]] = lambda spec, card: iter(())
    decimals: int = 0
    most: Callable[[RunSpec, Card], float] = lambda spec, card: math.inf


def known_step(run: Evidence, _: Evidence | None = None) -> Value:
    """Return the first step from which on the judge is sure of the first picture, to the end; None if never.

    Sure of what was asked for, of every aspect of it; where nothing was asked for, of what the finished
    picture shows.
    """
    assert run.judged is not None
    wanted = asked_values(run.spec, run.card) or _last_seen(run)
    sure = np.ones(run.spec.steps + 1, dtype=bool)
    for aspect, places in wanted.items():
        sure &= run.judged.probabilities[aspect][:, 0, sorted(places)].sum(axis=1) >= SURE
    unsure = np.flatnonzero(~sure)
    first = 0 if len(unsure) == 0 else int(unsure[-1]) + 1
    return float(first) if first <= run.spec.steps else None


def pictures_right(run: Evidence, _: Evidence | None = None) -> Value:
    """Count the finished pictures in which the judge sees all that was asked for."""
    right = np.ones(run.spec.count, dtype=bool)
    for aspect, places in asked_values(run.spec, run.card).items():
        right &= np.isin(_shown(run, aspect), sorted(places))
    return float(right.sum())


def attributes_changed(run: Evidence, other: Evidence | None) -> Value:
    """Count the attributes in which the judge sees another value in the first picture of the two runs."""
    assert other is not None and run.judged is not None
    return float(
        sum(bool(_shown(run, aspect)[0] != _shown(other, aspect)[0]) for aspect in run.judged.aspects)
    )


def _compared(measure: Measure) -> Callable[[Evidence, Evidence | None], Value]:
    def take(run: Evidence, other: Evidence | None) -> Value:
        assert other is not None
        first, second = (one.pictures.astype(np.float32) / GREY_LEVELS - 1.0 for one in (run, other))
        return compare(measure, first, second)

    return take


def _shown(run: Evidence, aspect: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the value that the judge sees in each finished picture."""
    assert run.judged is not None
    seen: np.ndarray[tuple[int], np.dtype[np.int64]] = run.judged.probabilities[aspect][-1].argmax(axis=-1)
    return seen


def _last_seen(run: Evidence) -> dict[str, frozenset[int]]:
    assert run.judged is not None
    return {aspect: frozenset({int(_shown(run, aspect)[0])}) for aspect in run.judged.aspects}


def _asks_for_nothing(spec: RunSpec, card: Card) -> Iterator[str]:
    if not asked_values(spec, card):
        yield "the run asks for nothing that the judge can look for: give the lab a class, or a prompt"


def _is_single(spec: RunSpec, card: Card) -> Iterator[str]:
    if spec.count < 2:
        yield f"a spread needs a count of 2 or more, and the run has {spec.count}"


def _step_in_words(value: Value, spec: RunSpec) -> str:
    if value is None:
        return "The judge, a small network that looks at the noisy picture alone, is never sure in this run."
    return (
        "The judge, a small network that looks at the noisy picture alone, is sure "
        f"({SURE:.0%} and more) from step {value:.0f} of {spec.steps} on."
    )


def _count_in_words(value: Value, spec: RunSpec) -> str:
    return f"In {value:.0f} of {spec.count} pictures the judge, a small network, sees all that was asked for."


def _changed_in_words(value: Value, spec: RunSpec) -> str:
    attributes = "attribute" if value == 1.0 else "attributes"
    return (
        f"The judge, a small network that compares the two pictures, sees {value:.0f} {attributes} changed."
    )


def _spread_in_words(value: Value, spec: RunSpec) -> str:
    one = "1 step" if spec.steps == 1 else f"{spec.steps} steps"
    return (
        f"After {one} the dots vary from picture to picture {value:.2f} times as much as after "
        f"{MANY_STEPS} steps."
    )


def _difference_in_words(value: Value, spec: RunSpec) -> str:
    return f"With another seed a dot differs by {value:.0f} of 255 grey levels on average."


RUN_MEASURES: Mapping[str, RunMeasure] = {
    "known_step": RunMeasure(
        f"The first step from which on, to the end, the model's judge gives at least {SURE:.0%} to what the "
        "run asks for, looking at the noisy picture (the first one, where there are several); of a run that "
        "asks for nothing, to what its finished picture shows.",
        known_step,
        _step_in_words,
        kinds=tuple(Kind),
        needs_judge=True,
        most=lambda spec, _: spec.steps,
    ),
    "pictures_right": RunMeasure(
        "How many of the run's finished pictures show all that was asked for, by the model's judge.",
        pictures_right,
        _count_in_words,
        needs_judge=True,
        most=lambda spec, _: spec.count,
        faults=_asks_for_nothing,
    ),
    "attributes_changed": RunMeasure(
        "In how many attributes the first picture differs from that of the lab's own settings, by the "
        "model's judge; `:with:` says what is changed.",
        attributes_changed,
        _changed_in_words,
        beside=Beside.LAB,
        needs_judge=True,
        most=lambda _, card: len(card.judge.aspects) if card.judge else math.inf,
    ),
    "spread_against_50_steps": RunMeasure(
        Measure.SPREAD_AGAINST_50_STEPS.meaning,
        _compared(Measure.SPREAD_AGAINST_50_STEPS),
        _spread_in_words,
        beside=Beside.MANY_STEPS,
        faults=_is_single,
        decimals=2,
    ),
    "change_with_next_seed": RunMeasure(
        Measure.CHANGE_WITH_NEXT_SEED.meaning,
        _compared(Measure.CHANGE_WITH_NEXT_SEED),
        _difference_in_words,
        beside=Beside.NEXT_SEED,
        most=lambda *_: 255,
    ),
}
"""Every measure, by its name."""


def spec_beside(measure: RunMeasure, spec: RunSpec, lab: RunSpec) -> RunSpec | None:
    """Return the run that a measure compares with; None for nothing.

    Args:
        measure: the measure.
        spec: the predicted run.
        lab: the run of the lab's own settings.
    """
    return {
        Beside.NOTHING: None,
        Beside.LAB: lab,
        Beside.MANY_STEPS: replace(spec, steps=MANY_STEPS),
        Beside.NEXT_SEED: replace(spec, seed=spec.seed + 1),
    }[measure.beside]
