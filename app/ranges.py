"""The largest values of what a request sets and a model's card gives a default for; both are held to them."""

from __future__ import annotations

MAX_NAME_LENGTH = 64
"""Letters of the name of a model, class, sampler or grid."""

MAX_STEPS = 1000
MAX_GUIDANCE = 20
MAX_ETA = 1
