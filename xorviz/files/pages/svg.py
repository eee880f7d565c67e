"""Small drawings of a run: the output over the input square, and the loss."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from contourpy import FillType, contour_generator

from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, Grid, decided, logit_grid, on_boundary
from xorviz.core.arrays import Array, Steps
from xorviz.core.colors import LIGHT_STOPS, MINUS, PLUS, signed_colors
from xorviz.core.network import head_of, level_of
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.core.truth_table import ROWS

_SIDE = 200
"""Of the surface, in pixels; coordinates are whole pixels of a drawing twice as large."""
_GRID, _BANDS = Grid(41), 16
_COLORS = ["#{:02x}{:02x}{:02x}".format(*color) for color in signed_colors(LIGHT_STOPS, _BANDS)]

LOSS_WIDTH, LOSS_LEFT, LOSS_RIGHT = 420, 46, 8
_TOP, _HEIGHT = 8, 168
"""Of the loss's drawing and its margins, in pixels; it is as high as the surface."""
_RANGES = 300
"""Ranges of steps, of each of which the lowest and the highest loss are drawn."""
_LEAST, _HIGHEST = 1e-12, 308.25
"""Lower losses are drawn at the one; the other is the logarithm of the largest number."""
_ACCENT = "#168C7F"
"""Of the run itself; seen on a light ground and on a dark one."""
_DASHES = ("", "6 3", "2 3", "9 3 2 3")


def svg_surface(snapshot: Snapshot) -> str:
    """Return the output over the input square, in bands, with the four rows on it."""
    logits = logit_grid(snapshot.weights, snapshot.config, _GRID.points)
    drawn = contour_generator(_GRID.ticks, _GRID.ticks, logits, fill_type=FillType.OuterOffset)
    parts = [f'<rect width="100%" height="100%" fill="{_COLORS[0]}"/>']
    for band in range(1, _BANDS):
        level = level_of(band / _BANDS, snapshot.config.output, snapshot.config.coding)
        found: Any = drawn.filled(level, np.inf)
        rings = (
            _path(polygon[a:b]) + "z"
            for polygon, starts in zip(*found, strict=True)
            for a, b in pairwise(starts)
        )
        path = "".join(rings)
        parts.append(f'<path fill="{_COLORS[band]}" fill-rule="evenodd" d="{path}"/>' * bool(path))
    known = decided(logits, snapshot.weights, snapshot.config)
    lines_at = contour_generator(_GRID.ticks, _GRID.ticks, known).lines
    for line in lines_at(head_of(snapshot.config).middle):
        moved = on_boundary(np.asarray(line), snapshot.weights, snapshot.config, _GRID)
        parts.append(f'<path fill="none" stroke="#1D2630" stroke-width="3" d="{_path(moved)}"/>')
    config = snapshot.config
    for (x1, x2), bit, goal in zip(ROWS, config.targets, snapshot.goals.tolist(), strict=True):
        x, y = _places(np.array([[x1, x2]], dtype=float))[0]
        mark = f'<circle cx="{x}" cy="{y}" r="22" fill="{PLUS if bit else MINUS}"'
        parts.append(f'{mark} stroke="#fff" stroke-width="4"/>')
        about = 'text-anchor="middle" font-size="28" font-family="sans-serif" fill="#fff"'
        parts.append(f'<text x="{x}" y="{y + 10}" {about}>{numerals.whole(goal)}</text>')
    outputs = ", ".join(numerals.real(y, 2) for y in snapshot.outputs.tolist())
    name = f"Output over the input square; at rows 10, 00, 01, 11: {outputs}"
    return _svg(_SIDE, _SIDE, name, "".join(parts), 2)


def svg_loss(
    runs: Mapping[str, Trace],
    word: str,
    changes: Sequence[Intervention] = (),
    at: int | None = None,
) -> str:
    """Return the loss of runs by name, with marks at changes of the first one, and at its step.

    Nothing before the first step; ``word`` is what a step is called.
    """
    known = {name: trace for name, trace in runs.items() if len(trace.steps)}
    last = max((int(trace.steps[-1]) for trace in known.values()), default=0)
    if not last:
        return ""
    scales = _Scales(last, *_range([trace.losses for trace in known.values()]))
    parts = scales.axes(word)
    for place, (name, trace) in reversed(list(enumerate(known.items()))):
        few = trace.outlined(_RANGES)
        drawn = zip(scales.x(few.steps).tolist(), scales.y(few.losses).tolist(), strict=True)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
        look = f'stroke-dasharray="{_DASHES[place % len(_DASHES)]}"' if place else ""
        color = "currentColor" if place else _ACCENT
        parts.append(
            f'<polyline fill="none" stroke="{color}" stroke-width="{2 - bool(place)}" {look} '
            f'points="{points}"><title>{escape(name)}</title></polyline>'
        )
    for change in changes:
        x = scales.x(np.array(change.step))
        at_change = f"{word.capitalize()} {numerals.whole(change.step)}"
        about = f"{at_change}: {change.name} {numerals.plain(change.value)}"
        parts.append(
            f'<path d="M{x:.1f} {_TOP}v{_HEIGHT}" stroke="currentColor" stroke-dasharray="3 3" '
            f'opacity=".6"><title>{escape(about)}</title></path>'
        )
    first = next(iter(known.values()))
    if at is not None and at in first.steps:
        x, y = scales.x(np.array(at)), scales.y(first.losses[np.searchsorted(first.steps, at)])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_ACCENT}"/>')
    newest = numerals.real(first.losses[-1])
    name = f"Loss against step, 0 to {numerals.whole(last)}; newest {newest}"
    return _svg(LOSS_WIDTH, _SIDE, name, "".join(parts))


def _range(known: Sequence[Array]) -> tuple[float, float]:
    """Return the logarithms between which all losses are, at least a third of a decade."""
    logs = np.log10(np.maximum(np.concatenate(known), _LEAST))
    low, high = float(logs.min()), float(logs.max())
    spare = max(0.05 * (high - low), (0.35 - (high - low)) / 2)
    return low - spare, min(high + spare, _HIGHEST)


class _Scales(NamedTuple):
    """Where steps and losses are in the drawing, in pixels."""

    last: int
    lowest: float
    """Logarithm of the loss at the bottom."""
    highest: float

    def x(self, steps: Steps) -> Array:
        return LOSS_LEFT + (LOSS_WIDTH - LOSS_LEFT - LOSS_RIGHT) * np.asarray(steps) / self.last

    def y(self, losses: Array) -> Array:
        share = (self.highest - np.log10(np.maximum(losses, _LEAST))) / (self.highest - self.lowest)
        return np.asarray(_TOP + _HEIGHT * share)

    def axes(self, word: str) -> list[str]:
        """Return lines at round losses, and the ends of the steps."""
        ticks = [10.0**n for n in range(math.ceil(self.lowest), math.floor(self.highest) + 1)]
        if len(ticks) < 2:
            ticks = [10**self.lowest * 1.02, 10**self.highest * 0.98]
        ticks = ticks[:: -(-len(ticks) // 5)]
        look = 'font-size="11" font-family="sans-serif" fill="currentColor"'
        faint, parts = 'stroke="currentColor" opacity=".25"', []
        for tick in ticks:
            y, at = self.y(np.array(tick)), f'x="{LOSS_LEFT - 6}" text-anchor="end"'
            text = numerals.tick(float(f"{tick:.2g}"))
            parts.append(f'<text {at} y="{y + 4:.0f}" {look}>{text}</text>')
            parts.append(f'<path d="M{LOSS_LEFT} {y:.1f}H{LOSS_WIDTH}" {faint}/>')
        ends = (LOSS_LEFT, "start", f"{word} 0"), (LOSS_WIDTH - 2, "end", numerals.whole(self.last))
        for x, anchor, text in ends:
            at = f'x="{x}" y="{_SIDE - 6}" text-anchor="{anchor}"'
            parts.append(f"<text {at} {look}>{text}</text>")
        return parts


def _places(points: Array) -> Steps:
    """Return points (N, 2) of the input square in the drawing."""
    shares = (np.asarray(points) - LOW) / (HIGH - LOW)
    shares[:, 1] = 1 - shares[:, 1]
    return np.round(2 * _SIDE * shares).astype(np.int64)


def _path(points: Array) -> str:
    places = _places(np.array(points))
    return "M" + "L".join(f"{x} {y}" for x, y in places.tolist())


def _svg(width: int, height: int, name: str, inside: str, zoom: int = 1) -> str:
    box = f'viewBox="0 0 {zoom * width} {zoom * height}"'
    about = f'role="img" aria-label="{escape(name)}"'
    xmlns = 'xmlns="http://www.w3.org/2000/svg"'
    return f'<svg {xmlns} width="{width}" height="{height}" {box} {about}>{inside}</svg>'
