"""Begin with noise alone: no picture was ever under it."""

import numpy as np
from canvas import show
from tiny_model import predict, reverse_noise

START = 100.0  # so strong that nothing shines through

for seed in (13, 18):
    rng = np.random.default_rng(seed)
    noise_alone = START * rng.standard_normal((8, 8))
    one_guess = predict(noise_alone, START)
    show(f"seed {seed}, one guess:", one_guess)
    picture = reverse_noise(noise_alone, START)
    show(f"seed {seed}, fifty small steps:", picture)
