"""Trains a judge: noisy pictures as a screen shows them, and what the clean ones show.

Every step draws its pictures, levels and noise from its own number, so a run that was stopped and resumed is
the same run.
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from app.cards import Card
from app.diffusion.judge import Judge
from app.training.aspects import Known
from app.training.checkpoint import read_checkpoint, write_checkpoint
from app.training.judge import loss_of, moved
from app.training.judging.levels import as_shown, draw_scales
from app.training.judging.recipes import JudgingRecipe
from app.training.trainer import TrainingProgress, part, restore

LOG = "log.jsonl"

OnProgress = Callable[[TrainingProgress], None]


class JudgeTrainer:
    """Network, optimiser and average of one training run, and the step they have reached.

    Args:
        recipe: how the judge is made.
        card: of the model whose pictures it judges.
        lessons: clean pictures and what they show.
        device: where to train.
    """

    def __init__(self, recipe: JudgingRecipe, card: Card, lessons: Known, device: torch.device) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.step = 0
        self._card = card
        self._lessons = lessons
        self._device = device
        self._identity = recipe.identity(card)
        self.network = Judge(recipe.config(card)).to(device)
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
        )

    def train_step(self) -> float:
        """Take one step and return its loss, the cross-entropies of all aspects together."""
        recipe, step = self.recipe, self.step
        for group in self._optimiser.param_groups:
            group["lr"] = recipe.learning_rate * rate_share(recipe, step)
        generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
        index = self._index(step)
        scales = draw_scales(recipe, self._card, len(index), generator)
        x0 = moved(self._lessons.scaled(index), recipe.shift, generator)
        pictures = as_shown(x0, scales, generator).to(self._device)
        scores = self.network(pictures, *(scale.to(self._device) for scale in scales))
        loss = loss_of(scores, self._lessons.shown[index].to(self._device))
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.step()
        decay = min(recipe.ema, (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.average.parameters()), list(self.network.parameters()), 1.0 - decay
            )
        self.step += 1
        return loss.item()

    def _index(self, step: int) -> Tensor:
        """Choose the pictures of a step: each epoch goes once through all of them, in an order of its own."""
        size = min(self.recipe.batch, len(self._lessons))
        epoch, place = divmod(step, len(self._lessons) // size)
        generator = torch.Generator().manual_seed(self.recipe.seed + epoch)
        return torch.randperm(len(self._lessons), generator=generator)[place * size : (place + 1) * size]

    def save(self, folder: Path) -> None:
        """Write everything that resuming needs, whole or not at all."""
        tensors = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        tensors |= {f"average.{name}": value for name, value in self.average.state_dict().items()}
        for index, moments in self._optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{index}.{name}": value for name, value in moments.items()}
        tensors["step"] = torch.tensor(self.step)
        write_checkpoint(folder, tensors, self._identity)

    def resume(self, folder: Path) -> bool:
        """Go on from the checkpoint in `folder`, if there is one, and say whether there was.

        Raises:
            InvalidRequest: it is of another recipe.
        """
        tensors = read_checkpoint(folder, self._identity, "judge")
        if tensors is None:
            return False
        self.network.load_state_dict(part(tensors, "network."))
        self.average.load_state_dict(part(tensors, "average."))
        restore(self._optimiser, part(tensors, "optimiser."))
        self.step = int(tensors["step"].item())
        return True


def train_to_end(trainer: JudgeTrainer, work: Path, on_progress: OnProgress) -> Judge:
    """Train to the last step, from the checkpoint in `work` if there is one, and return the average.

    Raises:
        InvalidRequest: the checkpoint is of another recipe.
    """
    recipe = trainer.recipe
    trainer.resume(work)
    work.mkdir(parents=True, exist_ok=True)
    smoothed, began = math.nan, time.perf_counter()
    while trainer.step < recipe.steps:
        since = time.perf_counter()
        loss = trainer.train_step()
        smoothed = loss if math.isnan(smoothed) else 0.98 * smoothed + 0.02 * loss
        took = time.perf_counter() - since
        on_progress(TrainingProgress(trainer.step, smoothed, recipe.batch / took))
        if trainer.step % recipe.keep_every == 0 or trainer.step == recipe.steps:
            trainer.save(work)
            with (work / LOG).open("a") as file:
                file.write(
                    json.dumps({"step": trainer.step, "took_s": round(time.perf_counter() - began, 1)}) + "\n"
                )
            began = time.perf_counter()
    return trainer.average


def rate_share(recipe: JudgingRecipe, step: int) -> float:
    """Return the share of its full rate that the optimiser runs at."""
    if step < recipe.warmup:
        return (step + 1) / recipe.warmup
    done = (step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)
    return 0.5 * (1.0 + math.cos(math.pi * done))
