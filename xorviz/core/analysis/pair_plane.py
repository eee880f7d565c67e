"""The plane of two hidden units' answers, as the output unit sees it. H hidden units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xorviz.core.analysis.responses import Span, largest_responses, responses, span_of
from xorviz.core.analysis.surface import HIGH, LOW, line_in_square
from xorviz.core.arrays import Array
from xorviz.core.network import Weights

LINES, POINTS = 13, 41
"""Lines of the input grid each way, and points on each."""
_LARGEST = 1e250
"""Weights, and what they come to, are cut off here: no picture needs more, and none overflows."""
CLEARLY = 1.2
"""By how much an outgoing weight must exceed another for its unit to take the other's place."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The hidden units, from 0, whose answers are drawn across and upwards."""

    across: int
    up: int | None
    """None where there is only one unit."""

    @property
    def units(self) -> tuple[int, ...]:
        """The one or two units."""
        return (self.across,) if self.up is None else (self.across, self.up)


def choose_pair(
    weights: Weights,
    before: Pair | None = None,
    across: int | None = None,
    up: int | None = None,
) -> Pair:
    """Return the two units with the largest outgoing weights, or those chosen by hand.

    The pair from before stays until another unit is clearly larger: weights that cross do not
    make it flicker. A choice beyond the network's width, or of one unit twice, does not count.
    """
    sizes = np.abs(weights.w2[:, 0])
    width = len(sizes)
    if width == 1:
        return Pair(0, None)
    across = across if across is not None and across < width else None
    up = up if up is not None and up < width and up != across else None
    taken = [unit for unit in (across, up) if unit is not None]
    places = ((before.across, across), (before.up, up)) if before else ()
    kept = [
        unit
        for unit, chosen in places
        if chosen is None and unit is not None and unit < width and unit not in taken
    ]
    free = _strongest(sizes, 2 - len(taken), taken, kept)
    return Pair(
        free.pop(0) if across is None else across,
        free.pop(0) if up is None else up,
    )


def _strongest(sizes: Array, count: int, taken: Sequence[int], kept: Sequence[int]) -> list[int]:
    """Return the units with the largest sizes: those kept, each in its place unless outdone."""
    ranked = sorted((u for u in range(len(sizes)) if u not in taken), key=lambda u: -sizes[u])
    if len(kept) != count:
        return sorted(ranked[:count])
    placed = list(kept)
    for rival in ranked:
        weakest = min(placed, key=lambda u: sizes[u], default=rival)
        if rival not in placed and sizes[rival] > CLEARLY * sizes[weakest]:
            placed[placed.index(weakest)] = rival
    return placed


def input_grid() -> Array:
    """Return a grid over the input square as polylines (2 * LINES, POINTS, 2) of x1 and x2.

    The first half has constant x1, the second constant x2.
    """
    lines, along = np.linspace(LOW, HIGH, LINES), np.linspace(LOW, HIGH, POINTS)
    still, moving = np.meshgrid(lines, along, indexing="ij")
    return np.concatenate([np.stack((still, moving), -1), np.stack((moving, still), -1)])


_GRID = input_grid()


def rest_of_logit(weights: Weights, activation: str, pair: Pair) -> Array:
    """Return what goes into the output unit besides the pair, for each of the four rows (4,)."""
    others = [unit for unit in range(weights.w2.shape[0]) if unit not in pair.units]
    b2 = 0.0 if weights.b2 is None else weights.b2
    with np.errstate(all="ignore"):
        rest = responses(weights, activation, units=others) @ weights.w2[others, 0] + b2
    return np.asarray(np.clip(np.nan_to_num(rest), -_LARGEST, _LARGEST))


@dataclass(frozen=True, slots=True)
class Border:
    """Where what goes into the output unit is zero, given its rest: a * across + b * up + rest."""

    a: float
    b: float
    rest: float

    @classmethod
    def of(cls, weights: Weights, pair: Pair, rest: float) -> "Border":
        """Return the border in the plane of a pair; with a single unit it is upright."""
        a, *up = np.clip(weights.w2[list(pair.units), 0], -_LARGEST, _LARGEST).tolist()
        return cls(a, up[0] if up else 0.0, rest)

    def side(self, across: float, up: float) -> float:
        """Return what goes into the output unit at a point: above 0 the output is above ½."""
        return self.a * across + self.b * up + self.rest

    def within(self, across: Span, up: Span) -> Array | None:
        """Return the two ends (2, 2) of the border in a box, or None where it misses the box."""
        low, size = (
            np.array((across.low, up.low)),
            np.array((across.high - across.low, up.high - up.low)),
        )
        scale = size / (HIGH - LOW)  # from the input square to the box
        a, b = np.array((self.a, self.b)) * scale
        rest = self.side(*(low - LOW * scale).tolist())
        ends = line_in_square(float(a), float(b), rest)
        return None if ends is None else low + (ends - LOW) * scale


@dataclass(frozen=True, slots=True)
class Third:
    """The answers of the unit that is not among the pair, where there are three in all."""

    unit: int
    span: Span
    rows: Array
    """(4,) in the order of ROWS."""
    grid: Array
    """(2 * LINES, POINTS)."""


@dataclass(frozen=True, slots=True)
class PairPlane:
    """The plane of a pair, and what lies in it. With a single unit, up is 0 everywhere."""

    pair: Pair
    across: Span
    up: Span
    rows: Array
    """(4, 2) the pair's answers, in the order of ROWS."""
    grid: Array
    """(2 * LINES, POINTS, 2) the pair's answers along the lines of input_grid()."""
    third: Third | None
    borders: tuple[Border, ...]
    """Of the four rows, in the order of ROWS: each with what the other units answer there."""

    @property
    def border(self) -> Border:
        """The border with the other units' part at its mean over the four rows."""
        first = self.borders[0]
        return Border(first.a, first.b, float(np.mean([own.rest for own in self.borders])))

    @property
    def is_exact(self) -> bool:
        """Whether the border holds for all of the plane: there is no other unit."""
        return len({own.rest for own in self.borders}) == 1


def plane_of(weights: Weights, activation: str, pair: Pair) -> PairPlane:
    """Return the plane of a pair of units, as it is with these weights."""
    width = weights.w2.shape[0]
    others = [unit for unit in range(width) if unit not in pair.units]
    shown = [*pair.units, *(others if len(others) == 1 else [])]
    largest = largest_responses(weights, activation)
    spans = [span_of(activation, float(largest[unit])) for unit in shown]
    rows = responses(weights, activation, units=shown)
    grid = responses(weights, activation, _GRID, shown)
    if pair.up is None:
        rows, grid = (np.concatenate((a, np.zeros_like(a)), axis=-1) for a in (rows, grid))
        spans.append(Span(-1.0, 1.0))
    third = Third(shown[2], spans[2], rows[:, 2], grid[..., 2]) if len(shown) == 3 else None
    rests = rest_of_logit(weights, activation, pair)
    borders = tuple(Border.of(weights, pair, float(rest)) for rest in rests)
    return PairPlane(pair, spans[0], spans[1], rows[:, :2], grid[..., :2], third, borders)
