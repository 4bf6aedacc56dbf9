"""The judge: a small classifier that never saw a test picture, and whose features compare sets of pictures.

It says the value of each aspect of a picture. What it learns from is kept apart from the pictures that
set the floor of a comparison, real ones against real ones: those are as new to it as the test pictures.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

import torch
from jaxtyping import Bool, Float, Int, UInt8
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from app.diffusion.notation import IMAGES
from app.diffusion.pixels import as_images
from app.errors import InvalidRequest
from app.training.aspects import UNSAID, Aspects, Known

BATCH = 500

METHOD = 1
"""Raise it when a judge's shape or training changes: judges of another method are not taken up."""


@dataclass(frozen=True)
class JudgeRecipe:
    """Everything that the judge depends on, but its pictures.

    Args:
        width: channels of the first convolution; the others have twice as many.
        features: length of the vector before the last layer.
        epochs: times that each picture is seen.
        batch: pictures a step.
        learning_rate: of AdamW, falling to 0 along a half cosine.
        shift: pictures are moved by up to so many pixels, a batch at a time.
        held_out: pictures of a data set kept from the judge, for the floor.
        required: share of the values it must get right, of each aspect, to be of use.
        seed: of weights, order, shifts and of which pictures are held out.
    """

    width: int = 32
    features: int = 64
    epochs: int = 5
    batch: int = 128
    learning_rate: float = 3e-3
    shift: int = 2
    held_out: int = 10_000
    required: float = 0.99
    seed: int = 7


JUDGES: Mapping[str, JudgeRecipe] = {
    "digits": JudgeRecipe(),
    "painter": JudgeRecipe(epochs=8, batch=64, shift=1),
    "painter64": JudgeRecipe(epochs=8, batch=64, shift=2),
    "photos": JudgeRecipe(width=64, features=128, epochs=15, required=0.75),
}
"""How the judge of each model is made. Of photographs a network this small gets some four in five right."""


class Judge(nn.Module):
    """Three convolutions, a dense layer whose output is the features, and a last one for all aspects."""

    def __init__(self, recipe: JudgeRecipe, shape: tuple[int, int, int], aspects: Aspects) -> None:
        super().__init__()
        channels, height, width = shape
        self.sizes = list(aspects.values())
        wide = 2 * recipe.width
        self.body = nn.Sequential(
            *_convolution(channels, recipe.width, 5),
            *_convolution(recipe.width, wide, 3),
            nn.Conv2d(wide, wide, 3, padding=1, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(wide * (height // 4) * (width // 4), recipe.features),
        )
        self.head = nn.Linear(recipe.features, sum(self.sizes))

    def forward(self, pictures: Float[Tensor, IMAGES]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return features and, for each aspect, the scores of its values, for pictures in [-1, 1]."""
        features = self.body(pictures)
        return features, self.head(F.relu(features)).split(self.sizes, dim=1)


def _convolution(inputs: int, outputs: int, size: int) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]


@dataclass(frozen=True)
class Opinion:
    """What the judge makes of pictures: its features (single precision) and the values it sees."""

    features: Float[Tensor, "batch feature"]
    shown: Int[Tensor, "batch aspect"]

    def first(self, count: int) -> Opinion:
        """Return what it makes of the first pictures."""
        return Opinion(self.features[:count], self.shown[:count])

    def agrees(self, shown: Int[Tensor, "batch aspect"]) -> Bool[Tensor, "batch aspect"]:
        """Say where it sees the value given; it agrees to everything that is left open."""
        return (self.shown == shown) | (shown == UNSAID)

    def accuracy(self, shown: Int[Tensor, "batch aspect"]) -> float:
        """Return the share of the values given that it sees, of those that are not left open."""
        return float((self.shown == shown)[shown != UNSAID].double().mean())


@torch.inference_mode()
def look(judge: Judge, pixels: UInt8[Tensor, IMAGES], device: torch.device | None = None) -> Opinion:
    """Let the judge look at pictures given as bytes, real and generated ones alike."""
    features, shown = [], []
    for start in range(0, len(pixels), BATCH):
        part = pixels[start : start + BATCH].to(device)
        seen, scores = judge(as_images(part))
        features.append(seen.cpu())
        shown.append(torch.stack([score.argmax(dim=1) for score in scores], dim=1).cpu())
    return Opinion(torch.cat(features), torch.cat(shown))


def shuffled(count: int, seed: int) -> Int[Tensor, " count"]:
    """Return the order in which a data set is divided and cut short; files may be sorted by class."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


def divide(pictures: Known, recipe: JudgeRecipe) -> tuple[Known, Known]:
    """Divide training pictures into those the judge learns from and those held out from it.

    Raises:
        InvalidRequest: there are too few pictures to hold any out.
    """
    if recipe.held_out >= len(pictures):
        raise InvalidRequest(
            f"the judge holds {recipe.held_out} training pictures out, but there are only {len(pictures)}"
        )
    order = shuffled(len(pictures), recipe.seed)
    apart, rest = order[: recipe.held_out], order[recipe.held_out :]
    return pictures.chosen(rest), pictures.chosen(apart)


def obtain_judge(
    recipe: JudgeRecipe,
    aspects: Aspects,
    lessons: Known,
    exam: Known,
    folder: Path,
    device: torch.device,
    on_step: Callable[[int, int], None],
) -> tuple[Judge, dict[str, float]]:
    """Take the judge of this recipe and these lessons from `folder`, or train it and keep it there.

    Args:
        recipe: how to make it.
        aspects: what it shall tell of a picture.
        lessons: pictures that it learns from.
        exam: pictures that tell whether it is fit to judge.
        folder: where judges are kept.
        device: where to compute.
        on_step: told of the steps done and the steps in all, while it trains.

    Returns:
        The judge, and for each aspect the share of the exam's pictures in which it sees the right value.

    Raises:
        InvalidRequest: of some aspect it gets fewer right than the recipe requires.
    """
    path = folder / f"{_identity(recipe, aspects, lessons)}.safetensors"
    if path.is_file():
        judge = _new_judge(recipe, aspects, lessons)
        judge.load_state_dict(load_file(path))
        judge.to(device)
    else:
        judge = train_judge(recipe, aspects, lessons, device, on_step)
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        save_file({name: value.cpu() for name, value in judge.state_dict().items()}, partial)
        partial.replace(path)
    judge.eval().requires_grad_(False)
    right = look(judge, exam.pixels, device).agrees(exam.shown).double().mean(dim=0)
    marks = dict(zip(aspects, right.tolist(), strict=True))
    worst = min(marks, key=lambda name: marks[name])
    if marks[worst] < recipe.required:
        raise InvalidRequest(
            f"the judge sees the right {worst} in {marks[worst]:.2%} of the test pictures and "
            f"{recipe.required:.0%} are needed: train it longer"
        )
    return judge, marks


def train_judge(
    recipe: JudgeRecipe,
    aspects: Aspects,
    lessons: Known,
    device: torch.device,
    on_step: Callable[[int, int], None],
) -> Judge:
    """Train a judge from scratch, the same one every time on the same machine."""
    judge = _new_judge(recipe, aspects, lessons).to(device).train()
    optimiser = torch.optim.AdamW(judge.parameters(), lr=recipe.learning_rate, weight_decay=0.05)
    per_epoch = len(lessons) // recipe.batch
    steps = recipe.epochs * per_epoch
    generator = torch.Generator().manual_seed(recipe.seed)
    order = torch.empty(0)
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(lessons), generator=generator)
        place = step % per_epoch * recipe.batch
        index = order[place : place + recipe.batch]
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * 0.5 * (1.0 + math.cos(math.pi * step / steps))
        pictures = moved(lessons.scaled(index), recipe.shift, generator)
        loss = loss_of(judge(pictures.to(device))[1], lessons.shown[index].to(device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        on_step(step + 1, steps)
    return judge


def _new_judge(recipe: JudgeRecipe, aspects: Aspects, pictures: Known) -> Judge:
    torch.manual_seed(recipe.seed)
    channels, height, width = pictures.pixels.shape[1:]
    return Judge(recipe, (channels, height, width), aspects)


def loss_of(scores: tuple[Tensor, ...], shown: Tensor) -> Tensor:
    """Add up the cross-entropies of all aspects."""
    each = [F.cross_entropy(score, shown[:, column]) for column, score in enumerate(scores)]
    return torch.stack(each).sum()


def moved(pictures: Tensor, shift: int, generator: torch.Generator) -> Tensor:
    """Move a batch by up to `shift` pixels each way, filling up with black."""
    down, right = torch.randint(0, 2 * shift + 1, (2,), generator=generator).tolist()
    height, width = pictures.shape[2:]
    padded = F.pad(pictures, (shift, shift, shift, shift), value=-1.0)
    return padded[:, :, down : down + height, right : right + width]


def _identity(recipe: JudgeRecipe, aspects: Aspects, lessons: Known) -> str:
    """Name a judge by all it depends on."""
    digest = hashlib.sha256(repr((METHOD, astuple(recipe), dict(aspects))).encode())
    digest.update(lessons.pixels.numpy().tobytes())
    digest.update(lessons.shown.numpy().tobytes())
    return digest.hexdigest()[:16]
