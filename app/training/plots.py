"""Line charts as SVG text, drawn by hand: logarithmic steps along, any figure upwards. No dependencies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 64, 132, 16, 44
COLOURS = ("#1b4f72", "#b03a2e", "#7d6608", "#196f3d", "#6c3483", "#424949")
FLOOR = 'stroke="#555" stroke-dasharray="1 3"'
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2", "1 2")


@dataclass(frozen=True)
class Line:
    """One line of a chart: its name and its points, in order along."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """What a chart shows.

    Args:
        title: what it is, for those who cannot see it too.
        along: name of the horizontal axis, which is logarithmic.
        up: name of the vertical axis.
        lines: at least one, with at least one point.
        floor: a dotted level named "real pictures", or None.
        log_up: the vertical axis is logarithmic too.
    """

    title: str
    along: str
    up: str
    lines: Sequence[Line]
    floor: float | None = None
    log_up: bool = False


def svg(chart: Chart) -> str:
    """Draw a chart as one `<svg>` element."""
    xs = [x for line in chart.lines for x, _ in line.points]
    ys = [y for line in chart.lines for _, y in line.points] + ([] if chart.floor is None else [chart.floor])
    across = _Axis(min(xs), max(xs), LEFT, WIDTH - RIGHT, log=True)
    upwards = _Axis(min(ys), max(ys), HEIGHT - BOTTOM, TOP, log=chart.log_up)
    parts = [_grid(chart, across, upwards, sorted(set(xs)))]
    if chart.floor is not None:
        y = upwards.place(chart.floor)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" {FLOOR}/>')
        parts.append(_key("real pictures", len(chart.lines), FLOOR))
    parts += [_line(line, number, across, upwards) for number, line in enumerate(chart.lines)]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(chart.title)}" '
        f'fill="none" font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'
    )


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float
    start: float
    end: float
    log: bool

    def place(self, value: float) -> float:
        low, high, at = (self._scaled(number) for number in (self.low, self.high, value))
        return self.start + (self.end - self.start) * ((at - low) / (high - low) if high > low else 0.5)

    def ticks(self, count: int = 5) -> list[float]:
        low, high = self._scaled(self.low), self._scaled(self.high)
        places = [low + (high - low) * k / (count - 1) for k in range(count)]
        return [math.exp(place) if self.log else place for place in places]

    def _scaled(self, value: float) -> float:
        return math.log(max(value, 1e-12)) if self.log else value


def _grid(chart: Chart, across: _Axis, upwards: _Axis, xs: list[float]) -> str:
    parts = []
    for value in upwards.ticks():
        y = upwards.place(value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{value:.3g}", "#333", "end"))
    parts += [_text(across.place(x), HEIGHT - BOTTOM + 18, f"{x:g}", "#333", "middle") for x in xs]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, chart.along, "#333", "middle"))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turned = f'<g transform="translate(14 {middle:.0f}) rotate(-90)">'
    return "".join(parts) + turned + _text(0, 0, chart.up, "#333", "middle") + "</g>"


def _line(line: Line, number: int, across: _Axis, upwards: _Axis) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    places = [(across.place(x), upwards.place(y)) for x, y in line.points]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
    style = f'stroke="{colour}" stroke-width="1.5" stroke-dasharray="{dash}"'
    return f'<path d="{path}" {style}/>{dots}{_key(line.name, number, style)}'


def _key(name: str, number: int, style: str) -> str:
    """Name a line in the margin."""
    x, y = WIDTH - RIGHT + 8, TOP + 12 + 18 * number
    return f'<path d="M{x} {y - 4}h22" {style}/>{_text(x + 26, y, name, "#111")}'


def _text(x: float, y: float, words: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
