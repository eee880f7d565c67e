"""The interface of all kernels.

Shapes: n steps, P parameters (w1 row by row, b1, w2, b2), 4 rows in the order of ROWS.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import Weights, flat, head_of, weights_of
from xorviz.core.settings import RunConfig
from xorviz.core.steps import State, fresh_memory


@dataclass(frozen=True, slots=True)
class Taken:
    """The measured results of n steps. Its arrays are valid until the kernel's next call."""

    losses: Array
    """(n,)."""
    outputs: Array
    """(n, 4)."""
    worst: Array
    """(n,) the largest absolute error of the four rows, on the scale of Head.errors."""
    norms: Array
    """(n,) the norm of the gradient of the loss before each step: NaN where unknown, infinite where
    it overflows."""

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
        self._state: State = self.parameters, *fresh_memory(config)
        self._before, self._number = self.state(), 1

    @abstractmethod
    def configure(self, config: RunConfig) -> None:
        """Use these settings from the next step on. Only live ones may differ from before."""

    @abstractmethod
    def settle(self) -> Taken:
        """Recompute all that depends on the parameters; return it as the results of one step."""

    @abstractmethod
    def _run(self, n: int, number: int) -> Taken:
        """Take n steps, at most block; the first has this number, counted from 1."""

    def _finite_steps(self, taken: Taken) -> int:
        """Return the number of steps of the last run before a loss or a weight was not finite.

        Here the losses must be NaN where a weight is not finite.
        """
        finite = np.isfinite(taken.losses)
        return len(taken) if finite.all() else int(np.argmin(finite))

    def _judged(self, logits: Array, norms: Array) -> Taken:
        """Return the results of n steps with logits (n, 4)."""
        head, bits = head_of(self._config), np.array(self._config.targets)
        outputs = head.outputs(logits)
        worst = head.errors(outputs, bits).max(axis=1)
        return Taken(head.loss(logits, bits), outputs, worst, norms)

    def run(self, n: int, step: int) -> Taken:
        """Take n steps, at most block, after a step.

        Stop before one whose loss or weights are not finite.
        """
        self._before, self._number = self.state(), step + 1
        taken = self._run(n, self._number)
        finite = self._finite_steps(taken)
        return taken if finite == n else self.retake(finite)

    def retake(self, n: int) -> Taken:
        """Repeat only the first n steps of the last run, bit for bit."""
        self.restore(self._before)
        return self._run(n, self._number)

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
