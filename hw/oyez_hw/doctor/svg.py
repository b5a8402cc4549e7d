"""Pure: the plots of a report as SVG, drawn by hand so that the page needs nothing from elsewhere."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 680, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 40
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#999999", "#000000")
"""Okabe and Ito's, which the colour-blind tell apart."""
MOST_POINTS = 700


@dataclass(frozen=True, slots=True)
class Axis:
    label: str
    low: float
    high: float
    ticks: Sequence[float]

    def at(self, value: float) -> float:
        """0 to 1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def steps(low: float, high: float, about: int = 6) -> list[float]:
    """Round numbers between the two."""
    if not high > low:
        return [low]
    raw = (high - low) / about
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def lines(across: Axis, up: Axis, curves: Sequence[tuple[str, Sequence[float], Sequence[float]]]) -> str:
    """curves: (name, x, y) each."""
    drawn = []
    for number, (_, x, y) in enumerate(curves):
        every = max(1, len(x) // MOST_POINTS)
        points = " ".join(
            f"{_x(across, one):.1f},{_y(up, other):.1f}" for one, other in zip(x[::every], y[::every], strict=True)
        )
        colour = COLOURS[number % len(COLOURS)]
        drawn.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.3" points="{points}"/>')
    names = [name for name, _, _ in curves]
    return _picture(across, up, "".join(drawn) + _legend(names if len(names) > 1 else []))


def bars(across: Axis, up: Axis, edges: Sequence[float], counts: Sequence[int]) -> str:
    """edges: one more than counts."""
    drawn = []
    for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True):
        left, right, top = _x(across, low), _x(across, high), _y(up, count)
        height = HEIGHT - BOTTOM - top
        width = max(1.0, right - left - 1)
        drawn.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{COLOURS[0]}"/>'
        )
    return _picture(across, up, "".join(drawn))


def image(across: Axis, up: Axis, data_url: str) -> str:
    box = f'x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}"'
    return _picture(across, up, f'<image {box} preserveAspectRatio="none" href="{data_url}"/>')


def polar(levels_db: Sequence[float], lowest_db: float = -20.0) -> str:
    """levels_db: under the strongest, evenly round the compass, the first in front (drawn at the top)."""
    size, middle, radius = 300, 150, 112
    rings = []
    for level in (0.0, lowest_db / 2):
        r = radius * (1 - level / lowest_db)
        rings.append(f'<circle cx="{middle}" cy="{middle}" r="{r:.1f}" class="grid" fill="none"/>')
        rings.append(f'<text x="{middle + 3}" y="{middle - r + 12:.1f}">{level:g} dB</text>')
    points = []
    for number, level in enumerate(levels_db):
        angle = 2 * math.pi * number / len(levels_db)
        r = radius * max(0.0, 1 - level / lowest_db)
        points.append(f"{middle + r * math.sin(angle):.1f},{middle - r * math.cos(angle):.1f}")
    names = "".join(
        f'<text x="{middle + 130 * math.sin(at):.0f}" y="{middle - 130 * math.cos(at) + 4:.0f}" '
        f'text-anchor="middle">{name}</text>'
        for name, at in (("front", 0.0), ("right", math.pi / 2), ("back", math.pi), ("left", -math.pi / 2))
    )
    shape = f'<polygon points="{" ".join(points)}" fill="{COLOURS[0]}" fill-opacity="0.25" stroke="{COLOURS[0]}"/>'
    return (
        f'<svg viewBox="0 0 {size} {size}" style="max-width:{size}px" role="img">{"".join(rings)}{shape}{names}</svg>'
    )


def _picture(across: Axis, up: Axis, inside: str) -> str:
    grid = []
    for tick in across.ticks:
        x = _x(across, tick)
        grid.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>')
        grid.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{tick:g}</text>')
    for tick in up.ticks:
        y = _y(up, tick)
        grid.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        grid.append(f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    middle = (HEIGHT - BOTTOM + TOP) / 2
    labels = (
        f'<text x="{(WIDTH + LEFT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{across.label}</text>'
        f'<text transform="translate(13 {middle}) rotate(-90)" text-anchor="middle">{up.label}</text>'
    )
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(grid)}{inside}{labels}</svg>'


def _legend(names: Sequence[str]) -> str:
    return "".join(
        f'<rect x="{LEFT + 8 + 92 * number}" y="{TOP + 4}" width="10" height="10" '
        f'fill="{COLOURS[number % len(COLOURS)]}"/>'
        f'<text x="{LEFT + 22 + 92 * number}" y="{TOP + 13}">{name}</text>'
        for number, name in enumerate(names[:6])
    )


def _x(axis: Axis, value: float) -> float:
    return LEFT + axis.at(value) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.at(value) * (HEIGHT - TOP - BOTTOM)
