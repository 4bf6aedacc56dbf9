"""`fromnoise doctor`: what this machine and this installation have, and what is missing."""

from __future__ import annotations

import platform
import shutil
import sys
from importlib.metadata import version

import torch

from app.cards import CardFile, find_cards, judge_fault, weights_fault
from app.cores import cores
from app.engine.devices import choose
from app.engine.supervisors import devices_of
from app.errors import FromNoiseError
from app.learners.database import open_records
from app.settings import Settings, data_folder, files_folder

LIBRARIES = ("torch", "onnxruntime", "fastapi", "starlette", "uvicorn")


def examine() -> tuple[list[str], bool]:
    """Look at everything the app needs.

    Returns:
        Lines for a person, each beginning with "ok" or "fault", and whether all is well.
    """
    settings = Settings()
    findings = [
        (True, f"Python {platform.python_version()}, {cores()} cores, {sys.platform}"),
        (True, ", ".join(f"{name} {version(name)}" for name in LIBRARIES)),
        *(_device(device) for device in devices_of(settings.device)),
        *[(files_folder(name).is_dir(), f"folder {name}") for name in ("templates", "static", "lessons")],
        *_models(settings),
        _records(settings),
        (shutil.disk_usage(_existing()).free > 2**28, "free disk space for records"),
    ]
    lines = [f"{'ok   ' if fine else 'fault'} {text}" for fine, text in findings]
    return lines, all(fine for fine, _ in findings)


def _device(device: str) -> tuple[bool, str]:
    """Say what an engine would run on; a GPU that was asked for and cannot be used is a fault."""
    chosen = choose(device)
    on_gpu = chosen.device.type == "cuda"
    name = torch.cuda.get_device_name(chosen.device) if on_gpu else f"CPU, {torch.get_num_threads()} threads"
    fine = chosen.notice is None or device == "auto"
    return fine, f"device: {name}" + (f" ({chosen.notice})" if chosen.notice else "")


def _models(settings: Settings) -> list[tuple[bool, str]]:
    try:
        cards = find_cards(settings.models)
    except FromNoiseError as error:
        return [(False, line) for line in str(error).splitlines()]
    if not cards:
        return [(False, f"no model below {settings.models}: train one with `fromnoise train digits`")]
    return [_model(file) for file in cards]


def _model(file: CardFile) -> tuple[bool, str]:
    """Say how a model stands; one whose weights nobody has made yet is no fault of this installation."""
    fault = weights_fault(file)
    fine = fault is None or not file.card.has_weights
    if fault is None and (of_judge := judge_fault(file)):
        fine, fault = False, of_judge
    return fine, f"model {file.card.name}: {fault or 'weights are the ones its card describes'}"


def _records(settings: Settings) -> tuple[bool, str]:
    try:
        records = open_records(settings.database_url)
    except FromNoiseError as error:
        return False, f"records: {error}"
    ready = records.ready()
    records.close()
    return ready, "records can be read and written"


def _existing() -> str:

    folder = data_folder()
    return str(folder if folder.is_dir() else folder.home())
