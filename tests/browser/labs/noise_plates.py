"""What tests of the noise lab read off its plates, and what numpy makes of the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.diffusion.schedules import SCHEDULES
from app.diffusion.seeds import picture_generator
from app.labs.noise.levels import table
from app.labs.noise.options import POSITIONS
from app.labs.noise.picture import read_picture
from app.labs.noise.picture_options import OWN_PICTURE

if TYPE_CHECKING:
    from playwright.sync_api import Page

LESSON = "/lessons/adding-noise"
GREY = np.tile(np.linspace(0, 255, 28).astype(np.uint8), (28, 1))


class Plate:
    """One plate of the page."""

    def __init__(self, page: Page, id: str = "lab-1") -> None:
        self.page = page
        self.root = page.locator(f"#{id}")
        self.slider = self.root.locator("[data-role=slider]")

    def find(self, role: str) -> Any:
        return self.root.locator(f"[data-role={role}]")

    def pane(self, schedule: str) -> Any:
        return self.root.locator(f"[data-schedule={schedule}]")

    def slide(self, t: float) -> None:
        self.slider.fill(str(round(t * POSITIONS)))

    def choose(self, schedule: str) -> None:
        self.pane(schedule).locator("input").check()

    def compare(self, at: str) -> None:
        self.root.locator(f"[data-role=compare][value={at}]").check()

    def read(self, schedule: str, name: str) -> str:
        return str(self.pane(schedule).locator(f"[data-read={name}]").text_content())

    def pixels(self, schedule: str) -> NDArray[np.uint8]:
        """Return what is on the canvas, of shape (side, side, 3)."""
        read = """canvas => {
          const { width, height } = canvas;
          return [width, ...canvas.getContext("2d").getImageData(0, 0, width, height).data];
        }"""
        side, *levels = self.pane(schedule).locator("canvas").evaluate(read)
        return np.array(levels, dtype=np.uint8).reshape(side, side, 4)[:, :, :3]

    def bars(self, schedule: str) -> NDArray[np.float64]:
        """Return the heights of the histogram as the path has them, in hundredths of the plot's height."""
        path = str(self.pane(schedule).locator(".histogram .spread-now").get_attribute("d"))
        points = np.array([[float(x) for x in point.split()] for point in path[1:].split("L")])
        assert len(points) == 2 + 2 * 64
        np.testing.assert_array_equal(points[1:-1:2, 1], points[2:-1:2, 1])
        return 100.0 - points[1:-1:2, 1]


def expected_values(
    schedule: str, t: float, seed: int = 0, pixels: NDArray[np.uint8] | None = None
) -> NDArray[np.float32]:
    """Compute x_t with numpy, of shape (side, side, channels)."""
    pixels = read_picture(OWN_PICTURE) if pixels is None else pixels
    side, _, channels = pixels.shape
    x0 = (pixels / 127.5 - 1.0).astype(np.float32).astype(float)
    eps = picture_generator(seed, 0).standard_normal((channels, side, side), dtype=np.float32)
    signal, noise = table(SCHEDULES[schedule], POSITIONS)[:, round(t * POSITIONS)].astype(float)
    return np.asarray(signal * x0 + noise * eps.transpose(1, 2, 0), dtype=np.float32)


def as_shown(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return values as bytes of red, green and blue."""
    levels = ((np.clip(values, -1.0, 1.0).astype(float) + 1.0) * 127.5).round().astype(np.uint8)
    return np.broadcast_to(levels, (*levels.shape[:2], 3))
