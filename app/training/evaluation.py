"""Measuring a shipped model: bring data, judge and jobs together, and work out the figures that count.

What is sampled is on the agenda, and done on the bench.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any

from app.cards import Card, CardFile
from app.diffusion.checkpoints import denoiser, load_network
from app.errors import InvalidRequest
from app.training.agenda import FEW, MANY, Options, agenda, headline
from app.training.aspects import Known
from app.training.bench import Bench, EvaluationProgress, OnProgress, nearest_sheet
from app.training.evaluation_data import EvaluationData, check_data, data_set
from app.training.judge import Judge, obtain_judge
from app.training.landscapes.counting import COUNTED
from app.training.landscapes.evaluation_drawings import drawn_evaluation_data
from app.training.measurements import Figures, look_at_real
from app.training.notebook import Notebook
from app.training.recipes import RECIPES

METHOD = 2
"""Raise it when the meaning of a measurement or the way of sampling changes: what was kept is not read."""


def evaluate(
    file: CardFile, data: Path | None, work: Path, options: Options, on_progress: OnProgress
) -> dict[str, Any]:
    """Measure a model as it is shipped.

    Args:
        file: the model's card; the weights lie beside it.
        data: the data set of the model's recipe; None for a model that learns from drawings.
        work: folder for drawings, judge, pictures and results; what it already holds is taken up.
        options: what to measure.
        on_progress: told how far it is.

    Returns:
        All results, fit for JSON; `figures` holds those that have targets.

    Raises:
        InvalidRequest: no recipe of that name, too few real pictures, a setting of too many calls, a data
            set that is missing or in vain.
        CheckpointError: the weights are missing or not those of the card.
    """
    card = file.card
    headline(card, options)  # complains before anything is computed
    network = load_network(file, options.device)
    evaluation_data = _evaluation_data(card, data, work, options, on_progress)
    judge, marks = _judge(evaluation_data, work, options, on_progress)
    counter, counter_marks = _counter(evaluation_data, work, options, on_progress)
    floor = Known(
        evaluation_data.floor.pixels, evaluation_data.asked.shown
    )  # told of it what is told of generated ones
    real = look_at_real(judge, evaluation_data.train, evaluation_data.test, floor, options.device)

    folder = work / card.name / _name(card)
    notebook = Notebook(folder / f"results-{_identity(evaluation_data, options)}.json")
    jobs = agenda(card, options, evaluation_data.asked, evaluation_data.prompts, folder)
    bench = Bench(judge, counter, real, notebook, denoiser(file, network), options, on_progress)
    bench.expect(jobs.jobs)
    result: dict[str, Any] = {
        "model": card.name,
        "sha256": card.sha256,
        "seed": options.seed,
        "device": options.device.type,
        "judge": {
            "accuracy_on_test": fmean(marks.values()),
            "marks": marks,
            **counter_marks,
            "learnt_from": len(evaluation_data.lessons),
            "held_out": len(evaluation_data.floor),
        },
        "headline": bench.measure(jobs.headline),
        "headline_floor": bench.floor(options.count),
        **{name: bench.measure(job) for name, job in jobs.defaults.items()},
        "curve": [bench.measure(job) for job in jobs.curve],
        "curve_floor": bench.floor(options.curve_count),
        "nearest_sheet": str(nearest_sheet(jobs.headline)),
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
    }
    if "classes" in result:
        figures["second_opinion"] = result["classes"]["class_asked_for"]
    for name in ("seen", "held_out"):
        if name in result:
            figures[f"{name}_prompts_ratio"] = result[name]["ratio"]
    few, many = (
        {point["sampler"]: point["frechet"] for point in result["curve"] if point["steps"] == steps}
        for steps in (FEW, MANY)
    )
    both = few.keys() & many.keys()
    if both:
        figures["few_steps_ratio"] = min(few[name] for name in both) / min(many[name] for name in both)
    return figures


def _evaluation_data(
    card: Card, data: Path | None, work: Path, options: Options, on_progress: OnProgress
) -> EvaluationData:
    """Read or draw the real pictures, as many as are to be compared with."""
    if card.name not in RECIPES:
        raise InvalidRequest(f"no recipe named {card.name!r}; there are: {', '.join(RECIPES)}")
    recipe = RECIPES[card.name]
    check_data(card.name, recipe.read is not None, data)
    if recipe.read is None or data is None:
        return drawn_evaluation_data(
            recipe, options, work / "drawings", lambda stage: on_progress(EvaluationProgress(stage, 0, 0))
        )
    evaluation_data = data_set(recipe.read, data, recipe.classes, options.judge, recipe.mirror)
    real = min(len(evaluation_data.test), len(evaluation_data.floor))
    most = max(options.count, options.curve_count)
    if most > real:
        raise InvalidRequest(f"{most} pictures cannot be compared with {real} real ones", "count")
    return evaluation_data


def _judge(
    evaluation_data: EvaluationData, work: Path, options: Options, on_progress: OnProgress
) -> tuple[Judge, dict[str, float]]:
    """Obtain the judge and its marks."""
    told = _told("the judge", on_progress)
    found = obtain_judge(
        options.judge,
        evaluation_data.aspects,
        evaluation_data.lessons,
        evaluation_data.exam,
        work / "judge",
        options.device,
        told,
    )
    on_progress(EvaluationProgress("looking at real pictures", 0, 0))
    return found


def _counter(
    evaluation_data: EvaluationData, work: Path, options: Options, on_progress: OnProgress
) -> tuple[Judge | None, dict[str, float]]:
    """Obtain the judge that counts, where there is something to count, and how often it is right."""
    if evaluation_data.counting is None:
        return None, {}
    lessons, exam = evaluation_data.counting
    told = _told("the judge that counts", on_progress)
    counter, marks = obtain_judge(options.judge, COUNTED, lessons, exam, work / "judge", options.device, told)
    return counter, {"counts_right": fmean(marks.values())}


def _told(who: str, on_progress: OnProgress) -> Callable[[int, int], None]:
    return lambda step, steps: on_progress(
        EvaluationProgress(f"training {who}, step {step} of {steps}", 0, 0)
    )


def _name(card: Card) -> str:
    """Name a model by its weights and by all else that its pictures depend on."""
    basis = f"{METHOD} {card.schedule} {card.prediction} {card.t_max} {card.clip}".encode()
    return f"{card.sha256[:12]}-{hashlib.sha256(basis).hexdigest()[:6]}"


def _identity(evaluation_data: EvaluationData, options: Options) -> str:
    """Name everything that results depend on beside what their entries and the folder say."""
    basis = f"{METHOD} {options.judge} {options.second_required} {options.device.type}".encode()
    return hashlib.sha256(basis + evaluation_data.identity()).hexdigest()[:12]
