"""Before: clean the picture dot by dot, by a rule that we thought of ourselves."""

from canvas import HOUSE, show, splatter, wrong_dots

noisy = splatter(HOUSE, noise=1.2, seed=2)
show(f"splattered: {wrong_dots(noisy)} of 64 dots wrong", noisy)

cleaned = noisy.copy()
for row in range(8):
    for column in range(8):
        ink = noisy[row, column] > 0
        around = noisy[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] > 0
        is_lonely = (around == ink).sum() <= 2  # itself and one neighbour at most
        if is_lonely:
            ink = not ink  # take it for a splatter and paint it over
        cleaned[row, column] = 1.0 if ink else -1.0

show(f"cleaned by hand: {wrong_dots(cleaned)} of 64 dots wrong", cleaned)
