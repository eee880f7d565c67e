"""The outputs of many networks over the input square, all at once.

Shapes: N networks of one shape, P parameters as core/batch.py orders them, H hidden units, n
pixels a side.
"""

import math

import numpy as np
from numpy.typing import NDArray

from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.config import RunConfig

Array = NDArray[np.float64]
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
