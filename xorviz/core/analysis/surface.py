"""The output and the hidden units over the input square, and the units' lines.

On both axes of the square the two values of an input are 0 and 1, whatever numbers stand for them.
Shapes: H hidden units, U of them, N networks of P numbers, n points or pixels on a side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xorviz.core.arrays import Array, Mask, Numbers, Pixels
from xorviz.core.network import ACTIVATIONS, INPUTS, Weights, head_of, hidden, logits, weights_of
from xorviz.core.numerals import round_above
from xorviz.core.settings import RunConfig

LOW, HIGH = -0.5, 1.5
"""Range of the input square on both axes, half a unit beyond the truth table."""

_RESPONSES = 64**3
"""Hidden responses computed for one image, so that wide networks get a coarser grid."""

COARSEST = 12
"""Least pixels on a side that still show the shape of the output."""

_IN_CACHE = 65_536
"""Responses computed at once: more leave the processor's cache and take half as long again."""

_LARGEST = 1e15
"""Weights and inputs are clipped here, so that products are finite in single precision."""

_LARGEST_LOGIT = 1e30

_STEEP, _HALVINGS = 0.25, 5
"""Change of a unit's input along a grid edge above which linear contours look wrong; and halvings
of the edge to find where the logits are zero.
"""
_ROUNDING = 1e-4
"""Tolerance for points on a line of the grid, as a share of a grid edge."""
_ROUNDINGS = 4
"""Of a logit beside one for each unit: of the bias, a unit's input and its response."""
_CORNERS = np.array([(x1, x2) for x1 in (LOW, HIGH) for x2 in (LOW, HIGH)])
_TINY = 1e-30
"""Smaller numbers have fewer digits in single precision, or are 0."""


@dataclass(frozen=True)
class Grid:
    """Evenly spaced points over the input square, in single precision."""

    n: int

    @classmethod
    def for_width(cls, width: int) -> "Grid":
        """Return the grid for a width, from 32 to 128 points on a side."""
        return cls(int(np.clip(np.sqrt(_RESPONSES / width), 32, 128)))

    @property
    def ticks(self) -> Pixels:
        """(n,) the coordinates on either axis."""
        return np.linspace(LOW, HIGH, self.n, dtype=np.float32)

    @property
    def points(self) -> Pixels:
        """(n * n, 2) all pairs (x1, x2), x1 varying fastest."""
        x1, x2 = np.meshgrid(self.ticks, self.ticks)
        return np.column_stack((x1.ravel(), x2.ravel()))


def in_square(weights: Weights, config: RunConfig) -> Weights:
    """Return the network with the same hidden responses where its inputs are 0 and 1."""
    coding = head_of(config).coding
    if coding.low == 0:
        return weights
    shift = coding.low * weights.w1.sum(axis=-2)
    b1 = shift if weights.b1 is None else weights.b1 + shift
    b2 = np.zeros_like(b1[..., :1]) if weights.b2 is None else weights.b2
    return Weights((coding.high - coding.low) * weights.w1, b1, weights.w2, b2)


def logit_grid(weights: Weights, config: RunConfig, points: Pixels) -> Pixels:
    """Return the logits (n, n) at a grid's points, x2 by rows, x1 by columns.

    The decision boundary is where they are Head.middle. Outputs saturate, so that a contour through
    them would be a staircase.
    """
    weights, n = in_square(weights, config), round(len(points) ** 0.5)
    largest = max(np.abs(a).max() for a in weights.arrays())
    if largest < _LARGEST:
        weights = weights.each(lambda a: a.astype(np.float32))
    with np.errstate(all="ignore"):
        z = logits(weights, hidden(weights, config, points)).reshape(n, n)
    finite = np.clip(np.nan_to_num(z, nan=0.0), -_LARGEST_LOGIT, _LARGEST_LOGIT)
    return np.asarray(finite, dtype=np.float32)


def decided(z: Pixels, weights: Weights, config: RunConfig) -> Numbers:
    """Return logits (n, n), masked where their side of the boundary is due to rounding alone.

    That is where they and all around them are no further from it than the sum of H + 1 terms is
    off in single precision: by one rounding of all of them for each, and some for the responses.
    """
    terms = np.abs(responses(weights, config, _CORNERS) * bounded(weights.w2[:, 0])).max(axis=0)
    total = terms.sum() + (0 if weights.b2 is None else np.abs(bounded(weights.b2)).sum())
    noise = (len(terms) + _ROUNDINGS) * np.finfo(z.dtype).eps * total
    is_near = np.abs(z - head_of(config).middle) <= noise
    if not is_near.any():
        return z
    around = np.pad(is_near, 1, constant_values=True)
    rows = around[:-2] & around[1:-1] & around[2:]
    return np.ma.masked_where(rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:], z)


def on_boundary(line: Array, weights: Weights, config: RunConfig, grid: Grid) -> Array:
    """Return a contour's points (K, 2), each moved along its grid edge to the decision boundary.

    Contours are linear between grid points, but logits of saturated units are steps: jagged lines.
    """
    pitch, middle_z = (HIGH - LOW) / (grid.n - 1), head_of(config).middle
    weights = in_square(weights, config)
    if np.abs(weights.w1).max() * pitch < _STEEP:
        return line
    cells = (line - LOW) / pitch
    low, high = np.floor(cells + _ROUNDING), np.ceil(cells - _ROUNDING)

    def is_above(at: Array) -> Mask:
        z = logits(weights, hidden(weights, config, LOW + pitch * at))
        return z[:, np.newaxis] > middle_z

    with np.errstate(all="ignore"):  # weights may be huge
        start, end = is_above(low), is_above(high)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            is_before = is_above(middle) == start
            low, high = np.where(is_before, middle, low), np.where(is_before, high, middle)
    return np.where(start == end, line, LOW + pitch * (low + high) / 2)


def output_at(weights: Weights, config: RunConfig, x1: float, x2: float) -> float:
    """Return the output at one point of the square."""
    weights = in_square(weights, config)
    with np.errstate(all="ignore"):
        z = logits(weights, hidden(weights, config, np.array([[x1, x2]])))
        return float(head_of(config).outputs(z)[0])


def unit_lines(weights: Weights, config: RunConfig) -> Array:
    """Return the end points (L, 2, 2) of the lines in the square where a unit's input is zero.

    Units whose line misses the square are left out.
    """
    lines = [unit_line(weights, config, unit) for unit in range(weights.w1.shape[1])]
    return np.array([line for line in lines if line is not None]).reshape(-1, 2, 2)


def unit_line(weights: Weights, config: RunConfig, unit: int) -> Array | None:
    """Return the end points (2, 2) of one unit's line; None where it misses the square."""
    weights = in_square(weights, config)
    w_x, w_y = weights.w1[:, unit].tolist()
    bias = 0.0 if weights.b1 is None else float(weights.b1[unit])
    return line_in_square(w_x, w_y, bias)


def line_distances(weights: Weights, config: RunConfig, x1: float, x2: float) -> Array:
    """Return each unit line's distance from a point (H,), infinite without a line."""
    weights = in_square(weights, config)
    b1 = np.zeros(weights.w1.shape[1]) if weights.b1 is None else weights.b1
    with np.errstate(all="ignore"):
        # Divided by its largest number first, so that neither sum nor root overflows.
        w_x, w_y, b = np.vstack((weights.w1, b1)) / np.abs(weights.w1).max(axis=0)
        distances = np.abs(x1 * w_x + x2 * w_y + b) / np.hypot(w_x, w_y)
    return np.where(np.isfinite(distances), distances, np.inf)


def line_in_square(w_x: float, w_y: float, b: float) -> Array | None:
    """Return the points (2, 2) where w_x x + w_y y + b = 0 crosses the square's edges, if any."""
    if abs(w_x) > abs(w_y):  # closer to upright: the same with the axes swapped
        ends = line_in_square(w_y, w_x, b)
        return None if ends is None else ends[:, ::-1]
    if w_y == 0:
        return None
    slope, at_zero = -w_x / w_y, -b / w_y
    start, end = LOW, HIGH
    if slope:
        low, high = sorted((edge - at_zero) / slope for edge in (LOW, HIGH))
        start, end = max(start, low), min(end, high)
    if start >= end or not (slope or LOW <= at_zero <= HIGH):
        return None
    return np.array([(x, slope * x + at_zero) for x in (start, end)])


def fineness(networks: int, width: int, responses: int, finest: int) -> int:
    """Return the pixels on a side for images of networks within a budget of hidden responses."""
    affordable = math.isqrt(responses // max(1, networks * width))
    return min(max(affordable, COARSEST), finest)


def middles(n: int) -> Array:
    """Return the centers (n,) of n pixels along either axis."""
    return np.asarray(LOW + (HIGH - LOW) * (np.arange(n) + 0.5) / n)


def logit_maps(parameters: Array, config: RunConfig, n: int) -> Pixels:
    """Return the logits (N, n, n) of networks (N, P) at the centers of pixels.

    x1 increases to the right, x2 from the last row up.
    """
    most = max(1, _IN_CACHE // (config.width * n * n))
    found = np.empty((len(parameters), n, n), dtype=np.float32)
    for first in range(0, len(parameters), most):
        block = slice(first, first + most)
        weights = in_square(weights_of(parameters[block], config), config)
        h = ACTIVATIONS[config.activation].value(_inputs_at(weights, n))
        w2 = bounded(weights.w2).astype(np.float32).swapaxes(-1, -2)
        z = np.matmul(w2, h.reshape(*h.shape[:2], n * n)).reshape(-1, n, n)
        b2 = 0.0 if weights.b2 is None else bounded(weights.b2)[..., np.newaxis]
        found[block] = z + b2
    return found


def response_maps(weights: Weights, config: RunConfig, units: Sequence[int], n: int) -> Numbers:
    """Return the responses (U, n, n) of units at the centers of n * n pixels of the square.

    x1 increases to the right, x2 from the last row up.
    """
    chosen, weights = list(units), in_square(weights, config)
    b1 = None if weights.b1 is None else weights.b1[chosen]
    z = _inputs_at(replace(weights, w1=weights.w1[:, chosen], b1=b1), n)
    return ACTIVATIONS[config.activation].value(z)


def _inputs_at(weights: Weights, n: int) -> Numbers:
    """Return the inputs (..., H, n, n) of hidden units at the centers of pixels."""
    at, w1 = middles(n), weights.w1[..., np.newaxis]
    with np.errstate(all="ignore"):  # a diverged network may have huge weights
        by_x1, by_x2 = w1[..., 0, :, :] * at, w1[..., 1, :, :] * at[::-1]
        by_x2 = by_x2 if weights.b1 is None else by_x2 + weights.b1[..., np.newaxis]
    # Single precision is faster, but would round tiny responses to 0.
    is_tiny = max(np.abs(by_x1).max(), np.abs(by_x2).max()) < _TINY
    kind = np.float64 if is_tiny else np.float32
    parts: list[Numbers] = [bounded(part).astype(kind) for part in (by_x1, by_x2)]
    return parts[0][..., np.newaxis, :] + parts[1][..., np.newaxis]


def bounded(numbers: Array) -> Array:
    """Return numbers clipped to a size that is finite in single precision, NaN as 0."""
    # np.nan_to_num takes ten times as long for the few numbers of a frame.
    clipped = np.asarray(np.minimum(np.maximum(numbers, -_LARGEST), _LARGEST))
    clipped[np.isnan(clipped)] = 0.0
    return clipped


@dataclass(frozen=True, slots=True)
class Span:
    """The range of an axis or a colour scale."""

    low: float
    high: float


_FIXED = {"sigmoid": Span(0.0, 1.0), "tanh": Span(-1.0, 1.0)}


def span_of(activation: str, largest: float) -> Span:
    """Return the range of a unit's responses; for relu, up to a round number."""
    return _FIXED.get(activation) or Span(0.0, round_bound(largest))


def color_span(weights: Weights, config: RunConfig) -> Span:
    """Return the range of a diverging colour scale of responses; for relu symmetric about 0."""
    if (fixed := _FIXED.get(config.activation)) is not None:
        return fixed
    high = round_bound(float(largest_responses(weights, config).max()))
    return Span(-high, high)


def round_bound(largest: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least a value."""
    return round_above(max(float(largest), 1e-300)) if 0 < largest < math.inf else 1.0


def responses(
    weights: Weights, config: RunConfig, x: Array = INPUTS, units: Sequence[int] | None = None
) -> Array:
    """Return the finite responses (..., U) of some units, or all, at points x (..., 2)."""
    chosen, weights = slice(None) if units is None else list(units), in_square(weights, config)
    with np.errstate(all="ignore"):
        z = x @ weights.w1[:, chosen]
        if weights.b1 is not None:
            z = z + weights.b1[chosen]
    return ACTIVATIONS[config.activation].value(bounded(z))


def largest_responses(weights: Weights, config: RunConfig) -> Array:
    """Return each unit's largest response in the square (H,), which is at a corner."""
    return np.asarray(responses(weights, config, _CORNERS).max(axis=0))
