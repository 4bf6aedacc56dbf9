"""Six tiny pictures of 8 by 8 dots, and a way to splatter noise on one and to show it as text."""

import numpy as np

DRAWINGS = """
...##...  .##..##.  ........  ...##...  ########  #......#
..####..  ########  ..####..  ...##...  #......#  .#....#.
.######.  ########  .#....#.  ...##...  #......#  ..#..#..
########  ########  .#....#.  ########  #......#  ...##...
.#....#.  .######.  .#....#.  ########  #......#  ...##...
.#.##.#.  ..####..  .#....#.  ...##...  #......#  ..#..#..
.#.##.#.  ...##...  ..####..  ...##...  #......#  .#....#.
.#.##.#.  ........  ........  ...##...  ########  #......#
"""

rows = [line.split() for line in DRAWINGS.strip().splitlines()]
PICTURES = np.array([[[1.0 if dot == "#" else -1.0 for dot in row[k]] for row in rows] for k in range(6)])
HOUSE = PICTURES[0]


def splatter(picture, noise, seed):
    """Add random noise to every dot: a little for a small `noise`, a lot for a large one."""
    return picture + noise * np.random.default_rng(seed).standard_normal(picture.shape)


def show(**pictures):
    """Print pictures of the house side by side, the brighter the dot the fuller the sign."""
    columns = [
        [name.replace("_", " "), f"{wrong_dots(picture)} of 64 wrong", *map(signs, picture)]
        for name, picture in pictures.items()
    ]
    for line in zip(*columns, strict=True):
        print("  ".join(f"{part:16}" for part in line).rstrip())


def signs(dots):
    """Give each dot two signs, so that it is about as wide as high."""
    return "".join("·░▒▓█"[round((dot + 1.0) * 2.0)] * 2 for dot in np.clip(dots, -1.0, 1.0))


def wrong_dots(picture):
    """Count the dots whose sign differs from the house's."""
    return int(((picture > 0) != (HOUSE > 0)).sum())
