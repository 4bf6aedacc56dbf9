"""`GET /api/models`: what can be run, from the cards, with what the engine says of each."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.cards import Card, weights_fault
from app.controls.table import CONTROLS, MAX_ATTENTION_COUNT, MAX_IMAGE_STEPS, MAX_PROMPT_LENGTH, controls_of
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import GRIDS
from app.errors import TryLater
from app.web.edge.services import services_of
from app.web.runs.answers import Model
from app.web.runs.vocabulary import prompt_rules

router = APIRouter()


LIMITS = {control.name: control.most for control in CONTROLS.values() if control.is_number} | {
    "image_steps": MAX_IMAGE_STEPS,
    "attention_count": MAX_ATTENTION_COUNT,
    "prompt_length": MAX_PROMPT_LENGTH,
}
"""The largest values that the numbers of a run may have, and what its settings may have together."""


@router.get("/api/models", response_model=list[Model])
async def list_models(request: Request) -> Response:
    """List every model; while the engine is away they are listed as not ready."""
    services = services_of(request)
    try:
        status = await services.engine.status()
    except TryLater:
        status = {"device": None, "models": []}
    reports = {report["name"]: report for report in status["models"]}
    described = [
        describe(
            file.card, status["device"], reports.get(file.card.name), services.faults.get(file.card.name)
        )
        for file in services.cards
    ]
    return JSONResponse(described)


def describe(
    card: Card, device: str | None, report: dict[str, Any] | None, fault: str | None
) -> dict[str, Any]:
    """Put a model in words for a client.

    Args:
        card: its card.
        device: the engine's device; None while the engine is away.
        report: what the engine says of it, if anything.
        fault: what is wrong with its weights, if anything.
    """
    return {
        "name": card.name,
        "title": card.title,
        "shape": card.shape,
        "classes": card.classes,
        "prompt": prompt_rules(card.vocabulary),
        "samplers": [
            {
                "name": name,
                "title": sampler.title,
                "summary": sampler.summary,
                "calls_per_step": sampler.calls_per_step,
                "uses_eta": sampler.uses_eta,
            }
            for name, sampler in SAMPLERS.items()
        ],
        "grids": tuple(GRIDS),
        "defaults": {control.name: control.default_for(card) for control in controls_of(card)},
        "limits": LIMITS,
        "licence": card.licence,
        "data": card.data,
        "data_licence": card.data_licence,
        "device": device,
        "ready": bool(report and report["ready"]),
        "fault": (report or {}).get("fault") or fault,
        "rate": (report or {}).get("rate"),
        "runtime": (report or {}).get("runtime"),
    }


def card_faults(cards: list[Any]) -> dict[str, str]:
    """Check every card's weights, once at start, and say what is wrong by model."""
    faults = {file.card.name: weights_fault(file) for file in cards}
    return {name: fault for name, fault in faults.items() if fault}
