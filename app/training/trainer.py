"""The training loop: noise a picture at a random level, let the network predict v, correct it.

One random level per picture, a squared error on v, and a moving average of the weights: Algorithm 1 of
Ho, Jain & Abbeel 2020 (2006.11239) with the target of Salimans & Ho 2022 (2202.00512). What a step shows is
drawn in `examples.py`, from the step's number alone, so a run that was stopped and resumed is the same run.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from app.diffusion.unet import UNet
from app.training.checkpoint import read_checkpoint, write_checkpoint
from app.training.data import Batches
from app.training.examples import Examples, draw_examples
from app.training.muon import Muon
from app.training.recipes import Recipe
from app.training.stage import Stage, cosine_scales


@dataclass(frozen=True)
class TrainingProgress:
    """What a training run tells while it goes on.

    Args:
        step: the one reached.
        loss: smoothed.
        pictures_per_s: since the step before.
        beside: what it does beside steps, in words; loss and speed are then not a number.
    """

    step: int
    loss: float
    pictures_per_s: float
    beside: str = ""


class Trainer:
    """Network, optimisers and average of one training run, and the step they have reached.

    Args:
        recipe: what to train. Its precision and compilation are for accelerators: on a CPU every recipe
            runs in single precision, uncompiled.
        batches: where pictures come from.
        device: where to train.
        stage: where the run begins and what it aims at; from scratch, at the data, unless given.
    """

    def __init__(
        self, recipe: Recipe, batches: Batches, device: torch.device, stage: Stage | None = None
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.batches = batches
        self.device = device
        self.stage = stage or Stage()
        network = UNet(recipe.network)
        if self.stage.start is not None:
            network.load_state_dict(self.stage.start.state_dict())
        self.network: UNet = network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        kernels, others = hidden_kernels(self.network)
        self.optimisers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.AdamW(others, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True),
            Muon(kernels, lr=recipe.kernel_rate),
        )
        self._identity = recipe.identity + self.stage.identity
        self.step = 0
        self._ahead: Examples | None = None
        accelerated = device.type != "cpu"
        # The compiled network shares its weights with the plain one, which names them in checkpoints.
        self._predict: Callable[[Tensor, Tensor, Tensor], Tensor] = (
            torch.compile(self.network, dynamic=False) if recipe.compiled and accelerated else self.network
        )
        self._half = torch.autocast(
            device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16" and accelerated
        )

    def run(
        self, every: int, on_progress: Callable[[TrainingProgress], None], also: int = 0
    ) -> Iterator[int]:
        """Train to the last step, yielding the step reached every `every` steps, at `also` and at the end."""
        smoothed, since = math.nan, time.perf_counter()
        for _ in range(self.step, self.recipe.steps):
            loss = self._train_step()
            smoothed = loss if math.isnan(smoothed) else 0.98 * smoothed + 0.02 * loss
            self.step += 1
            now = time.perf_counter()
            on_progress(TrainingProgress(self.step, smoothed, self.recipe.batch / (now - since)))
            since = now
            if self.step % every == 0 or self.step in {also, self.recipe.steps}:
                yield self.step
                since = time.perf_counter()

    def _train_step(self) -> float:
        share = rate_share(self.recipe, self.step)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = optimiser.defaults["lr"] * share
        examples = self._ahead or self._draw(self.step)
        loss = self._loss(examples.to(self.device))
        self.network.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
        self._update_average()
        # Until the loss is asked for, an accelerator computes while the next pictures are drawn.
        later = self.step + 1
        self._ahead = self._draw(later) if later < self.recipe.steps else None
        return loss.item()

    def _draw(self, step: int) -> Examples:
        return draw_examples(self.recipe, self.batches, self.stage.done + step)

    def _loss(self, examples: Examples) -> Tensor:
        signal_scale, noise_scale = cosine_scales(examples.t)
        x_t = signal_scale * examples.x0 + noise_scale * examples.eps
        x_t = x_t.contiguous(memory_format=torch.channels_last)
        with self._half:
            v = self.stage.aim(x_t, examples)
            v_hat = self._predict(x_t, examples.t, examples.condition)
        return F.mse_loss(v_hat.float(), v.float())

    @torch.no_grad()
    def _update_average(self) -> None:
        """Let the average follow, faster at first so that it forgets the random start."""
        decay = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(list(self.average.parameters()), list(self.network.parameters()), 1.0 - decay)

    def save(self, folder: Path) -> None:
        """Write everything that resuming needs, whole or not at all."""
        tensors = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        tensors |= {f"average.{name}": value for name, value in self.average.state_dict().items()}
        tensors["step"] = torch.tensor(self.step)
        for number, optimiser in enumerate(self.optimisers):
            for index, moments in optimiser.state_dict()["state"].items():
                tensors |= {f"optimiser.{number}.{index}.{name}": value for name, value in moments.items()}
        write_checkpoint(folder, tensors, self._identity)

    def resume(self, folder: Path) -> bool:
        """Take up the checkpoint in `folder`, if there is one, and say whether there was.

        Raises:
            InvalidRequest: it is of another recipe.
        """
        tensors = read_checkpoint(folder, self._identity, "recipe")
        if tensors is None:
            return False
        self.network.load_state_dict(part(tensors, "network."))
        self.average.load_state_dict(part(tensors, "average."))
        for number, optimiser in enumerate(self.optimisers):
            restore(optimiser, part(tensors, f"optimiser.{number}."))
        self.step = int(tensors["step"].item())
        self._ahead = None
        return True


def hidden_kernels(network: UNet) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Divide parameters into kernels of convolutions but the first and the last, and all others."""
    kernels: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        is_kernel = parameter.ndim == 4 and not name.startswith(("stem.", "head."))
        (kernels if is_kernel else others).append(parameter)
    return kernels, others


def rate_share(recipe: Recipe, step: int) -> float:
    """Return the share of its full rate that an optimiser runs at.

    It rises over the warm-up, holds, and falls along a half cosine to 0 over the last share of the steps.
    """
    if step < recipe.warmup:
        return (step + 1) / recipe.warmup
    decay = recipe.decay_share * recipe.steps
    done = max(0.0, (step - (recipe.steps - decay)) / decay)
    return 0.5 * (1.0 + math.cos(math.pi * done))


def restore(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Give an optimiser its moments back, named by the index of their parameter and their own name."""
    state = optimiser.state_dict()
    state["state"] = {}
    for key, value in tensors.items():
        index, name = key.split(".", 1)
        state["state"].setdefault(int(index), {})[name] = value
    optimiser.load_state_dict(state)
    for parameter, moments in optimiser.state.items():
        for name, value in moments.items():
            if value.shape == parameter.shape:
                # The fused step goes by memory order: moments must lie as their weights do.
                moments[name] = torch.empty_like(parameter).copy_(value)


def part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin with a prefix, without it."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
