"""What an experiment behind a question is, and what may be claimed of its outcome. Described, not run.

Whoever runs one (the engine's side) takes these descriptions; nothing here computes.

The kinds:
- `predict_once`: `x = picture + noise * eps`, with the picture's pixels in [-1, 1] (of one channel 1 is ink,
  so black in the file) and `eps` standard normal from `seed`; the model is called once, at the time whose
  sigma is `noise` (so a variance-preserving model is given `signal_scale * x`), and its `x0_hat` is shown
  beside `x`.
- `run`: a run of the player with these settings. "Show me" draws it, and beside it whatever its claims
  compare it with.

`MEANINGS` says what each measure is that a claim may rest on.

A claim holds when the measure is below `below` and above `above`, whichever are given.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.cards import Card
from app.controls.request import PictureSettings, RunRequest, about, read_request
from app.controls.table import MAX_COUNT, MAX_IMAGE_STEPS
from app.course.token_checks import picture_name


class Measure(StrEnum):
    """What is measured; `MEANINGS` has the exact meaning of each."""

    ERROR_LEFT = "error_left"
    SPREAD_AGAINST_50_STEPS = "spread_against_50_steps"
    CHANGE_WHEN_REPEATED = "change_when_repeated"
    CHANGE_WITH_NEXT_SEED = "change_with_next_seed"

    @property
    def meaning(self) -> str:
        """What is measured, in pixels between -1 and 1 unless it says grey levels; rms is over all pixels."""
        return MEANINGS[self]


MANY_STEPS = 50


class Claim(BaseModel):
    """What comes out if the question's key is right, within bounds that its author chose; at least one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    measure: Annotated[Measure, Field(strict=False)] = Field(description="What is measured.")
    below: float | None = Field(default=None, description="The measured value must be below this.")
    above: float | None = Field(default=None, description="The measured value must be above this.")

    @model_validator(mode="after")
    def _bounded(self) -> Claim:
        if self.below is None and self.above is None:
            raise ValueError("a claim needs a bound: below = …, above = …, or both")
        if self.below is not None and self.above is not None and self.below <= self.above:
            raise ValueError(f"no value is above {self.above:g} and below {self.below:g}")
        return self

    def holds(self, measured: float) -> bool:
        """Say whether a measured value bears the claim out."""
        low = self.above is None or measured > self.above
        return low and (self.below is None or measured < self.below)


class PredictOnce(BaseModel):
    """One call of the model on a noised picture; `picture` is a grey PNG in the lesson's folder."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    kind: Literal["predict_once"] = Field(description="The kind of experiment.")
    model: str = Field(description="The name of a model.")
    picture: Annotated[str, AfterValidator(picture_name)] = Field(
        description="The name of a PNG in the lesson's folder, of the model's size; "
        "for a model of one channel dark ink on white."
    )
    noise: float = Field(gt=0, le=100, description="The standard deviation of the noise that is added.")
    seed: Annotated[int, about("seed")] = 0
    label: str | None = Field(default=None, description="The class that the model is given, if any.")
    claims: Annotated[tuple[Claim, ...], Field(strict=False)] = Field(
        default=(), description="What the check must find, as `[[question.experiment.claims]]` tables."
    )


class PlayerRun(PictureSettings):
    """A run of the player; what is left open takes the model's defaults."""

    kind: Literal["run"] = Field(description="The kind of experiment.")
    claims: Annotated[tuple[Claim, ...], Field(strict=False)] = Field(
        default=(), description="What the check must find, as `[[question.experiment.claims]]` tables."
    )

    @model_validator(mode="after")
    def _comparable(self) -> PlayerRun:
        spreads = any(claim.measure is Measure.SPREAD_AGAINST_50_STEPS for claim in self.claims)
        if spreads and self.count < 2:
            raise ValueError(f"{Measure.SPREAD_AGAINST_50_STEPS} needs a count of 2 or more")
        return self

    def compared_with(self, measure: Measure) -> PlayerRun:
        """Return the run that a measure compares this one with."""
        changes: dict[str, int] = {}
        if measure is Measure.SPREAD_AGAINST_50_STEPS:
            changes = {"steps": MANY_STEPS}
        elif measure is Measure.CHANGE_WITH_NEXT_SEED:
            changes = {"seed": self.seed + 1}
        return self.model_copy(update=changes)

    def shown_beside(self, measure: Measure, card: Card) -> PlayerRun:
        """Return the run that "Show me" draws for a measure.

        A request made twice is answered with the run that is kept, which would compare a picture with
        itself. With one picture more, or one less where no more are allowed, it is drawn anew; and as each
        picture has noise of its own, those that both runs have must come out alike.

        Args:
            measure: of a claim.
            card: of the model; it gives the steps that the run leaves open.
        """
        other = self.compared_with(measure)
        if measure is not Measure.CHANGE_WHEN_REPEATED:
            return other
        steps = card.defaults.steps if self.steps is None else self.steps
        more = self.count + 1
        is_allowed = more <= MAX_COUNT and more * steps <= MAX_IMAGE_STEPS
        return other.model_copy(update={"count": more if is_allowed else self.count - 1})

    def request(self) -> RunRequest:
        """Return the run as anybody else would ask for it.

        Raises:
            InvalidRequest: a setting that `compared_with` has changed cannot be.
        """
        return read_request(self.model_dump(include=set(PictureSettings.model_fields), exclude_none=True))


Experiment = Annotated[PredictOnce | PlayerRun, Field(discriminator="kind")]

MEANINGS = {
    Measure.ERROR_LEFT: "rms(x0_hat - picture) / rms(x - picture): 0 is a perfect guess, 1 is as far off "
    "as the noisy picture was.",
    Measure.SPREAD_AGAINST_50_STEPS: "The standard deviation over the run's pictures, averaged over "
    "pixels, divided by that of the same run with 50 steps. Near 0: all pictures look alike.",
    Measure.CHANGE_WHEN_REPEATED: "The largest difference of any pixel, in grey levels from 0 to 255, "
    "when the same run is computed twice.",
    Measure.CHANGE_WITH_NEXT_SEED: "The average difference of a pixel, in grey levels, from the same run "
    "with the seed one higher; of several pictures, that of the one which changed least.",
}

MEASURES_OF = {
    "predict_once": {Measure.ERROR_LEFT},
    "run": {
        Measure.SPREAD_AGAINST_50_STEPS,
        Measure.CHANGE_WHEN_REPEATED,
        Measure.CHANGE_WITH_NEXT_SEED,
    },
}
"""Which measures make sense for which kind."""
