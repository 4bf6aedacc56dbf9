"""Where an evaluation's jobs are done: pictures are made, measured once, and progress is told.

Pictures are kept on disk (`samples.py`) and results in a notebook, so that an evaluation that was
stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from app import pictures
from app.diffusion.denoiser import Denoiser
from app.training.agenda import Job, Options
from app.training.aspects import Known
from app.training.data import Pictures
from app.training.judge import Judge, look
from app.training.landscapes.counting import doubled
from app.training.landscapes.obedience import obedience
from app.training.landscapes.prompts import SHEET
from app.training.measurements import Figures, Real, floor_likeness, likeness, originality
from app.training.notebook import Notebook
from app.training.second_judge import fit_second_judge

SHEET_FILE = "sheet.png"


@dataclass(frozen=True)
class EvaluationProgress:
    """How far an evaluation is: what it is doing; network calls made and to be made, over all pictures."""

    stage: str
    done: int
    total: int


OnProgress = Callable[[EvaluationProgress], None]


class Bench:
    """Does jobs with one model, one judge and one notebook.

    Args:
        judge: looks at pictures.
        counter: counts the things in pictures of prompts.
        real: what to compare with.
        notebook: of the results.
        model: what is measured.
        options: what to measure.
        on_progress: told how far it is.
    """

    def __init__(
        self,
        judge: Judge,
        counter: Judge | None,
        real: Real,
        notebook: Notebook,
        model: Denoiser,
        options: Options,
        on_progress: OnProgress,
    ) -> None:
        self._judge = judge
        self._counter = counter
        self._real = real
        self._notebook = notebook
        self._model = model
        self._options = options
        self._on_progress = on_progress
        self._measurements = {
            "likeness": self._likeness,
            "originality": self._originality,
            "second_opinion": self._second_opinion,
            "obedience": self._obedience,
            "sheet": self._sheet,
        }
        self._done = 0
        self._total = 0

    def expect(self, jobs: Iterable[Job]) -> None:
        """Count the network calls to be made; pictures that several jobs share count once."""
        largest: dict[Path, int] = {}
        for job in jobs:
            if any(_entry(what, job) not in self._notebook for what in job.measurements):
                place = job.samples.folder
                largest[place] = max(largest.get(place, 0), job.samples.missing_calls())
        self._total = sum(largest.values())

    def measure(self, job: Job) -> dict[str, Any]:
        """Describe a job's pictures and add what was measured on them."""
        samples = job.samples
        found: dict[str, Any] = {
            **asdict(samples.setting),
            "calls": samples.setting.calls,
            "count": len(job.asked),
        }
        for what in job.measurements:
            measurement = self._measurements[what]
            found |= self._notebook.once(_entry(what, job), partial(self._on_pictures, measurement, job))
        return found

    def floor(self, count: int) -> Figures:
        """Compare as many real pictures with the test pictures."""
        return self._notebook.once(  # type: ignore[no-any-return]
            f"floor, {count} pictures", lambda: floor_likeness(self._real, count)
        )

    def _on_pictures(self, measurement: Callable[[Job, Tensor], dict[str, Any]], job: Job) -> dict[str, Any]:
        return measurement(job, self._pictures(job))

    def _likeness(self, job: Job, pixels: Tensor) -> dict[str, Any]:
        opinion = look(self._judge, pixels, self._options.device)
        return {**likeness(opinion, job.asked.shown, self._real)}

    def _originality(self, job: Job, pixels: Tensor) -> dict[str, Any]:
        figures, sheet = originality(pixels, job.asked.shown, self._real)
        nearest_sheet(job).write_bytes(sheet)
        return {**figures}

    def _second_opinion(self, job: Job, pixels: Tensor) -> dict[str, Any]:
        train, test = _by_class(self._real.train), _by_class(self._real.test)
        second = fit_second_judge(train, test, required=self._options.second_required)
        return {
            "class_asked_for": second.accuracy(pixels, job.asked.shown[:, 0]),
            "second_accuracy_on_test": second.accuracy_on_test,
        }

    def _obedience(self, job: Job, pixels: Tensor) -> dict[str, Any]:
        assert job.prompts is not None
        painted, drawn = (
            look(self._judge, part, self._options.device) for part in (pixels, job.prompts.drawn)
        )
        found = obedience(painted, drawn, job.prompts)
        if self._counter:
            seen, real = (
                look(self._counter, part, self._options.device).shown for part in (pixels, job.prompts.drawn)
            )
            found |= doubled(seen, real, job.prompts)
        return found

    def _sheet(self, job: Job, pixels: Tensor) -> dict[str, Any]:
        """Draw the sheet: a row for each prompt."""
        rows = pictures.on_paper(np.asarray(pixels.permute(0, 2, 3, 1)))
        sheet = pictures.contact_sheet(rows, columns=len(rows) // len(SHEET))
        (job.samples.folder / SHEET_FILE).write_bytes(pictures.png(sheet, scale=3, most=None))
        return {"prompts": list(SHEET), "path": str(job.samples.folder / SHEET_FILE)}

    def _pictures(self, job: Job) -> Tensor:
        samples = job.samples

        def on_calls(calls: int) -> None:
            self._done += calls
            self._on_progress(EvaluationProgress(f"sampling {samples.setting}", self._done, self._total))

        pixels = samples.obtain(self._model, self._options.device, on_calls)
        self._on_progress(EvaluationProgress(f"measuring {samples.setting}", self._done, self._total))
        return pixels


def nearest_sheet(job: Job) -> Path:
    """Say where the pictures of a job and their nearest training pictures are drawn side by side."""
    return job.samples.folder / f"nearest-{len(job.asked)}.png"


def _by_class(known: Known) -> Pictures:
    """Return pictures with the one aspect that they have."""
    return Pictures(known.pixels, known.shown[:, 0])


def _entry(what: str, job: Job) -> str:
    return f"{what}: {job.samples.folder.name}, {len(job.asked)} pictures"
