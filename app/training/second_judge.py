"""A classifier of another kind than the judge, to say whether pictures are of the class asked for.

A support vector machine on principal components: it shares no features with the judge, so a model
cannot please both by the same accident. It needs scikit-learn, which comes with the `test` extra.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int, UInt8
from numpy.typing import NDArray
from torch import Tensor

from app.diffusion.notation import IMAGES
from app.errors import InvalidRequest
from app.training.data import Pictures
from app.training.judge import shuffled

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

LEARNT_FROM = 20_000
COMPONENTS = 50
REQUIRED = 0.97


@dataclass(frozen=True)
class SecondJudge:
    """A fitted classifier and the share of test pictures that it gets right."""

    pipeline: Pipeline
    accuracy_on_test: float

    def accuracy(self, pixels: UInt8[Tensor, IMAGES], label: Int[Tensor, " batch"]) -> float:
        """Return the share of pictures in which it sees the class given."""
        return float((self.pipeline.predict(_rows(pixels)) == label.numpy()).mean())


def fit_second_judge(
    train: Pictures, test: Pictures, count: int = LEARNT_FROM, required: float = REQUIRED
) -> SecondJudge:
    """Fit it on `count` real training pictures (all of them if there are fewer).

    Args:
        train: real pictures to learn from.
        test: real pictures that tell whether it is fit to judge.
        count: how many to learn from, chosen at random with a fixed seed.
        required: share of the test pictures it must get right.

    Raises:
        InvalidRequest: it gets fewer right than required, or scikit-learn is not installed.
    """
    try:
        from sklearn.decomposition import PCA
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import SVC
    except ModuleNotFoundError as error:
        raise InvalidRequest(
            "the second classifier needs scikit-learn: install it with pip install 'fromnoise[test]'"
        ) from error
    index = shuffled(len(train), seed=0)[:count]
    rows = _rows(train.pixels[index])
    components = min(COMPONENTS, *rows.shape)
    pipeline = make_pipeline(
        PCA(components, whiten=False, svd_solver="covariance_eigh"), SVC(C=10.0, gamma="scale")
    )
    pipeline.fit(rows, train.labels[index].numpy())
    right = SecondJudge(pipeline, 0.0).accuracy(test.pixels, test.labels)
    if right < required:
        raise InvalidRequest(
            f"the second classifier gets {right:.2%} of the test pictures right and {required:.0%} are needed"
        )
    return SecondJudge(pipeline, right)


def _rows(pixels: Tensor) -> NDArray[np.float32]:
    return pixels.flatten(1).numpy().astype(np.float32) / 255.0
