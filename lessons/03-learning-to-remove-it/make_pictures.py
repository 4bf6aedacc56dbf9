"""Draws levels.png: the error, level by level, of two trained networks, A told the level and B not.

Run `python make_pictures.py` in this folder.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app.engine.points.spec import TrainingSpec
from docs.record_training import reports_of

FOLDER = Path(__file__).parent
SIZE = (1120, 640)
LEFT, TOP, RIGHT, BOTTOM = 110, 30, 1060, 540
HIGHEST = 1.4


def place(t: float, error: float) -> tuple[float, float]:
    """Return where an error at a level is drawn."""
    return LEFT + (RIGHT - LEFT) * (t - 0.1) / 0.9, BOTTOM - (BOTTOM - TOP) * error / HIGHEST


if __name__ == "__main__":
    told = reports_of(TrainingSpec(preset="ring", updates=3000))
    blind = reports_of(TrainingSpec(preset="ring", updates=3000, level_told=False))
    levels = told[0]["levels"]
    sheet = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=30)
    draw.line([(LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)], fill=90, width=2)
    for error in (0.0, 0.5, 1.0):
        draw.text((LEFT - 14, place(0.1, error)[1]), f"{error:g}", fill=0, font=font, anchor="rm")
    for t in (0.1, 0.5, 1.0):
        draw.text((place(t, 0.0)[0], BOTTOM + 14), f"{t:g}", fill=0, font=font, anchor="mt")
    draw.text(((LEFT + RIGHT) / 2, BOTTOM + 54), "level t", fill=0, font=font, anchor="mt")
    draw.text((LEFT + 16, TOP), "mean squared error", fill=0, font=font, anchor="lt")
    for name, reports in (("A", told), ("B", blind)):
        points = [place(t, error) for t, error in zip(levels, reports[-1]["validation"], strict=True)]
        draw.line(points, fill=0, width=5)
        for x, y in points:
            draw.ellipse([x - 8, y - 8, x + 8, y + 8], fill=0 if name == "A" else 255, outline=0, width=3)
        draw.text((points[-1][0] + 14, points[-1][1]), name, fill=0, font=font, anchor="lm")
    sheet.resize((SIZE[0] // 2, SIZE[1] // 2), Image.Resampling.LANCZOS).quantize(16).save(
        FOLDER / "levels.png", optimize=True
    )
