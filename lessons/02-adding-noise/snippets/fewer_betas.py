"""What is left of the picture at the end, with the same range of betas in fewer steps."""

import numpy as np

for steps in (1000, 100, 10):
    betas = np.linspace(0.0001, 0.02, steps)
    signal_scale = np.sqrt(np.prod(1.0 - betas))
    print(f"{steps:4} steps: signal_scale {signal_scale:.3f} at the end")
