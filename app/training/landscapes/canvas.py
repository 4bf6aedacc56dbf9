"""The sheet that a landscape is painted on: four times as wide and high as the picture, then averaged.

Lengths are in canvas pixels, 4 to a picture pixel; y runs downwards. What is painted, others decide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.training.landscapes.colours import Colour
from app.training.landscapes.palettes import Gradient, Palette

PICTURE = 32
"""Width and height of a picture, in its own pixels."""

CELL = 4
"""Canvas pixels along the side of a picture pixel."""

SIDE = PICTURE * CELL

Point = tuple[float, float]


class Canvas:
    """A sheet of SIDE x SIDE canvas pixels with the colours to paint it.

    Attributes:
        palette: colours of this picture.
        ceiling: height in canvas pixels above which the terrain leaves the sky free.
        thing_x: centre of the thing, or None where there is none.
        light: centre of the sun or the moon, or None; things are lit from there.
    """

    def __init__(self, palette: Palette, ceiling: float, thing_x: float | None) -> None:
        self.palette = palette
        self.ceiling = ceiling
        self.thing_x = thing_x
        self.light: Point | None = None
        self.image = gradient(palette.sky, SIDE * 0.62)
        self.pen = ImageDraw.Draw(self.image)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        self.pen.polygon(points, fill=colour)

    def ellipse(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill an ellipse about (x, y)."""
        self.pen.ellipse((x - width / 2, y - height / 2, x + width / 2, y + height / 2), fill=colour)

    def box(self, left: float, top: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle of exactly this size, for whole numbers."""
        self.pen.rectangle((left, top, left + width - 1, top + height - 1), fill=colour)

    def cell(self, column: int, row: int, colour: Colour) -> None:
        """Fill one picture pixel."""
        self.box(column * CELL, row * CELL, CELL, CELL, colour)

    def ground(self, skyline: Sequence[Point], colour: Colour) -> None:
        """Fill everything below a line that runs from the left edge to the right one."""
        self.polygon([(skyline[0][0], SIDE), *skyline, (skyline[-1][0], SIDE)], colour)

    def veil(self, colour: Colour, opacity: NDArray[np.float64]) -> None:
        """Lay a colour over the canvas.

        Args:
            colour: of the veil.
            opacity: 0..1 for each picture pixel, shape (PICTURE, PICTURE); smoothed in between.
        """
        mask = Image.fromarray((opacity * 255).astype(np.uint8))
        self.blend(colour, mask.resize((SIDE, SIDE), Image.Resampling.BILINEAR))

    def blend(self, colour: Colour, mask: Image.Image) -> None:
        """Lay a colour over the canvas where a mask of its size, mode L, is bright."""
        self.image.paste(colour, (0, 0, SIDE, SIDE), mask)

    def colour_at(self, x: float, y: float) -> Colour:
        """Return the colour of one canvas pixel."""
        pixel = self.image.getpixel((round(x), round(y)))
        assert isinstance(pixel, tuple)
        red, green, blue = pixel
        return int(red), int(green), int(blue)

    def picture(self) -> NDArray[np.uint8]:
        """Average the canvas down to uint8 pixels of shape (PICTURE, PICTURE, 3)."""
        return np.asarray(self.image.reduce(CELL)).copy()


def gradient(colours: Gradient, height: float) -> Image.Image:
    """Return a canvas with evenly spaced colours from the top down to a height, and the last one below."""
    rows = np.arange(SIDE)
    stops = np.linspace(0, height, len(colours))
    channels = [np.interp(rows, stops, [colour[channel] for colour in colours]) for channel in range(3)]
    column = np.stack(channels, axis=-1)[:, None].astype(np.uint8)
    return Image.fromarray(column).resize((SIDE, SIDE), Image.Resampling.NEAREST)


def mask() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return an empty mask of the canvas's size, and the pen that draws on it."""
    image = Image.new("L", (SIDE, SIDE))
    return image, ImageDraw.Draw(image)
