"""How far off is the best possible guess, at each noise level? The tiny model's is the best there is."""

import numpy as np
from canvas import PICTURES
from tiny_model import predict

rng = np.random.default_rng(0)
for noise in range(1, 6):
    errors = []
    for _ in range(400):
        picture = PICTURES[rng.integers(6)]
        noisy = picture + noise * rng.standard_normal((8, 8))
        errors.append(((predict(noisy, noise) - picture) ** 2).mean())
    print(f"noise {noise}: mean squared error {np.mean(errors):.3f}")
