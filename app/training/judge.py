"""The judge: a small classifier that never saw a test picture, and whose features compare sets of pictures.

It is trained on one part of the training pictures. The rest of them are as new to it as the test
pictures are, so they set the floor of a comparison: real pictures against real pictures.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

import torch
from jaxtyping import Float, Int, UInt8
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from app.diffusion.notation import IMAGES
from app.errors import InvalidRequest
from app.training.data import Pictures

BATCH = 500


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
        held_out: training pictures kept from the judge, for the floor.
        required: share of test pictures it must get right to be of use.
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


class Judge(nn.Module):
    """Three convolutions, a dense layer whose output is the features, and a last one for the classes."""

    def __init__(self, recipe: JudgeRecipe, shape: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        channels, height, width = shape
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
        self.head = nn.Linear(recipe.features, classes)

    def forward(self, pictures: Float[Tensor, IMAGES]) -> tuple[Tensor, Tensor]:
        """Return features and the score of each class, for pictures in [-1, 1]."""
        features = self.body(pictures)
        return features, self.head(F.relu(features))


def _convolution(inputs: int, outputs: int, size: int) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]


@dataclass(frozen=True)
class Opinion:
    """What the judge makes of pictures: its features (single precision) and the class it sees."""

    features: Float[Tensor, "batch feature"]
    label: Int[Tensor, " batch"]

    def accuracy(self, label: Int[Tensor, " batch"]) -> float:
        """Return the share of pictures in which it sees the class given."""
        return float((self.label == label).double().mean())


@torch.inference_mode()
def look(judge: Judge, pixels: UInt8[Tensor, IMAGES], device: torch.device | None = None) -> Opinion:
    """Let the judge look at pictures given as bytes, real and generated ones alike."""
    features, labels = [], []
    for start in range(0, len(pixels), BATCH):
        part = pixels[start : start + BATCH].to(device)
        seen, scores = judge(part.float() / 127.5 - 1.0)
        features.append(seen.cpu())
        labels.append(scores.argmax(dim=1).cpu())
    return Opinion(torch.cat(features), torch.cat(labels))


def shuffled(count: int, seed: int) -> Int[Tensor, " count"]:
    """Return the order in which a data set is divided and cut short; files may be sorted by class."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


def divide(pictures: Pictures, recipe: JudgeRecipe) -> tuple[Pictures, Pictures]:
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
    return (
        Pictures(pictures.pixels[rest], pictures.labels[rest]),
        Pictures(pictures.pixels[apart], pictures.labels[apart]),
    )


def obtain_judge(
    recipe: JudgeRecipe,
    learnt_from: Pictures,
    test: Pictures,
    folder: Path,
    device: torch.device,
    on_step: Callable[[int, int], None],
) -> Judge:
    """Take the judge of this recipe and these pictures from `folder`, or train it and keep it there.

    Args:
        recipe: how to make it.
        learnt_from: the part of the training pictures that it may see.
        test: pictures that tell whether it is fit to judge.
        folder: where judges are kept.
        device: where to compute.
        on_step: told of the steps done and the steps in all, while it trains.

    Raises:
        InvalidRequest: it gets fewer of the test pictures right than the recipe requires.
    """
    path = folder / f"{_identity(recipe, learnt_from)}.safetensors"
    if path.is_file():
        judge = _new_judge(recipe, learnt_from)
        judge.load_state_dict(load_file(path))
        judge.to(device)
    else:
        judge = train_judge(recipe, learnt_from, device, on_step)
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        save_file({name: value.cpu() for name, value in judge.state_dict().items()}, partial)
        partial.replace(path)
    judge.eval().requires_grad_(False)
    right = look(judge, test.pixels, device).accuracy(test.labels)
    if right < recipe.required:
        raise InvalidRequest(
            f"the judge gets {right:.2%} of the test pictures right and {recipe.required:.0%} are needed: "
            "train it longer"
        )
    return judge


def train_judge(
    recipe: JudgeRecipe, pictures: Pictures, device: torch.device, on_step: Callable[[int, int], None]
) -> Judge:
    """Train a judge from scratch, the same one every time on the same machine."""
    judge = _new_judge(recipe, pictures).to(device).train()
    optimiser = torch.optim.AdamW(judge.parameters(), lr=recipe.learning_rate, weight_decay=0.05)
    per_epoch = len(pictures) // recipe.batch
    steps = recipe.epochs * per_epoch
    generator = torch.Generator().manual_seed(recipe.seed)
    order = torch.empty(0)
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(pictures), generator=generator)
        place = step % per_epoch * recipe.batch
        index = order[place : place + recipe.batch]
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * 0.5 * (1.0 + math.cos(math.pi * step / steps))
        moved = _moved(pictures.scaled(index), recipe.shift, generator)
        loss = F.cross_entropy(judge(moved.to(device))[1], pictures.labels[index].to(device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        on_step(step + 1, steps)
    return judge


def _new_judge(recipe: JudgeRecipe, pictures: Pictures) -> Judge:
    torch.manual_seed(recipe.seed)
    channels, height, width = pictures.pixels.shape[1:]
    return Judge(recipe, (channels, height, width), int(pictures.labels.max()) + 1)


def _moved(pictures: Tensor, shift: int, generator: torch.Generator) -> Tensor:
    """Move a batch by up to `shift` pixels each way, filling up with black."""
    down, right = torch.randint(0, 2 * shift + 1, (2,), generator=generator).tolist()
    height, width = pictures.shape[2:]
    padded = F.pad(pictures, (shift, shift, shift, shift), value=-1.0)
    return padded[:, :, down : down + height, right : right + width]


def _identity(recipe: JudgeRecipe, pictures: Pictures) -> str:
    """Name a judge by all it depends on."""
    digest = hashlib.sha256(repr(astuple(recipe)).encode())
    digest.update(pictures.pixels.numpy().tobytes())
    digest.update(pictures.labels.numpy().tobytes())
    return digest.hexdigest()[:16]
