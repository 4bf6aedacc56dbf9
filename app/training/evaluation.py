"""Measuring a shipped model: have pictures made, measure them, and bring the results together.

Pictures are kept on disk (`samples.py`) and results in a notebook, so that an evaluation that was
stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from torch import Tensor

from app.cards import CardFile
from app.diffusion.checkpoints import denoiser, load_network
from app.diffusion.denoiser import Denoiser
from app.errors import InvalidRequest
from app.training.agenda import FEW, MANY, Job, Options, agenda, headline
from app.training.data import Pictures
from app.training.judge import Judge, divide, look, obtain_judge
from app.training.measurements import Figures, Real, floor_likeness, likeness, look_at_real, originality
from app.training.notebook import Notebook
from app.training.recipes import RECIPES
from app.training.second_judge import fit_second_judge

METHOD = 1
"""Raise it when a measurement's meaning changes: notebooks of another method are not read."""

NEAREST = "nearest.png"


@dataclass(frozen=True)
class Progress:
    """How far an evaluation is: what it is doing; network calls made and to be made, over all pictures."""

    stage: str
    done: int
    total: int


OnProgress = Callable[[Progress], None]


def evaluate(
    file: CardFile, data: Path, work: Path, options: Options, on_progress: OnProgress
) -> dict[str, Any]:
    """Measure a model as it is shipped.

    Args:
        file: the model's card; the weights lie beside it.
        data: the data file of the model's recipe.
        work: folder for judge, pictures and results; what it already holds is taken up.
        options: what to measure.
        on_progress: told how far it is.

    Returns:
        All results, fit for JSON; `figures` holds those that have targets.

    Raises:
        InvalidRequest: no recipe of that name, too few real pictures, a setting of too many calls.
        CheckpointError: the weights are missing or not those of the card.
    """
    card = file.card
    headline(card, options)  # complains before anything is computed
    network = load_network(file, options.device)
    train, test = _read(card.name, data, options)
    learnt_from, apart = divide(train, options.judge)

    def on_step(step: int, steps: int) -> None:
        on_progress(Progress(f"training the judge, step {step} of {steps}", 0, 0))

    judge = obtain_judge(options.judge, learnt_from, test, work / "judge", options.device, on_step)
    on_progress(Progress("looking at real pictures", 0, 0))
    real = look_at_real(judge, train, test, apart, options.device)

    folder = work / card.name / card.sha256[:12]
    notebook = Notebook(folder / f"results-{_identity(data, options)}.json")
    top, classes, curve = agenda(card, options, apart.labels, folder)
    bench = _Bench(judge, real, notebook, denoiser(file, network), options, on_progress)
    bench.expect([top, classes, *curve])
    result: dict[str, Any] = {
        "model": card.name,
        "sha256": card.sha256,
        "seed": options.seed,
        "device": options.device.type,
        "judge": {
            "accuracy_on_test": real.test_opinion.accuracy(real.test.labels),
            "learnt_from": len(learnt_from),
            "held_out": len(apart),
        },
        "headline": bench.measure(top),
        "headline_floor": bench.floor(options.count),
        "classes": bench.measure(classes),
        "curve": [bench.measure(job) for job in curve],
        "curve_floor": bench.floor(options.curve_count),
        "nearest_sheet": str(top.samples.folder / NEAREST),
    }
    return {**result, "figures": figures_of(result)}


def figures_of(result: dict[str, Any]) -> Figures:
    """Work out the figures that have targets, from the results they rest on."""
    top, floor = result["headline"], result["headline_floor"]
    figures = {
        "frechet_ratio": top["frechet"] / floor["frechet"],
        "label_accuracy_ratio": top["label_accuracy"] / result["judge"]["accuracy_on_test"],
        "nearest_ratio": top["nearest_ratio"],
        "near_copies": top["near_copies"],
        "precision_ratio": top["precision"] / floor["precision"],
        "recall_ratio": top["recall"] / floor["recall"],
        "second_opinion": result["classes"]["class_asked_for"],
    }
    few, many = (
        [point["frechet"] for point in result["curve"] if point["steps"] == steps] for steps in (FEW, MANY)
    )
    if few and many:
        figures["few_steps_ratio"] = min(few) / min(many)
    return figures


class _Bench:
    """Where jobs are done: has their pictures made, measures them once, and tells how far it is."""

    def __init__(
        self,
        judge: Judge,
        real: Real,
        notebook: Notebook,
        model: Denoiser,
        options: Options,
        on_progress: OnProgress,
    ) -> None:
        self._judge = judge
        self._real = real
        self._notebook = notebook
        self._model = model
        self._options = options
        self._on_progress = on_progress
        self._measurements = {
            "likeness": self._likeness,
            "originality": self._originality,
            "second_opinion": self._second_opinion,
        }
        self._done = 0
        self._total = 0

    def expect(self, jobs: list[Job]) -> None:
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
            "count": len(samples.label),
        }
        for what in job.measurements:
            measurement = self._measurements[what]
            found |= self._notebook.once(_entry(what, job), partial(self._on_pictures, measurement, job))
        return found

    def _on_pictures(self, measurement: Callable[[Job, Tensor], Figures], job: Job) -> Figures:
        return measurement(job, self._pictures(job))

    def floor(self, count: int) -> Figures:
        """Compare as many real pictures with the test pictures."""
        return self._notebook.once(  # type: ignore[no-any-return]
            f"floor, {count} pictures", lambda: floor_likeness(self._real, count)
        )

    def _likeness(self, job: Job, pixels: Tensor) -> Figures:
        return likeness(look(self._judge, pixels, self._options.device), job.samples.label, self._real)

    def _originality(self, job: Job, pixels: Tensor) -> Figures:
        figures, sheet = originality(pixels, job.samples.label, self._real)
        (job.samples.folder / NEAREST).write_bytes(sheet)
        return figures

    def _second_opinion(self, job: Job, pixels: Tensor) -> Figures:
        second = fit_second_judge(self._real.train, self._real.test, required=self._options.second_required)
        return {
            "class_asked_for": second.accuracy(pixels, job.samples.label),
            "second_accuracy_on_test": second.accuracy_on_test,
        }

    def _pictures(self, job: Job) -> Tensor:
        samples = job.samples

        def on_calls(calls: int) -> None:
            self._done += calls
            self._on_progress(Progress(f"sampling {samples.setting}", self._done, self._total))

        pixels = samples.obtain(self._model, self._options.device, on_calls)
        self._on_progress(Progress(f"measuring {samples.setting}", self._done, self._total))
        return pixels


def _read(name: str, data: Path, options: Options) -> tuple[Pictures, Pictures]:
    if name not in RECIPES:
        raise InvalidRequest(f"no recipe named {name!r}; there are: {', '.join(RECIPES)}")
    train, test = (RECIPES[name].read(data, part) for part in ("train", "test"))
    real = min(len(test), options.judge.held_out)
    most = max(options.count, options.curve_count)
    if most > real:
        raise InvalidRequest(f"{most} pictures cannot be compared with {real} real ones", "count")
    return train, test


def _entry(what: str, job: Job) -> str:
    return f"{what}: {job.samples.folder.name}, {len(job.samples.label)} pictures"


def _identity(data: Path, options: Options) -> str:
    """Name everything that results depend on beside what their entries and the folder say."""
    basis = f"{METHOD} {options.judge} {options.second_required} {options.device.type}".encode()
    return hashlib.sha256(basis + hashlib.sha256(data.read_bytes()).digest()).hexdigest()[:12]
