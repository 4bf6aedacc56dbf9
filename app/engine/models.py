"""The models that an engine holds: loaded, measured, and run by the best runtime at hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog
import torch

from app.cards import Card, CardFile, find_cards
from app.diffusion.checkpoints import denoiser, load_judge, load_network
from app.diffusion.denoiser import Denoiser
from app.diffusion.judge import Judge
from app.engine.conditions import examples
from app.engine.runtime.cuda import StepRuntime
from app.engine.runtime.cuda_machine import CudaMachine
from app.engine.runtime.eager import EagerRuntime
from app.engine.runtime.export import exported
from app.engine.runtime.onnx import OnnxRuntime
from app.engine.runtime.parity import Runtime, agrees
from app.engine.runtime.readying import Readying
from app.engine.runtime.sizes import fewer
from app.engine.runtime.timing import row_budget
from app.errors import CheckpointError, InvalidRequest, TryLater

log = structlog.get_logger()

PROBED_TIMES = (0.001, 0.25, 0.5, 0.75, 0.999)
MOST_PREDICTED = 1e3
"""What is predicted has a standard deviation of about 1."""

CHORE_S = 2.0
"""What making one size of a GPU's step ready is expected to take at most."""

OnDevice = Callable[[Callable[[], None], float], Future[Any]]
"""Has a job run on the thread that owns the device: the job, and how long it is expected to take."""


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to run: its card, what executes it, and the rows that one call may have.

    `eager` stays at hand whatever `runtime` is: only there can be seen what goes on within a call. `steps` is
    what makes whole steps on a GPU, once it is ready; elsewhere the stepper makes them around the runtime.
    `judge` is None where the card has none, or where it could not be loaded; then `judge_fault` says why.
    """

    file: CardFile
    denoiser: Denoiser
    runtime: Runtime
    eager: EagerRuntime
    device: torch.device
    max_rows: int
    rows_per_s: float
    judge: Judge | None = None
    judge_fault: str | None = None
    steps: StepRuntime | None = None

    @property
    def card(self) -> Card:
        """The model's card."""
        return self.file.card


class ModelSource(Protocol):
    """Where models are looked up: `Models`."""

    @property
    def device(self) -> torch.device:
        """Where they compute."""

    def get(self, name: str) -> LoadedModel:
        """Return one by name, or raise a domain error."""

    def shrink(self, name: str, rows: int) -> bool:
        """Allow calls of one of them fewer rows than those for which memory did not last; see `Models`."""

    def try_out(self, name: str) -> None:
        """Call the plain network of one of them; raises what goes wrong."""

    def report(self) -> list[dict[str, Any]]:
        """Say of each what it is run by, or what is wrong with it."""


class Models:
    """Every model below a folder, or why it could not be loaded.

    Args:
        folder: of the models.
        device: where they compute.
        threads: of a CPU that may work on a call.
        readying: what makes a GPU's runtime ready.
    """

    def __init__(
        self, folder: Path, device: torch.device, threads: int, readying: type[Readying] = Readying
    ) -> None:
        self.device = device
        self.threads = threads
        self._readying = readying
        self._loaded: dict[str, LoadedModel] = {}
        self._faults: dict[str, str] = {}
        self._limits: dict[str, int] = {}
        """Rows beyond which memory did not last for a call, by model."""
        for file in find_cards(folder):
            try:
                runtime = EagerRuntime(load_network(file, device))
                _probe(runtime, file, device)
            except CheckpointError as error:
                log.warning("a model could not be loaded", model=file.card.name, reason=str(error))
                self._faults[file.card.name] = for_clients(error, folder)
                continue
            max_rows, rate = row_budget(runtime, file.card, device)
            judge, judge_fault = _judge(file, folder, device)
            self._loaded[file.card.name] = LoadedModel(
                file, denoiser(file, runtime), runtime, runtime, device, max_rows, rate, judge, judge_fault
            )

    def get(self, name: str) -> LoadedModel:
        """Return a model by name.

        Raises:
            TryLater: it is known, but its weights are missing or corrupt.
            InvalidRequest: there is no such model.
        """
        if name in self._loaded:
            return self._loaded[name]
        if name in self._faults:
            raise TryLater(self._faults[name], retry_after_s=60)
        raise InvalidRequest(f"unknown model {name!r}; allowed: {', '.join(self._loaded)}", "model")

    def speed_up(self, cache: Path, on_device: OnDevice) -> threading.Thread:
        """Swap something quicker than the eager runtime in for every model, in the background.

        On a CPU that is an exported network, on a GPU graphs of whole steps.

        Args:
            cache: folder for exported networks.
            on_device: what makes graphs ready must run where the steps are made.

        Returns:
            The thread that does it, or has it done.
        """
        is_cpu = self.device.type == "cpu"
        work, given = (self._export_all, cache) if is_cpu else (self._ready_all, on_device)
        thread = threading.Thread(target=work, args=(given,), daemon=True, name="speed-up")
        thread.start()
        return thread

    def _ready_all(self, on_device: OnDevice) -> None:
        for name, model in list(self._loaded.items()):
            machine = partial(CudaMachine, self.device)
            readying = self._readying(model.eager, model.denoiser, model.card, machine)
            try:
                for chore in readying.chores():
                    _patiently(on_device, chore)
                _patiently(on_device, partial(self._swap_in, name, readying))
            except Exception as error:
                log.warning("the GPU runtime could not be made; eager goes on", model=name, error=repr(error))

    def _swap_in(self, name: str, readying: Readying) -> None:
        steps = readying.ready
        if steps is not None:
            rows, rate = readying.max_rows, readying.rows_per_s
            self._keep(
                name,
                replace(self._loaded[name], steps=steps, runtime=steps, max_rows=rows, rows_per_s=rate),
            )

    def _keep(self, name: str, model: LoadedModel) -> None:
        """Use a model from now on, within what was learnt of memory before."""
        limit = self._limits.get(name)
        if limit is not None:
            if model.steps is not None:
                model.steps.forget([size for size in model.steps.sizes if size > limit])
            model = replace(model, max_rows=min(model.max_rows, limit))
        self._loaded[name] = model  # one assignment: the next tick sees the old one or the new one

    def try_out(self, name: str) -> None:
        """Call the plain network of a model; raises what goes wrong."""
        model = self._loaded[name]
        _probe(model.eager, model.file, self.device)

    def shrink(self, name: str, rows: int) -> bool:
        """Allow calls of a model fewer rows, after memory did not last for one of so many.

        Returns:
            Whether there are fewer; if not, nothing has changed.
        """
        limit = fewer(rows)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if limit is None:
            return False
        self._limits[name] = min(limit, self._limits.get(name, limit))
        self._keep(name, self._loaded[name])
        log.warning("memory did not last for a call; calls are smaller now", model=name, rows=limit)
        return True

    def _export_all(self, cache: Path) -> None:
        for name, model in list(self._loaded.items()):
            path = exported(model.file, cache)
            if path is None:
                continue
            try:
                candidate = OnnxRuntime(path, self.threads)
                agreed = agrees(candidate, model.eager, model.card)
            except Exception as error:
                # A cut-off or foreign file: the next start exports anew.
                path.unlink(missing_ok=True)
                log.warning("the exported network does not run; eager goes on", model=name, error=repr(error))
                continue
            if agreed:
                # Runs may go on meanwhile and slow the measurement down: never less than was measured before.
                max_rows, rate = row_budget(candidate, model.card, self.device)
                faster = replace(
                    model,
                    denoiser=denoiser(model.file, candidate),
                    runtime=candidate,
                    max_rows=max(max_rows, model.max_rows),
                    rows_per_s=max(rate, model.rows_per_s),
                )
                self._keep(name, faster)
            else:
                log.warning("the exported network disagrees with eager; it is not used", model=name)

    def report(self) -> list[dict[str, Any]]:
        """Say of each model what it is run by and how fast, or what is wrong with it."""
        ready = [
            {
                "name": name,
                "ready": True,
                "fault": None,
                "runtime": model.runtime.name,
                "max_rows": model.max_rows,
                "rate": round(model.rows_per_s),
            }
            for name, model in self._loaded.items()
        ]
        return ready + [
            {"name": name, "ready": False, "fault": fault} for name, fault in self._faults.items()
        ]


def for_clients(error: CheckpointError, folder: Path) -> str:
    """Tell what is wrong with a model without where this machine keeps it."""
    text = str(error)
    for place in (folder.resolve(), folder.absolute(), folder):
        text = text.replace(f"{place}/", "models/")
    return text


@torch.inference_mode()
def _probe(runtime: Runtime, file: CardFile, device: torch.device) -> None:
    """See that a network makes sensible numbers of noise, at every level; finite weights may not do so.

    Raises:
        CheckpointError: it does not.
    """
    rows = len(PROBED_TIMES)
    generator = torch.Generator().manual_seed(0)
    x_t = torch.randn(rows, *file.card.shape, generator=generator).to(device)
    t = torch.tensor(PROBED_TIMES, device=device)
    predicted = runtime(x_t, t, examples(file.card, rows).to(device))
    if not predicted.abs().max() <= MOST_PREDICTED:  # nor is NaN
        raise CheckpointError(
            f"{file.weights}: the network predicts what no picture is made of; nothing can be drawn with it. "
            "Get the file again, or train the model anew."
        )


def _judge(file: CardFile, folder: Path, device: torch.device) -> tuple[Judge | None, str | None]:
    """Load a model's judge, or say why it cannot judge; the model itself runs all the same."""
    try:
        return load_judge(file, device), None
    except CheckpointError as error:
        log.warning("a judge could not be loaded", model=file.card.name, reason=str(error))
        return None, for_clients(error, folder)


def _patiently(on_device: OnDevice, chore: Callable[[], None]) -> None:
    """Have a chore done, as soon as there is room for it."""
    while True:
        try:
            done = on_device(chore, CHORE_S)
        except TryLater as error:
            time.sleep(error.retry_after_s)
        else:
            done.result()
            return
