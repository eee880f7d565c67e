"""Curvature of the loss of all four rows at a network, and moves along it.

Shapes: P trainable numbers in the order of network.py, B rows, H hidden units, I inputs of a hidden
unit: x1, x2 and, with biases, 1. The Hessian has two parts, from the slopes and from the curvature
of the output: Bishop 2006, "Pattern recognition and machine learning", section 5.4.
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from xorviz.core.analysis.symmetry import are_equal
from xorviz.core.arrays import Array, Numbers
from xorviz.core.network import (
    ACTIVATIONS,
    Weights,
    flat,
    gradient,
    head_of,
    inputs,
    loss,
    outputs,
    weights_of,
)
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.settings import RunConfig

_COMPLEX_STEP = 1e-20
"""Complex step; its derivative is exact however small it is (Squire and Trapp 1998)."""
_LARGEST = 1e100
"""Weights are clipped here so that no product overflows; they saturate any unit."""


def hessian(weights: Weights, config: RunConfig) -> Numbers:
    """Return the Hessian of the loss (P, P): exact, symmetric and finite."""
    w1, w2 = _bounded(weights.w1), _bounded(weights.w2)[:, 0]
    taken_in = inputs(config)
    if weights.b1 is not None and weights.b2 is not None:
        w1 = np.concatenate((w1, _bounded(weights.b1)[np.newaxis]))
        taken_in = np.concatenate((taken_in, np.ones((len(taken_in), 1))), axis=1)
    activation, head = ACTIVATIONS[config.activation], head_of(config)
    targets = np.array(config.targets)
    before = taken_in @ w1
    h = activation.value(before)
    z = h @ w2 if weights.b2 is None else h @ w2 + _bounded(weights.b2)

    slope = activation.slope(h) * np.ones_like(h)
    bend = _derivative(lambda u: activation.slope(activation.value(u)), before)
    pull = head.slope(head.outputs(z), targets)
    stiffness = _derivative(lambda u: head.slope(head.outputs(u), targets), z)

    # The derivatives (B, P) of the logits by every trainable number.
    by_first = taken_in[:, :, np.newaxis] * (slope * w2)[:, np.newaxis]
    bias = np.ones((len(h), int(weights.b2 is not None)))
    jacobian = np.concatenate((by_first.reshape(len(h), -1), h, bias), axis=1)
    second: Numbers = (jacobian * stiffness[:, np.newaxis]).T @ jacobian
    _add_curved_outputs(
        second, taken_in, pull[:, np.newaxis] * slope, pull[:, np.newaxis] * bend * w2
    )
    return (second + second.T) / 2  # symmetric also in the last bits


def _bounded(array: Numbers) -> Numbers:
    return np.clip(array, -_LARGEST, _LARGEST)


def _derivative(function: Callable[[Numbers], Numbers], at: Numbers) -> Numbers:
    """Return the derivative of an elementwise function by its argument."""
    return np.asarray(np.imag(function(at + 1j * _COMPLEX_STEP)) / _COMPLEX_STEP)


def _add_curved_outputs(
    second: Numbers, taken_in: Numbers, across: Numbers, within: Numbers
) -> None:
    """Add the part from the curvature of the logits, which couples only numbers of one unit.

    Both factors are (B, H): across for pairs of w2 and an incoming weight, within for pairs of
    incoming weights.
    """
    width, inputs = across.shape[1], taken_in.shape[1]
    units = np.arange(width)
    first = np.arange(inputs)[:, np.newaxis] * width + units  # (I, H) indices of w1 and b1
    outgoing = inputs * width + units
    mixed = taken_in.T @ across
    second[first, outgoing] += mixed
    second[outgoing, first] += mixed
    second[first[:, np.newaxis], first] += np.einsum("bi,bk,bh->ikh", taken_in, taken_in, within)


class Question(Protocol):
    """An analysis with its inputs, as a value that any thread can compute."""

    def answer(self) -> object:
        """Return the result, a value that is never written to."""


ZERO = 1e-9
"""Eigenvalues up to this share of the largest count as zero; rounding is about 1e-14."""
NO_GRADIENT = 1e-12
"""Gradients up to this norm count as zero; rounding leaves about as much."""
NO_CURVATURE = 1e-15
"""Eigenvalues up to this count as zero: at a saturated output all are that small."""
PROGRESS = 0.05
"""Share of the loss whose fall is progress."""
_MOST_STEPS = 1_000_000_000
_STEEPEST = 1e100
"""Slopes are clipped here so that their squares are finite."""
_ORTHOGONAL = 1e-9
"""Directions up to this cosine count as orthogonal to the gradient."""
_LENGTHS = 2.0 ** np.arange(-10, 6)
"""Distances that followed tries: 0.001 to 32."""


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """Eigenvalues of the Hessian, and the gradient relative to its eigenvectors. A value."""

    eigenvalues: Array
    """(P,) in increasing order."""
    negative: int
    """Number of eigenvalues clearly below zero: directions in which the loss curves down."""
    positive: int
    """Number of eigenvalues clearly above zero."""
    direction: Array
    """(P,) unit eigenvector of the lowest eigenvalue, pointing downhill."""
    along: Array
    """(P,) the gradient along each eigenvector."""
    gradient_norm: float
    share: float
    """Share of the gradient along that direction, 0 to 1."""
    downward_share: float
    """Share of the gradient along all directions that curve down, 0 to 1."""
    loss: float
    drop: float
    """Predicted fall of the loss along the directions that do not curve down, if their curvature
    stayed constant (half the square of Newton's decrement); at most the loss."""
    is_learned: bool
    """Whether all errors are small."""
    has_equal_units: bool
    """Whether there are several hidden units, and all have the same weights and gradients."""

    @property
    def zero(self) -> int:
        """Number of eigenvalues that count as zero."""
        return len(self.eigenvalues) - self.negative - self.positive

    @property
    def curves_down(self) -> bool:
        """Whether the loss curves down in some direction."""
        return self.negative > 0

    @property
    def has_gradient(self) -> bool:
        """Whether the gradient does not count as zero."""
        return self.gradient_norm > NO_GRADIENT

    def steps_to_progress(self, config: RunConfig) -> float:
        """Return the steps in which the loss falls by PROGRESS, by the curvature here.

        n steps along an eigenvector of value c lower it by slope² (exp(-2 rate c n) - 1) / (-2 c).
        Infinite beyond a billion, and for steps that do not follow the gradient of this loss.
        """
        if not config.is_descent:
            return math.inf
        rate, squares = config.rate / (1 - config.momentum), self.along**2

        def fall(steps: int) -> float:
            exponents = -2 * rate * steps * self.eigenvalues
            means = np.where(exponents == 0, 1, np.expm1(exponents) / exponents)
            return float(np.nan_to_num(rate * steps * (means @ squares)))

        with np.errstate(all="ignore"):  # huge weights may overflow
            steps = bisect_left(range(_MOST_STEPS), PROGRESS * self.loss, key=fall)
        return float(steps) if steps < _MOST_STEPS else math.inf


def curvature_of(weights: Weights, config: RunConfig) -> Curvature:
    """Return the curvature at a network: 0.1 ms at width 3, 6 ms at width 64.

    Finite weights give finite numbers.
    """
    with np.errstate(all="ignore"):  # huge weights may overflow
        slopes = np.clip(np.nan_to_num(flat(gradient(weights, config))), -_STEEPEST, _STEEPEST)
        height = float(np.nan_to_num(loss(weights, config)))
        errors = head_of(config).errors(outputs(weights, config), np.array(config.targets))
    eigenvalues, directions = np.linalg.eigh(hessian(weights, config))
    tolerance = max(ZERO * float(np.abs(eigenvalues).max()), NO_CURVATURE)
    along = directions.T @ slopes
    down = eigenvalues < -tolerance
    norm = float(np.linalg.norm(slopes))
    return Curvature(
        eigenvalues=eigenvalues,
        negative=int(down.sum()),
        positive=int((eigenvalues > tolerance).sum()),
        direction=_downhill(directions[:, 0], slopes),
        along=along,
        gradient_norm=norm,
        share=_share(along[:1], norm),
        downward_share=_share(along[down], norm),
        loss=height,
        drop=_drop(along[~down], np.maximum(eigenvalues[~down], tolerance), height),
        is_learned=bool((np.abs(errors) < LEARNED_ERROR).all()),
        has_equal_units=config.width > 1 and are_equal(weights),
    )


def _share(parts: Array, norm: float) -> float:
    return min(float(np.linalg.norm(parts)) / norm, 1.0) if norm > 0 else 0.0


def _downhill(direction: Array, slopes: Array) -> Array:
    """Return the direction or its opposite, whichever leads downhill.

    On level ground, the one whose first nonzero component is positive.
    """
    along = float(direction @ slopes)
    if abs(along) <= _ORTHOGONAL * np.linalg.norm(slopes):
        first = direction[np.argmax(np.abs(direction) > _ORTHOGONAL)]
        return direction if first > 0 else -direction
    return direction if along < 0 else -direction


def _drop(along: Array, curving: Array, height: float) -> float:
    """Return how far the loss falls to the bottom of a parabola in each direction."""
    with np.errstate(all="ignore"):
        falls = np.where(along == 0, 0.0, along**2 / (2 * curving))
    return float(min(falls.sum(), height))


def kicked(weights: Weights, size: float, seed: int) -> Weights:
    """Return the network moved a distance in a random direction, determined by the seed."""
    row = flat(weights)
    kick = np.random.RandomState(seed).normal(size=row.shape)
    shape = RunConfig(width=weights.w1.shape[1], biases=weights.b1 is not None)
    return weights_of(row + size / np.linalg.norm(kick) * kick, shape)


def followed(weights: Weights, config: RunConfig, curvature: Curvature) -> Weights | None:
    """Return the network moved along the lowest direction to the lowest loss found there.

    Distances from 0.001 to 32, each twice the one before, are tried on both sides. None where no
    direction curves down or no loss is lower.
    """
    if not curvature.curves_down:
        return None
    row = flat(weights)
    lengths = np.concatenate((_LENGTHS, -_LENGTHS))
    tried = row + lengths[:, np.newaxis] * curvature.direction
    with np.errstate(all="ignore"):  # huge weights may overflow
        losses = loss(weights_of(tried, config), config)
        before = float(loss(weights, config))
    best = int(np.argmin(np.nan_to_num(losses, nan=np.inf)))
    return weights_of(tried[best], config) if losses[best] < before else None
