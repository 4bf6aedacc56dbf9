"""Begin with noise alone: no picture was ever under it."""

import numpy as np
from canvas import show
from tiny_model import predict, reverse_noise

START = 100.0  # so much noise that nothing can be told from it

for seed in (13, 18):
    noise_alone = START * np.random.default_rng(seed).standard_normal((8, 8))
    show(f"seed {seed}, one guess:", predict(noise_alone, START))
    show(f"seed {seed}, fifty small steps:", reverse_noise(noise_alone, START))
