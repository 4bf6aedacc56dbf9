"""What the routes of runs, models and trainings answer, for the document of the API."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Path, Query
from pydantic import Field

from app.controls.table import CONTROLS
from app.validation import VIEWER
from app.web.edge.api_document import Answer, Responses, events, file

RUN_EXAMPLE = "4c1f0e9b7a2d5e8f3b6c9a01"
TRAINING_EXAMPLE = "t4c1f0e9b7a2d5e8f3b6c9a0"

RunId = Annotated[str, Path(description="The `id` of a run.", examples=[RUN_EXAMPLE])]
TrainingId = Annotated[str, Path(description="The `id` of a training.", examples=[TRAINING_EXAMPLE])]

ViewerName = Annotated[
    str,
    Query(
        pattern=VIEWER,
        description="What a page calls one of its viewings, to withdraw it; the empty name is one too.",
        examples=["k3f9x0a1b2c4"],
    ),
]
ReplacedRun = Annotated[
    str | None,
    Query(
        max_length=64, description="The id of the run that this one stands in for.", examples=[RUN_EXAMPLE]
    ),
]
LastEventId = Annotated[
    str | None,
    Header(max_length=16, description="The number of the last event that arrived.", examples=["7"]),
]
TicketHeader = Annotated[
    str | None,
    Header(
        alias="X-Ticket",
        description="A ticket from `GET /api/ticket`: who has no cookie is a learner of its own by it.",
        examples=["1790000000.7hQ2c0p9YxkD3mWb.5f0c"],
    ),
]


class Run(Answer):
    """A run that was taken."""

    id: str = Field(examples=[RUN_EXAMPLE])
    model: str
    shape: tuple[int, int, int] = Field(description="Channels, height and width of a picture.")
    steps: int
    count: int = Field(description="Pictures of the run.")
    frames: str = Field(description="Where its frames are streamed.")


class StepRow(Answer):
    """The numbers of one network call: what each of these is multiplied by to give the next picture."""

    x_t: float
    x0_hat: float
    x0_hat_previous: float = Field(description="Of the call before.")
    noise: float
    start: float = Field(description="Of the picture that the step began with, in a second call.")


class PixelsAround(Answer):
    """The values around the pixel, as [row][column][channel], as far as the picture goes."""

    top: int = Field(description="The row of the first ones.")
    left: int = Field(description="Their column.")
    x_t: list[list[list[float]]]
    x0_hat: list[list[list[float]]]
    x_next: list[list[list[float]]]


class StepCall(Answer):
    """One network call of a step at one pixel; values have a number a channel."""

    t: float = Field(description="Where the picture is when the network sees it.")
    row: StepRow
    x_t: list[float]
    x0_hat: list[float] = Field(description="As it was used: after guidance and clipping.")
    x0_hat_previous: list[float]
    noise: list[float] = Field(description="Drawn again from the picture's own generator.")
    start: list[float]
    x_next: list[float] = Field(description="The sum of the row's terms.")
    logged: list[float] = Field(description="What the run has there, in half precision.")
    rounding: list[float] = Field(description="By how much the two may differ by rounding alone.")
    agrees: bool = Field(description="They differ by no more than that.")
    around: PixelsAround


class StepNumbers(Answer):
    """One step of a run, worked out again at one pixel."""

    step: int
    steps: int = Field(description="Of the whole run.")
    sampler: str
    function: str = Field(description="The function of this program that gave the rows.")
    t: float
    t_next: float
    signal_scale: float
    noise_scale: float
    signal_scale_next: float
    noise_scale_next: float
    calls: list[StepCall] = Field(description="Two for a step of Heun's, but for the last one.")


class PromptRead(Answer):
    """What a model read of a prompt."""

    words: list[str] = Field(description="The words that it knows, as they were written.")
    unknown: list[str] = Field(description="Those that it does not know.")
    unread: int = Field(description="How many words come after those that it reads.")
    contradictions: list[list[str]] = Field(description="Words that cannot both hold.")
    competing: list[list[str]] = Field(description="Words that ask for the same place.")


class PromptRun(Run):
    """A run of a model of prompts, with how it read them."""

    prompt: PromptRead | None = Field(default=None, description="Left out where none was given.")
    negative_prompt: PromptRead | None = Field(default=None, description="Left out where none was given.")
    attention: list[str] = Field(description="The words that the maps of the frames belong to.")
    notes: list[str] = Field(description="What a person should know of it, in sentences.")


class Sampler(Answer):
    """A sampler that a model can be run with."""

    name: str
    title: str
    summary: str
    calls_per_step: int
    uses_eta: bool


class PromptRules(Answer):
    """What a client must know to read prompts as the model does."""

    words: dict[str, list[list[str]]] = Field(description="By kind: each word with those that mean the same.")
    max_words: int


class Model(Answer):
    """A model, and how it stands with the engine."""

    name: str
    title: str
    shape: tuple[int, int, int] = Field(description="Channels, height and width of a picture.")
    classes: list[str] = Field(description="Empty for a model of prompts.")
    prompt: PromptRules | None = Field(description="Null for a model of classes.")
    samplers: list[Sampler]
    grids: list[str]
    defaults: dict[str, Any] = Field(description="Of every setting of a run.")
    limits: dict[str, int | float] = Field(description="The largest values, alone and together.")
    licence: str
    data: str
    data_licence: str
    device: str | None = Field(description="Null while the engine is away.")
    ready: bool
    fault: str | None = Field(description="Why it cannot be run, where it never will.")
    rate: float | None = Field(description="Rows of the network a second.")
    runtime: str | None = Field(description="What runs the network.")


class Ticket(Answer):
    """A ticket for `X-Ticket`."""

    ticket: str | None = Field(description="Null for who has a cookie.")
    lasts_s: int


class UpdatesRange(Answer):
    """How many updates a training may have."""

    least: int
    usual: int
    most: int


class TrainingLimits(Answer):
    """What a training may be."""

    points: int = Field(description="The most points.")
    edge: float = Field(description="Points lie between -edge and edge.")
    updates: UpdatesRange


class Trainings(Answer):
    """What can be trained, and how fast."""

    presets: list[str]
    targets: list[str]
    schedules: list[str]
    loops: list[str]
    limits: TrainingLimits
    update_seconds: float | None = Field(description="Of one update; null while the engine is away.")
    report_seconds: float | None = Field(description="Of one report; null while the engine is away.")


class Training(Answer):
    """A training that was taken."""

    id: str = Field(examples=[TRAINING_EXAMPLE])
    updates: int
    events: str = Field(description="Where its reports are streamed.")


MEANWHILE = "Meanwhile `waiting` (`ahead`), `engine` (`answers`) and `note` (`text`) may come."
LAST = "`failed` (`reason`), or `leaving` (`retry_ms`) where the server stops: then ask again."
OTHER_EVENTS = ("waiting", "engine", "note", "done", "failed", "leaving")

FRAMES = events(
    "A `frame` a step: JSON of `step`, `t`, `signal_scale`, `noise_scale`, `alpha_bar`, `snr_db` and the "
    "panes `x_t`, `x0_hat`, `eps_hat`, each base64 of `uint8[count, height, width, channels]`; with "
    f"attention also `attention` and `attention_peaks`. {MEANWHILE} The last event is `done` "
    f"(`steps`, `calls`, `seconds`), {LAST}",
    "frame",
    *OTHER_EVENTS,
)
REPORTS = events(
    "A `progress` a report: JSON of `update`, `updates`, `losses`, `validation`, `prints`, and of `samples`, "
    "`trajectories` and `field`, base64 of little-endian float16, two a point; the first has more beside. "
    f"{MEANWHILE} The last event is `done` (`updates`, `seconds`), {LAST}",
    "progress",
    *OTHER_EVENTS,
)
PNG = file("image/png", "The picture, scaled up; its settings stand in its texts.")
GIF = file("image/gif", "The animation; its settings stand in its comment.")

FORM = {
    "type": "object",
    "required": ["model"],
    "properties": {"model": {"type": "string", "description": "The name of a model."}}
    | {
        name: {"type": "string", "description": control.description, "default": ""}
        for name, control in CONTROLS.items()
    },
    "example": {"model": "digits", "label": "7", "steps": "20"},
}
"""The player's form: every setting as text; an empty one is left to the model."""

FORM_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": FORM} for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
        },
    }
}
REDIRECT: Responses = {
    303: {
        "description": "The run was taken; its page is at `Location`.",
        "headers": {"Location": {"description": "The run's page.", "schema": {"type": "string"}}},
    }
}
