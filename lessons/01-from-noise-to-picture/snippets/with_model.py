"""After: one function for the whole picture."""

from canvas import HOUSE, show, splatter
from tiny_model import reverse_noise

noisy = splatter(HOUSE, noise=1.2, seed=2)
cleaned = reverse_noise(noisy, noise=1.2)
show(splattered=noisy, the_model=cleaned)
