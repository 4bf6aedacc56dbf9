"""Classifier-free guidance: pushing an estimate away from the one for a negative prompt, or for none."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from app.diffusion.notation import IMAGES


def guide(
    unconditional: Float[Tensor, IMAGES],
    conditional: Float[Tensor, IMAGES],
    guidance: Float[Tensor, "batch 1 1 1"],
) -> Float[Tensor, IMAGES]:
    """Combine the two estimates: 0 ignores the condition, 1 is plain, above 1 exaggerates.

    Args:
        unconditional: the estimate that is led away from; that of the negative prompt where there is one.
        conditional: the estimate that is led towards.
        guidance: one for each picture.

    The weights sum to 1, so guiding x0_hat, eps_hat or v_hat is the same rule (before any clipping).

    Reference: Ho & Salimans 2022 (2207.12598), Eq. 6, with guidance = 1 + w.
    """
    return unconditional + guidance * (conditional - unconditional)
