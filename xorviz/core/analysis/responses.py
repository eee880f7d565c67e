"""Responses of hidden units over the input square. Shapes: H hidden units, U of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xorviz.core.analysis.surface import HIGH, LOW, bounded, middles
from xorviz.core.arrays import Array, Numbers
from xorviz.core.network import ACTIVATIONS, INPUTS, Weights

_CORNERS = np.array([(x1, x2) for x1 in (LOW, HIGH) for x2 in (LOW, HIGH)])

_TINY = 1e-30
"""Smaller numbers have fewer digits in single precision, or are 0."""


@dataclass(frozen=True, slots=True)
class Span:
    """The range of an axis or a colour scale."""

    low: float
    high: float


_FIXED = {"sigmoid": Span(0.0, 1.0), "tanh": Span(-1.0, 1.0)}


def span_of(activation: str, largest: float) -> Span:
    """Return the range of a unit's responses; for relu, up to a round number."""
    return _FIXED.get(activation) or Span(0.0, round_bound(largest))


def color_span(activation: str, largest: float) -> Span:
    """Return the range of a diverging colour scale; for relu it is symmetric about 0."""
    span = span_of(activation, largest)
    return span if activation in _FIXED else Span(-span.high, span.high)


def round_bound(largest: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least a value."""
    if not 0 < largest < math.inf:
        return 1.0
    base = 10.0 ** math.floor(math.log10(max(float(largest), 1e-300)))
    return next(m * base for m in (1.0, 2.0, 5.0, 10.0) if m * base >= largest * (1 - 1e-12))


def responses(
    weights: Weights, activation: str, x: Array = INPUTS, units: Sequence[int] | None = None
) -> Array:
    """Return the finite responses (..., U) of some units, or all, to the inputs x (..., 2)."""
    chosen = slice(None) if units is None else list(units)
    with np.errstate(all="ignore"):
        z = x @ weights.w1[:, chosen]
        if weights.b1 is not None:
            z = z + weights.b1[chosen]
    return ACTIVATIONS[activation].value(bounded(z))


def largest_responses(weights: Weights, activation: str) -> Array:
    """Return each unit's largest response in the square (H,), which is at a corner."""
    return np.asarray(responses(weights, activation, _CORNERS).max(axis=0))


def response_maps(weights: Weights, activation: str, units: Sequence[int], n: int) -> Numbers:
    """Return the responses (U, n, n) of units at the centers of n * n pixels of the square.

    x1 increases to the right, x2 from the last row up.
    """
    at = middles(n)
    w1 = weights.w1[:, list(units)]
    b1 = 0.0 if weights.b1 is None else weights.b1[list(units), np.newaxis]
    with np.errstate(all="ignore"):
        by_x1, by_x2 = w1[0][:, np.newaxis] * at, w1[1][:, np.newaxis] * at[::-1] + b1
    # Single precision is faster, but would round tiny responses to 0.
    is_tiny = max(np.abs(by_x1).max(), np.abs(by_x2).max()) < _TINY
    kind = np.float64 if is_tiny else np.float32
    single: list[Numbers] = [bounded(part).astype(kind) for part in (by_x1, by_x2)]
    z = single[0][:, np.newaxis, :] + single[1][:, :, np.newaxis]
    return np.asarray(ACTIVATIONS[activation].value(z), dtype=kind)
