"""Print the six drawings, two dots of a column in one sign."""

from canvas import PICTURES

SIGNS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def lines(picture):
    """Return four lines of eight signs."""
    ink = picture > 0
    return [
        "".join(SIGNS[top, low] for top, low in zip(*ink[k : k + 2].tolist(), strict=True))
        for k in (0, 2, 4, 6)
    ]


for first in (0, 3):
    for row in zip(*map(lines, PICTURES[first : first + 3]), strict=True):
        print("    ".join(row).rstrip())
    if first == 0:
        print()
