"""The sheet that a landscape is painted on: four times as wide and high as the picture, then averaged.

Lengths are in canvas pixels, 128 across; y runs downwards. What is painted, others decide. A picture of 32
pixels has one for 4 canvas pixels; a larger one shows the same more finely, from a finer sheet.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.training.landscapes.colours import Colour
from app.training.landscapes.palettes import Gradient, Palette

PICTURE = 32
"""Width and height of a picture, in its own pixels, unless another is asked for."""

CELL = 4
"""Canvas pixels along the side of a pixel of such a picture."""

SIDE = PICTURE * CELL

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""Left, top, right and bottom."""

Fill = Colour | int
"""A colour, or how bright a mask is, 0..255."""


class Pen:
    """Draws on a sheet; all lengths are in canvas pixels.

    Args:
        image: the sheet.
        zoom: its pixels along the side of a canvas pixel.
    """

    def __init__(self, image: Image.Image, zoom: int) -> None:
        self._draw = ImageDraw.Draw(image)
        self._zoom = zoom

    def polygon(self, points: Sequence[Point], fill: Fill) -> None:
        """Fill a polygon."""
        self._draw.polygon(self._finer(points), fill=fill)

    def line(self, points: Sequence[Point], fill: Fill, width: int) -> None:
        """Draw a line from point to point."""
        self._draw.line(self._finer(points), fill=fill, width=width * self._zoom)

    def ellipse(self, bounds: Bounds, fill: Fill) -> None:
        """Fill an ellipse within bounds."""
        self._draw.ellipse(self._bounds(bounds), fill=fill)

    def arc(self, bounds: Bounds, start: float, end: float, fill: Fill, width: int) -> None:
        """Draw an arc of an ellipse, between two angles in degrees."""
        self._draw.arc(self._bounds(bounds), start, end, fill=fill, width=width * self._zoom)

    def box(self, left: float, top: float, right: float, bottom: float, fill: Fill) -> None:
        """Fill a rectangle up to, and without, its right and lower edge."""
        left, top, right, bottom = self._bounds((left, top, right, bottom))
        self._draw.rectangle((left, top, right - 1, bottom - 1), fill=fill)

    def _finer(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._zoom, y * self._zoom) for x, y in points]

    def _bounds(self, bounds: Bounds) -> Bounds:
        left, top, right, bottom = bounds
        return left * self._zoom, top * self._zoom, right * self._zoom, bottom * self._zoom


class Canvas:
    """A sheet of SIDE x SIDE canvas pixels with the colours to paint it.

    Attributes:
        palette: colours of this picture.
        zoom: pixels of the sheet along the side of a canvas pixel; the picture has as many times PICTURE.
        ceiling: height in canvas pixels above which the terrain leaves the sky free.
        thing_x: centre of the thing, or None where there is none.
        light: centre of the sun or the moon, or None; things are lit from there.
    """

    def __init__(self, palette: Palette, ceiling: float, thing_x: float | None, zoom: int = 1) -> None:
        self.palette = palette
        self.zoom = zoom
        self.ceiling = ceiling
        self.thing_x = thing_x
        self.light: Point | None = None
        self.image = gradient(palette.sky, SIDE * 0.62, zoom)
        self.pen = Pen(self.image, zoom)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        self.pen.polygon(points, colour)

    def ellipse(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill an ellipse about (x, y)."""
        self.pen.ellipse((x - width / 2, y - height / 2, x + width / 2, y + height / 2), colour)

    def box(self, left: float, top: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle of exactly this size, for whole numbers."""
        self.pen.box(left, top, left + width, top + height, colour)

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
        self.blend(colour, mask.resize(self.image.size, Image.Resampling.BILINEAR))

    def blend(self, colour: Colour, mask: Image.Image) -> None:
        """Lay a colour over the canvas where a mask of its size, mode L, is bright."""
        self.image.paste(colour, (0, 0, *self.image.size), mask)

    def mask(self) -> tuple[Image.Image, Pen]:
        """Return an empty mask of the canvas's size, and the pen that draws on it."""
        image = Image.new("L", self.image.size)
        return image, Pen(image, self.zoom)

    def colour_at(self, x: float, y: float) -> Colour:
        """Return the colour of one canvas pixel."""
        pixel = self.image.getpixel((round(x * self.zoom), round(y * self.zoom)))
        assert isinstance(pixel, tuple)
        red, green, blue = pixel
        return int(red), int(green), int(blue)

    def picture(self) -> NDArray[np.uint8]:
        """Average the canvas down to uint8 pixels of shape (zoom * PICTURE, zoom * PICTURE, 3)."""
        return np.asarray(self.image.reduce(CELL)).copy()


def gradient(colours: Gradient, height: float, zoom: int = 1) -> Image.Image:
    """Return a sheet with evenly spaced colours from the top down to a height, and the last one below."""
    rows = np.arange(SIDE * zoom) / zoom
    stops = np.linspace(0, height, len(colours))
    channels = [np.interp(rows, stops, [colour[channel] for colour in colours]) for channel in range(3)]
    column = np.stack(channels, axis=-1)[:, None].astype(np.uint8)
    return Image.fromarray(column).resize((SIDE * zoom, SIDE * zoom), Image.Resampling.NEAREST)
