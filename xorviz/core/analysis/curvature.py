"""How the loss curves around a network, and what that says of where training stands.

Shapes: P trainable numbers, in the order of batch.py.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xorviz.core.analysis.hessian import hessian
from xorviz.core.batch import flat
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights, gradient, loss, outputs
from xorviz.core.runs.snapshot import LEARNED_ERROR

Array = NDArray[np.float64]

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
