"""What each hidden unit answers over the input square. Shapes: H hidden units, U of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.arrays import Array
from xorviz.core.network import ACTIVATIONS, INPUTS, Weights

_CORNERS = np.array([(x1, x2) for x1 in (LOW, HIGH) for x2 in (LOW, HIGH)])

_LARGEST = 1e15
"""What goes into a unit is cut off here: all that follows stays finite in single precision."""


@dataclass(frozen=True, slots=True)
class Span:
    """The values from low to high that an axis or a scale of colours reaches over."""

    low: float
    high: float


_FIXED = {"sigmoid": Span(0.0, 1.0), "tanh": Span(-1.0, 1.0)}


def span_of(activation: str, largest: float) -> Span:
    """Return what a unit's answers reach over: for relu, a round number above the largest."""
    return _FIXED.get(activation) or Span(0.0, round_bound(largest))


def color_span(activation: str, largest: float) -> Span:
    """Return the span of a diverging scale of colours: that of relu has 0 in its middle."""
    span = span_of(activation, largest)
    return span if activation in _FIXED else Span(-span.high, span.high)


def round_bound(largest: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below a value."""
    if not 0 < largest < math.inf:
        return 1.0
    base = 10.0 ** math.floor(math.log10(max(float(largest), 1e-300)))
    return next(m * base for m in (1.0, 2.0, 5.0, 10.0) if m * base >= largest * (1 - 1e-12))


def responses(
    weights: Weights, activation: str, x: Array = INPUTS, units: Sequence[int] | None = None
) -> Array:
    """Return what some units, or all, answer to the inputs x (..., 2): finite numbers (..., U)."""
    chosen = slice(None) if units is None else list(units)
    with np.errstate(all="ignore"):
        z = x @ weights.w1[:, chosen]
        if weights.b1 is not None:
            z = z + weights.b1[chosen]
    return ACTIVATIONS[activation].value(_finite(z))


def largest_responses(weights: Weights, activation: str) -> Array:
    """Return the most that each unit answers within the square (H,): at one of its corners."""
    return np.asarray(responses(weights, activation, _CORNERS).max(axis=0))


def response_maps(
    weights: Weights, activation: str, units: Sequence[int], n: int
) -> NDArray[np.float32]:
    """Return what units answer at the middles of n * n pixels of the square (U, n, n).

    As in a picture: x1 runs along the columns to the right, x2 along the rows from below.
    """
    middles = LOW + (HIGH - LOW) * (np.arange(n) + 0.5) / n
    w1 = weights.w1[:, list(units)]
    b1 = 0.0 if weights.b1 is None else weights.b1[list(units), np.newaxis]
    with np.errstate(all="ignore"):
        by_x1, by_x2 = w1[0][:, np.newaxis] * middles, w1[1][:, np.newaxis] * middles[::-1] + b1
    single = [_finite(part).astype(np.float32) for part in (by_x1, by_x2)]
    z = single[0][:, np.newaxis, :] + single[1][:, :, np.newaxis]
    return np.asarray(ACTIVATIONS[activation].value(z), dtype=np.float32)


def _finite(z: Array) -> Array:
    return np.asarray(np.clip(np.nan_to_num(z, nan=0.0), -_LARGEST, _LARGEST))
