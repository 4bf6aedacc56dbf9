"""A run as the engine takes it: every setting decided, in the plainest form that gives these pictures.

`reading.py` makes a `RunSpec` of a request, and `spec_check.py` checks one that came from
elsewhere. No torch.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from app.controls.request import MAX_NAME_LENGTH, about
from app.diffusion.plan import rows_needed


class RunStatus(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class RunSpec:
    """A run with nothing left open; settings without effect have their neutral value.

    `label` is a class index or None. The prompts hold the names of the known words, so that synonyms make
    the same run, and are empty for models of classes and without a condition.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    model: Annotated[str, Field(max_length=MAX_NAME_LENGTH)]
    seed: Annotated[int, about("seed")]
    label: Annotated[int | None, Field(ge=0)]
    count: Annotated[int, about("count")]
    sampler: Annotated[str, about("sampler")]
    steps: Annotated[int, about("steps")]
    guidance: Annotated[float, about("guidance")]
    eta: Annotated[float, about("eta")]
    grid: Annotated[str, about("grid")]
    prompt: str = ""
    negative_prompt: str = ""
    attention: bool = False

    @property
    def rows_per_picture(self) -> int:
        """Network rows that a picture costs a call: 2 where guidance needs two different estimates."""
        is_conditioned = self.label is not None or self.prompt != self.negative_prompt
        return rows_needed(self.guidance, is_conditioned)

    def run_id(self, weights_sha256: str) -> str:
        """Name the run by all that decides its pictures: equal names mean equal pictures."""
        content = json.dumps([asdict(self), weights_sha256], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:24]
