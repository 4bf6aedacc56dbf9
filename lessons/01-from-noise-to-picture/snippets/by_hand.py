"""Before: dot by dot, by a rule of thumb."""

from canvas import HOUSE, show, splatter

noisy = splatter(HOUSE, noise=1.2, seed=2)
cleaned = noisy.copy()
for row in range(8):
    for column in range(8):
        ink = noisy[row, column] > 0
        top, left = max(row - 1, 0), max(column - 1, 0)
        around = noisy[top : row + 2, left : column + 2] > 0
        if (around == ink).sum() <= 2:
            ink = not ink  # nearly alone
        cleaned[row, column] = 1.0 if ink else -1.0

show(splattered=noisy, by_hand=cleaned)
