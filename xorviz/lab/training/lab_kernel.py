"""The interface of the lab's kernels. Shapes: N networks, P parameters, n steps."""

from abc import ABC, abstractmethod

from xorviz.core.arrays import Array, Mask
from xorviz.lab.training.cohort import Cohort

BLOCK = 32
"""Steps that are evaluated together: at least trend.RECENT."""


class LabKernel(ABC):
    """Training state of N networks of the same shape, advanced in blocks of steps.

    The bits of each depend neither on the others nor on how the steps are divided into blocks.
    """

    @abstractmethod
    def __init__(self, cohort: Cohort) -> None:
        """Start from the state of a cohort, which is not changed."""

    @abstractmethod
    def run(self, n: int) -> Array:
        """Take n steps, at most BLOCK; return the largest errors (n + 1, N) of the four rows.

        The first are those before the steps. Valid until the next call.
        """

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
