"""The plane of two hidden units' responses, with the border of the output. H hidden units."""

from dataclasses import dataclass

import numpy as np

from xorviz.core.analysis.surface import (
    HIGH,
    LOW,
    Span,
    largest_responses,
    line_in_square,
    responses,
    span_of,
)
from xorviz.core.arrays import Array
from xorviz.core.network import Weights, head_of
from xorviz.core.settings import RunConfig

LINES, POINTS = 13, 41
"""Lines of the input grid each way, and points on each."""
_LARGEST = 1e250
"""Weights and sums are clipped here so that nothing overflows."""
CLEARLY = 1.2
"""Ratio by which an outgoing weight must exceed another to replace its unit."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The hidden units, from 0, on the horizontal and the vertical axis."""

    across: int
    up: int | None
    """None where there is only one unit."""

    @property
    def units(self) -> tuple[int, ...]:
        """The one or two units."""
        return (self.across,) if self.up is None else (self.across, self.up)


def choose_pair(
    weights: Weights, before: Pair | None = None, across: int | None = None, up: int | None = None
) -> Pair:
    """Return the two units with the largest outgoing weights, or those chosen by the user.

    The previous pair stays until another unit is clearly larger, so that crossing weights do not
    make it flicker. Choices beyond the width, or of one unit twice, are ignored.
    """
    sizes = np.abs(weights.w2[:, 0])
    width = len(sizes)
    if width == 1:
        return Pair(0, None)
    chosen = [unit if unit is not None and unit < width else None for unit in (across, up)]
    chosen[1] = None if chosen[1] == chosen[0] else chosen[1]
    last = (before.across, before.up) if before else (None, None)
    kept = {old for old, unit in zip(last, chosen, strict=True) if unit is None}
    free = [unit for unit in range(width) if unit not in chosen]
    free.sort(key=lambda unit: -sizes[unit] / (1 if unit in kept else CLEARLY))
    best = free[: chosen.count(None)]
    held = [
        old if unit is None and old in best else unit
        for old, unit in zip(last, chosen, strict=True)
    ]
    new = iter(sorted({*best} - {*held}))
    first, second = (next(new) if unit is None else unit for unit in held)
    return Pair(first, second)


_STILL, _MOVING = np.meshgrid(
    np.linspace(LOW, HIGH, LINES), np.linspace(LOW, HIGH, POINTS), indexing="ij"
)
INPUT_GRID = np.concatenate((np.stack((_STILL, _MOVING), -1), np.stack((_MOVING, _STILL), -1)))
"""(2 * LINES, POINTS, 2) x1 and x2 along lines over the input square.

The first half has constant x1, the second constant x2.
"""


@dataclass(frozen=True, slots=True)
class Border:
    """The line in the plane where the output is in the middle: a * across + b * up + rest = 0.

    With a single unit b is 0 and the border vertical.
    """

    a: float
    b: float
    rest: float

    def side(self, across: float, up: float) -> float:
        """Return the logit at a point less that of the middle: above 0 the output is above it."""
        return self.a * across + self.b * up + self.rest

    def within(self, across: Span, up: Span) -> Array | None:
        """Return the end points (2, 2) of the border in a box; None where it misses the box."""
        low, high = np.array((across.low, up.low)), np.array((across.high, up.high))
        scale = (high - low) / (HIGH - LOW)  # from the input square to the box
        a, b = np.array((self.a, self.b)) * scale
        rest = self.side(*(low - LOW * scale).tolist())
        ends = line_in_square(float(a), float(b), rest)
        return None if ends is None else low + (ends - LOW) * scale


@dataclass(frozen=True, slots=True)
class Third:
    """The responses of the remaining unit of a network of three."""

    unit: int
    span: Span
    rows: Array
    """(4,) in the order of ROWS."""
    grid: Array
    """(2 * LINES, POINTS)."""


@dataclass(frozen=True, slots=True)
class PairPlane:
    """The plane of a pair, with rows, grid and borders. With a single unit, up is 0."""

    pair: Pair
    across: Span
    up: Span
    rows: Array
    """(4, 2) the pair's responses, in the order of ROWS."""
    grid: Array
    """(2 * LINES, POINTS, 2) the pair's responses along the lines of INPUT_GRID."""
    third: Third | None
    borders: tuple[Border, ...]
    """One for each of ROWS, with the other units at their responses to that row."""

    @property
    def border(self) -> Border:
        """The border with the other units' contribution averaged over the rows."""
        first = self.borders[0]
        return Border(first.a, first.b, float(np.mean([own.rest for own in self.borders])))

    @property
    def is_exact(self) -> bool:
        """Whether the border is the same for all rows, as without other units."""
        return len({own.rest for own in self.borders}) == 1


def plane_of(weights: Weights, config: RunConfig, pair: Pair) -> PairPlane:
    """Return the plane of a pair of units."""
    width = weights.w2.shape[0]
    others = [unit for unit in range(width) if unit not in pair.units]
    shown = [*pair.units, *(others if len(others) == 1 else [])]
    largest = largest_responses(weights, config)
    spans = [span_of(config.activation, float(largest[unit])) for unit in shown]
    rows = responses(weights, config, units=shown)
    grid = responses(weights, config, INPUT_GRID, shown)
    if pair.up is None:
        rows, grid = (np.concatenate((a, np.zeros_like(a)), axis=-1) for a in (rows, grid))
        spans.append(Span(-1.0, 1.0))
    third = Third(shown[2], spans[2], rows[:, 2], grid[..., 2]) if len(shown) == 3 else None
    with np.errstate(all="ignore"):
        rests = responses(weights, config, units=others) @ weights.w2[others, 0]
        rests = rests - head_of(config).middle + (0 if weights.b2 is None else weights.b2)
    a, *b = _bounded(weights.w2[list(pair.units), 0]).tolist()
    borders = tuple(Border(a, b[0] if b else 0.0, rest) for rest in _bounded(rests).tolist())
    return PairPlane(pair, spans[0], spans[1], rows[:, :2], grid[..., :2], third, borders)


def _bounded(numbers: Array) -> Array:
    return np.asarray(np.clip(np.nan_to_num(numbers), -_LARGEST, _LARGEST))
