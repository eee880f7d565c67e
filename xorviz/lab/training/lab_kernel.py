"""The interface of the lab's kernels. Shapes: N networks, P parameters, n steps."""

from abc import ABC, abstractmethod

import numpy as np

from xorviz.core.arrays import Array, Mask
from xorviz.core.steps import State, joined
from xorviz.lab.training.cohort import Cohort

BLOCK = 32
"""Steps that are evaluated together: at least trend.RECENT."""

_BUFFER = 1024
"""Numbers in NumPy's buffers: NumPy 2.4 copies rows to be broadcast if two or more fit in one,
which pays only for short rows. With the default of 8192 a step of width 3 costs a tenth more; to
NumPy 1.26 it makes no difference."""

_SURELY_FINITE = 1e150
"""Squares of smaller errors, and the cross-entropies of smaller logits, are finite."""


class LabKernel(ABC):
    """Training state of N networks of the same shape, advanced in blocks of steps.

    The bits of each depend neither on the others nor on how the steps are divided into blocks.
    """

    _worst: Array
    """(BLOCK + 1, N or more) the largest errors, beginning with those before the block."""
    _results: tuple[Array, ...]
    """(BLOCK + 1, ...) all that a step leaves behind, likewise."""

    def __init__(self, cohort: Cohort) -> None:
        """Start from the state of a cohort, which is not changed."""
        self._cohort, self._count, self._step = cohort, len(cohort), cohort.step
        self._taken = 0
        """Steps of the last call of run."""

    def run(self, n: int) -> Array:
        """Take n steps, at most BLOCK; return the largest errors (n + 1, N) of the four rows.

        The first are those before the steps. Valid until the next call.
        """
        for results in self._results:
            results[0] = results[self._taken]
        self._take(n)
        self._taken, self._step = n, self._step + n
        return self._worst[: n + 1, : self._count]

    @abstractmethod
    def _take(self, n: int) -> None:
        """Take n steps and write their results."""

    @abstractmethod
    def losses(self) -> Array:
        """Return the losses (n + 1, N) of the last call of run, beginning with those before."""

    @abstractmethod
    def is_finite(self) -> Mask:
        """Return which networks (N,) have finite parameters, and losses in the last call of run."""

    @abstractmethod
    def parameters(self) -> Array:
        """Return a copy of the parameters (P, N)."""

    @abstractmethod
    def memory(self) -> Array:
        """Return a copy of the memory of the optimizer (D, N)."""


class CallsKernel(LabKernel):
    """Training state in fixed arrays with the networks last, advanced by a list of NumPy calls."""

    _state: State
    _signs: Array
    """(P, 1) or () what the parameters and their velocities are multiplied by in the state."""
    _sizes: Array
    """(BLOCK + 1, ..., N) where these are not too large, losses are finite."""

    def __init__(self, cohort: Cohort) -> None:
        super().__init__(cohort)
        # A single network's numbers would be contiguous, and NumPy sums those in another order: it
        # is trained as two, for the same bits as among others.
        self._cohort = cohort.picked(np.array([0, 0])) if self._count == 1 else cohort
        self._momenta = self._cohort.momenta if cohort.momenta.any() else None

    def run(self, n: int) -> Array:
        """Take n steps; return the largest errors."""
        before = np.setbufsize(_BUFFER)  # of this thread
        try:
            return super().run(n)
        finally:
            np.setbufsize(before)

    def is_finite(self) -> Mask:
        """Return which networks have finite parameters and losses."""
        finite = np.isfinite(self._state[0][:, : self._count]).all(axis=0)
        if not np.abs(self._sizes[: self._taken + 1]).max() < _SURELY_FINITE:
            finite &= np.isfinite(self.losses()).all(axis=0)
        return np.asarray(finite)

    def parameters(self) -> Array:
        """Return a copy of the parameters."""
        return np.asarray(self._state[0][:, : self._count] * self._signs)

    def memory(self) -> Array:
        """Return a copy of the memory of the optimizer."""
        return np.asarray(joined(self._state[1:])[:, : self._count] * self._signs)
