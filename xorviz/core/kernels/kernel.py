"""The interface of all kernels.

Shapes: n steps, P parameters (w1 row by row, b1, w2, b2), 4 rows in the order of ROWS.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import Weights, flat, weights_of
from xorviz.core.settings import RunConfig

State = tuple[Array, ...]
"""What the next steps follow from: an array (P,) for each of STATE_NAMES, in their order."""
STATE_NAMES = ("parameters", "velocity")
"""The velocity is what the last step subtracted from the parameters."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The measured results of n steps. Its arrays are valid until the kernel's next call."""

    losses: Array
    """(n,)."""
    outputs: Array
    """(n, 4)."""
    worst: Array
    """(n,) the largest absolute error of the four rows."""
    norms: Array
    """(n,) the gradient norm before each step: NaN where unknown, infinite where it overflows."""

    def __len__(self) -> int:
        return len(self.losses)


class Kernel(ABC):
    """Training state, advanced in blocks of steps. Kernels differ in the last bits."""

    block: ClassVar[int]
    """The most steps of one call of run."""
    frees_the_lock: ClassVar[bool]
    """Whether run releases the GIL."""

    def __init__(self, config: RunConfig, weights: Weights) -> None:
        """Copy the initial weights; settle computes what follows from them."""
        self._config = config
        self.parameters: Array = flat(weights)
        self._velocity: Array = np.zeros_like(self.parameters)
        self._state: State = self.parameters, self._velocity
        self._before = self.state()

    @abstractmethod
    def configure(self, config: RunConfig) -> None:
        """Use these settings from the next step on. Only live ones may differ from before."""

    @abstractmethod
    def settle(self) -> Taken:
        """Recompute all that depends on the parameters; return it as the results of one step."""

    @abstractmethod
    def _run(self, n: int) -> Taken:
        """Take n steps, at most block."""

    @abstractmethod
    def _finite_steps(self, taken: Taken) -> int:
        """Return the number of steps of the last run before a loss or a weight was not finite."""

    def run(self, n: int) -> Taken:
        """Take n steps, at most block; stop before a step whose loss or weights are not finite."""
        self._before = self.state()
        taken = self._run(n)
        finite = self._finite_steps(taken)
        return taken if finite == n else self.retake(finite)

    def retake(self, n: int) -> Taken:
        """Repeat only the first n steps of the last run, bit for bit."""
        self.restore(self._before)
        return self._run(n)

    def state(self) -> State:
        """Return a copy of the state, for restore."""
        return tuple(array.copy() for array in self._state)

    def restore(self, state: State) -> Taken:
        """Return to a state, bit for bit; return its results as settle does."""
        for array, given in zip(self._state, state, strict=True):
            array[:] = given
        return self.settle()

    def set_weight(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Set one number of w1, b1, w2 or b2; settle then updates the rest."""
        getattr(weights_of(self.parameters, self._config), name)[index] = value

    def weights(self) -> Weights:
        """Return a copy of the weights."""
        return weights_of(self.parameters.copy(), self._config)

    def velocity(self) -> Weights:
        """Return what the last step added to the weights."""
        return weights_of(-self._velocity, self._config)
