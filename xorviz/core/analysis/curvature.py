"""How the loss curves around a network, and what that says of where training stands.

Shapes: P trainable numbers, in the order of batch.py.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from xorviz.core.analysis.hessian import hessian
from xorviz.core.arrays import Array
from xorviz.core.batch import batch_losses, flat, weights_of
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights, gradient, loss, outputs
from xorviz.core.runs.snapshot import LEARNED_ERROR


class Question(Protocol):
    """A value that carries all that its answer needs, so that any thread can work it out."""

    def answer(self) -> object:
        """Work the answer out: a value too, which nobody writes to."""


ZERO = 1e-9
"""An eigenvalue counts as zero up to this share of the largest, far above rounding (1e-14)."""
NO_GRADIENT = 1e-12
"""A gradient up to this norm counts as none: rounding leaves about as much."""
_STEEPEST = 1e100
"""A steeper slope counts as this one, so that its square is finite."""
_ORTHOGONAL = 1e-9
"""A direction counts as orthogonal to the gradient up to this cosine."""


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """The eigenvalues of the second derivatives, and the gradient among them. A value."""

    eigenvalues: Array
    """(P,) rising."""
    negative: int
    """How many are clearly below zero: directions in which the loss curves down."""
    positive: int
    """How many are clearly above zero."""
    direction: Array
    """(P,) of length 1, of the lowest eigenvalue; the loss does not rise along it at first."""
    gradient_norm: float
    share: float
    """How much of the gradient lies along that direction, 0 to 1."""
    downward_share: float
    """How much of the gradient lies along all directions that curve down, 0 to 1."""
    loss: float
    drop: float
    """By how much the loss would fall along the directions that do not curve down, if they went on
    curving as they do here (half the square of Newton's decrement); at most the loss."""
    is_learned: bool
    """Whether all errors are small."""

    @property
    def zero(self) -> int:
        """How many eigenvalues cannot be told from zero."""
        return len(self.eigenvalues) - self.negative - self.positive

    @property
    def curves_down(self) -> bool:
        """Whether there is a direction that curves down."""
        return self.negative > 0

    @property
    def has_gradient(self) -> bool:
        """Whether the gradient can be told from zero."""
        return self.gradient_norm > NO_GRADIENT

    def doubling_steps(self, config: RunConfig) -> float:
        """Return in how many steps training doubles its distance along the direction down.

        The distance grows by rate * |eigenvalue| of itself each step, and momentum makes that
        1 / (1 - momentum) times as much. Infinite where no direction curves down.
        """
        if not self.curves_down:
            return math.inf
        growth = config.rate * -float(self.eigenvalues[0]) / (1 - config.momentum)
        return math.log(2) / math.log1p(growth) if growth > 0 else math.inf


@dataclass(frozen=True, slots=True, eq=False)
class CurvatureQuestion:
    """Asks how the loss curves around these weights."""

    weights: Weights
    config: RunConfig
    step: int = 0
    """Where the run stood, to be said beside the answer."""
    run: int = 0
    """Which run it was."""

    def answer(self) -> Curvature:
        """Work out the eigenvalues: 0.1 ms at width 3, 6 ms at width 64."""
        return curvature(self.weights, self.config)


def curvature(weights: Weights, config: RunConfig) -> Curvature:
    """Return how the loss curves around a network; finite weights give finite numbers."""
    with np.errstate(all="ignore"):  # huge weights may overflow on the way
        slopes = np.clip(np.nan_to_num(flat(gradient(weights, config))), -_STEEPEST, _STEEPEST)
        height = float(np.nan_to_num(loss(weights, config)))
        errors = outputs(weights, config.activation) - np.array(config.targets)
    eigenvalues, directions = np.linalg.eigh(hessian(weights, config))
    tolerance = ZERO * float(np.abs(eigenvalues).max())
    along = directions.T @ slopes
    down = eigenvalues < -tolerance
    norm = float(np.linalg.norm(slopes))
    return Curvature(
        eigenvalues=eigenvalues,
        negative=int(down.sum()),
        positive=int((eigenvalues > tolerance).sum()),
        direction=_downhill(directions[:, 0], slopes),
        gradient_norm=norm,
        share=_share(along[:1], norm),
        downward_share=_share(along[down], norm),
        loss=height,
        drop=_drop(along[~down], np.maximum(eigenvalues[~down], tolerance), height),
        is_learned=bool((np.abs(errors) < LEARNED_ERROR).all()),
    )


def _share(parts: Array, norm: float) -> float:
    return min(float(np.linalg.norm(parts)) / norm, 1.0) if norm > 0 else 0.0


def _downhill(direction: Array, slopes: Array) -> Array:
    """Return the direction or its opposite: whichever leads downhill.

    Where both do equally, the first number in it that is not zero is positive.
    """
    along = float(direction @ slopes)
    if abs(along) <= _ORTHOGONAL * np.linalg.norm(slopes):
        first = direction[np.argmax(np.abs(direction) > _ORTHOGONAL)]
        return direction if first > 0 else -direction
    return direction if along < 0 else -direction


def _drop(along: Array, curving: Array, height: float) -> float:
    """Return how far the bottom lies below, as a parabola in each direction has it."""
    with np.errstate(all="ignore"):
        falls = np.where(along == 0, 0.0, along**2 / (2 * curving))
    return float(min(falls.sum(), height))


_LENGTHS = 2.0 ** np.arange(-10, 6)
"""How far a network is moved along the direction down, one after another: 0.001 to 32."""


def kicked(weights: Weights, size: float, seed: int) -> Weights:
    """Return the network moved in a random direction by a distance; a seed always goes its way."""
    row = flat(weights)
    kick = np.random.RandomState(seed).normal(size=row.shape)
    shape = RunConfig(width=weights.w1.shape[1], biases=weights.b1 is not None)
    return weights_of(row + size / np.linalg.norm(kick) * kick, shape)


def followed(weights: Weights, config: RunConfig, curvature: Curvature) -> Weights | None:
    """Return the network moved along the direction that curves down most, where the loss is lower.

    All lengths from 0.001 to 32, each twice the one before, are tried to both sides, and the
    lowest loss is taken. None where no direction curves down, or none of them is lower.
    """
    if not curvature.curves_down:
        return None
    row = flat(weights)
    lengths = np.concatenate((_LENGTHS, -_LENGTHS))
    tried = row + lengths[:, np.newaxis] * curvature.direction
    with np.errstate(all="ignore"):  # from huge weights on
        losses = batch_losses(tried, config)
        before = float(loss(weights, config))
    best = int(np.argmin(np.nan_to_num(losses, nan=np.inf)))
    return weights_of(tried[best], config) if losses[best] < before else None
