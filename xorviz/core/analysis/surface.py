"""The network's output over the input square, and the line that each hidden unit draws in it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights, hidden, logits, outputs

LOW, HIGH = -0.5, 1.5
"""The input square reaches from LOW to HIGH on both axes, half a unit beyond the truth table."""

_RESPONSES = 64**3
"""Hidden responses computed for one picture: wide networks get a coarser grid, not a slower one."""


_LARGEST_SINGLE = 1e15
"""Products of weights up to here stay finite in single precision."""

_LARGEST_LOGIT = 1e30


@dataclass(frozen=True)
class Grid:
    """Evenly spaced points (n * n, 2) over the input square; single precision, for pictures."""

    n: int

    @classmethod
    def for_width(cls, width: int) -> "Grid":
        """Return the finest grid, from 32 to 128 points a side, that this width can afford."""
        return cls(int(np.clip(np.sqrt(_RESPONSES / width), 32, 128)))

    @property
    def ticks(self) -> NDArray[np.float32]:
        """(n,) the coordinates along either axis."""
        return np.linspace(LOW, HIGH, self.n, dtype=np.float32)

    @property
    def points(self) -> NDArray[np.float32]:
        """(n * n, 2) all pairs (x1, x2), x1 running fastest."""
        x1, x2 = np.meshgrid(self.ticks, self.ticks)
        return np.column_stack((x1.ravel(), x2.ravel()))


def logit_grid(
    weights: Weights, activation: str, points: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return what goes into the output unit (n, n) at a grid's points, x2 by rows, x1 by columns.

    Where it is zero the output is one half; a contour through outputs, which saturate, would
    be a staircase.
    """
    n = round(len(points) ** 0.5)
    largest = max(np.abs(a).max() for a in weights.arrays())
    if largest < _LARGEST_SINGLE:
        weights = weights.astype(np.float32)
    with np.errstate(all="ignore"):
        z = logits(weights, hidden(weights, activation, points)).reshape(n, n)
    finite = np.clip(np.nan_to_num(z, nan=0.0), -_LARGEST_LOGIT, _LARGEST_LOGIT)
    return np.asarray(finite, dtype=np.float32)


def output_at(weights: Weights, activation: str, x1: float, x2: float) -> float:
    """Return the output for one pair of inputs."""
    with np.errstate(all="ignore"):
        return float(outputs(weights, activation, np.array([[x1, x2]]))[0])


def unit_lines(weights: Weights) -> NDArray[np.float64]:
    """Return where each hidden unit's input is zero within the square: end points (L, 2, 2).

    A unit whose line misses the square is left out, so L is at most H.
    """
    lines = [unit_line(weights, unit) for unit in range(weights.w1.shape[1])]
    return np.array([line for line in lines if line is not None]).reshape(-1, 2, 2)


def unit_line(weights: Weights, unit: int) -> NDArray[np.float64] | None:
    """Return the two ends (2, 2) of one hidden unit's line within the square, if it is there."""
    w_x, w_y = weights.w1[:, unit].tolist()
    bias = 0.0 if weights.b1 is None else float(weights.b1[unit])
    return line_in_square(w_x, w_y, bias)


def line_distances(weights: Weights, x1: float, x2: float) -> NDArray[np.float64]:
    """Return how far each hidden unit's line is from a point (H,), infinite without a line."""
    b1 = np.zeros(weights.w1.shape[1]) if weights.b1 is None else weights.b1
    size = np.hypot(*weights.w1)
    with np.errstate(all="ignore"):
        distances = np.abs((x1 * weights.w1[0] + x2 * weights.w1[1] + b1) / size)
    return np.where(np.isfinite(distances), distances, np.inf)


def line_in_square(w_x: float, w_y: float, b: float) -> NDArray[np.float64] | None:
    """Return the two points (2, 2) where w_x x + w_y y + b = 0 crosses the square's edges."""
    size = max(abs(w_x), abs(w_y))
    if size == 0:
        return None
    w_x, w_y, b = w_x / size, w_y / size, b / size
    if abs(w_y) >= abs(w_x):  # nearer to level: a function of x
        ends = [(x, -(w_x * x + b) / w_y) for x in _range_inside(w_x, w_y, b)]
    else:
        ends = [(-(w_y * y + b) / w_x, y) for y in _range_inside(w_y, w_x, b)]
    return np.array(ends) if ends else None


def _range_inside(w_along: float, w_across: float, b: float) -> tuple[float, ...]:
    """Return the part of LOW..HIGH along one axis where the other coordinate is inside too."""
    start, end = LOW, HIGH
    if w_along == 0:
        return (start, end) if LOW <= -b / w_across <= HIGH else ()
    crossings = sorted(-(w_across * edge + b) / w_along for edge in (LOW, HIGH))
    start, end = max(start, crossings[0]), min(end, crossings[1])
    return (start, end) if start < end else ()


Pixels = NDArray[np.float32]

COARSEST = 12
"""Pixels a side: fewer would no longer show where the answer turns."""

_IN_CACHE = 65_536
"""Responses worked out at once: more leave the cache, and take half as long again."""

_LARGEST = 1e15
"""Weights and inputs are cut off here: all that follows stays finite in single precision."""


def fineness(networks: int, width: int, responses: int, finest: int) -> int:
    """Return how many pixels a side so many networks may have for so many hidden responses."""
    affordable = math.isqrt(responses // max(1, networks * width))
    return min(max(affordable, COARSEST), finest)


def middles(n: int) -> Array:
    """Return where the middles of n pixels in a row are along either axis (n,), from LOW on."""
    return np.asarray(LOW + (HIGH - LOW) * (np.arange(n) + 0.5) / n)


def logit_maps(parameters: Array, config: RunConfig, n: int) -> Pixels:
    """Return what goes into the output units (N, n, n) of networks (N, P), at middles of pixels.

    As in a picture: x1 runs along the columns to the right, x2 along the rows from below.
    """
    most = max(1, _IN_CACHE // (config.width * n * n))
    found = np.empty((len(parameters), n, n), dtype=np.float32)
    with np.errstate(all="ignore"):  # a network that has diverged may have huge weights
        for first in range(0, len(parameters), most):
            block = slice(first, first + most)
            _fill(found[block], parameters[block], config)
    return found


def _fill(found: Pixels, parameters: Array, config: RunConfig) -> None:
    """Write what goes into the output units of some networks."""
    n = found.shape[-1]
    w1, b1, w2, b2 = _layers(parameters, config)
    is_sigmoid = config.activation == "sigmoid"
    # A sigmoid response is (1 + tanh(z / 2)) / 2: one call of tanh does for both.
    scale = 0.5 if is_sigmoid else 1.0
    at = middles(n)
    by_x1 = _single(scale * w1[:, 0, :, np.newaxis] * at)
    by_x2 = _single(scale * (w1[:, 1, :, np.newaxis] * at[::-1] + b1[:, :, np.newaxis]))
    h = by_x1[:, :, np.newaxis, :] + by_x2[:, :, :, np.newaxis]
    if config.activation == "relu":
        np.maximum(h, 0, out=h)
    else:
        np.tanh(h, out=h)
    outgoing, constant = _single(scale * w2), _single(b2)
    z = np.matmul(outgoing[:, np.newaxis], h.reshape(len(h), config.width, n * n))
    if is_sigmoid:
        constant = constant + outgoing.sum(axis=1, keepdims=True)
    np.add(z.reshape(found.shape), constant[:, :, np.newaxis], out=found)


def _layers(parameters: Array, config: RunConfig) -> tuple[Array, Array, Array, Array]:
    """Return w1 (N, 2, H), b1 (N, H), w2 (N, H), b2 (N, 1); biases that are off are zero."""
    width, count = config.width, len(parameters)
    w1, rest = parameters[:, : 2 * width].reshape(-1, 2, width), parameters[:, 2 * width :]
    if not config.biases:
        return w1, np.zeros((count, width)), rest, np.zeros((count, 1))
    b1, w2, b2 = np.split(rest, [width, 2 * width], axis=1)
    return w1, b1, w2, b2


def _single(numbers: Array) -> Pixels:
    """Return numbers in single precision, finite and not too large."""
    finite = np.clip(np.nan_to_num(numbers, nan=0.0), -_LARGEST, _LARGEST)
    return np.asarray(finite, dtype=np.float32)
