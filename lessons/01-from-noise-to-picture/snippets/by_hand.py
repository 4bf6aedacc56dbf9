"""Before: dot by dot, by a rule that we made up."""

from canvas import HOUSE, show, splatter, wrong_dots

noisy = splatter(HOUSE, noise=1.2, seed=2)
show(f"splattered: {wrong_dots(noisy)} of 64 wrong", noisy)

cleaned = noisy.copy()
for row in range(8):
    for column in range(8):
        ink = noisy[row, column] > 0
        top, left = max(row - 1, 0), max(column - 1, 0)
        around = noisy[top : row + 2, left : column + 2] > 0
        alike = (around == ink).sum()  # itself included
        if alike <= 2:  # nearly alone: a splatter
            ink = not ink
        cleaned[row, column] = 1.0 if ink else -1.0

show(f"by hand: {wrong_dots(cleaned)} of 64 wrong", cleaned)
