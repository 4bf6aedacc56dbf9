"""A training of a tiny denoiser on points of the plane, every setting decided. No torch."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError

from app.diffusion.seeds import MAX_SEED
from app.errors import InvalidRequest
from app.validation import describe, first_causes, shown

MAX_POINTS = 2_000
EDGE = 2.0
"""Points lie in the square from -EDGE to EDGE in both directions."""

DECIMALS = 3
"""Points are rounded to so many, so that the same drawing is the same training."""

FEWEST_UPDATES, MAX_UPDATES = 10, 6_000
DEFAULT_UPDATES = 3_000

TRAINING_ID = re.compile(r"t[0-9a-f]{23}")
"""No run is called so."""

LEVELS = 10
"""Noise levels at which a training is judged and a loop counts: t = 1/10, 2/10, … 1."""

FIELD_TIMES = (0.2, 0.5, 0.8)
"""Times at which a report has the guesses for a grid of places."""

Preset = Literal["ring", "two_moons", "letters"]
ScheduleName = Literal["flow", "cosine", "linear"]
Target = Literal["x0", "eps", "v"]
Loop = Literal["random", "cycled", "rising", "falling"]

PRESETS, SCHEDULE_NAMES = get_args(Preset), get_args(ScheduleName)
TARGETS, LOOPS = get_args(Target), get_args(Loop)

Point = tuple[float, float]


def _points(value: object) -> tuple[Point, ...]:
    """Take points that lie in the square; one check, so that a fault is one fault in words of ours."""
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list of points [x, y], got {shown(value)}")
    if len(value) > MAX_POINTS:
        raise ValueError(f"there may be at most {MAX_POINTS:,} points, got {len(value):,}")
    return tuple(_point(number, point) for number, point in enumerate(value, 1))


def _point(number: int, value: object) -> Point:
    if isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_inside, value)):
        return _rounded(value[0]), _rounded(value[1])
    what = f"two numbers between -{EDGE:g} and {EDGE:g}"
    raise ValueError(f"point {number} must be {what}, got {_as_text(value)}")


def _is_inside(coordinate: object) -> bool:
    # What is no number, or beyond every one, is nowhere.
    return (
        isinstance(coordinate, int | float) and not isinstance(coordinate, bool) and abs(coordinate) <= EDGE
    )


def _rounded(coordinate: float) -> float:
    return round(float(coordinate), DECIMALS) + 0.0  # -0.0 is 0.0


def _as_text(value: object) -> str:
    if isinstance(value, list | tuple) and len(value) <= 3:
        return f"[{', '.join(shown(part) for part in value)}]"
    return shown(value)


Points = Annotated[
    tuple[Point, ...],
    PlainValidator(
        _points, json_schema_input_type=list[Annotated[list[float], Field(min_length=2, max_length=2)]]
    ),
]


@dataclass(frozen=True)
class TrainingSpec:
    """What is trained on which points, and how.

    Attributes:
        preset: the name of points that are built in; None where they are drawn.
        points: drawn ones, in the square from -2 to 2; none with a preset.
        schedule: how signal and noise change over t.
        target: what the network is trained to give.
        level_told: whether it is given t.
        loop: the order of noise levels. `random` draws one for every example. The others have one for each
            update, as in the loop of the question: `rising` goes once from 1/10 to 1, `falling` once back,
            `cycled` through all ten again and again.
        updates: steps of the optimizer.
        seed: of the weights, and of all that is drawn.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    preset: Preset | None = None
    points: Points = ()
    schedule: ScheduleName = "flow"
    target: Target = "x0"
    level_told: bool = True
    loop: Loop = "random"
    updates: Annotated[int, Field(ge=FEWEST_UPDATES, le=MAX_UPDATES)] = DEFAULT_UPDATES
    seed: Annotated[int, Field(ge=0, lt=MAX_SEED)] = 0

    @property
    def training_id(self) -> str:
        """Name the training by all that decides it: equal names mean equal trainings."""
        content = json.dumps(asdict(self), sort_keys=True)
        return "t" + hashlib.sha256(content.encode()).hexdigest()[:23]


SPEC = TypeAdapter(TrainingSpec)


def read_training(body: bytes) -> TrainingSpec:
    """Read a specification from JSON.

    Raises:
        InvalidRequest: naming the first field that is wrong.
    """
    try:
        spec: TrainingSpec = SPEC.validate_json(body)
    except ValidationError as error:
        first = first_causes(error)[0]
        if first["type"] == "json_invalid":
            raise InvalidRequest("the body is not JSON") from error
        field = str(first["loc"][0]) if first["loc"] else None
        raise InvalidRequest(describe(first), field) from error
    if spec.preset is None and not spec.points:
        raise InvalidRequest("there are no points: draw at least one, or name a preset", "points")
    if spec.preset is not None and spec.points:
        raise InvalidRequest("give either points or a preset, not both", "points")
    return spec
