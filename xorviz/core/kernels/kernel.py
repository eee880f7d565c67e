"""What takes the steps of a run: the one seam between how training works and all that uses it.

Shapes: n steps, P parameters (w1 row by row, b1, w2, b2), 4 rows in the order of ROWS.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights

State = tuple[Array, Array]
"""Parameters (P,), and what the last step subtracted from them (P,): the next depend on no more."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What n steps came to. Its arrays hold until the kernel's next call."""

    losses: Array
    """(n,)."""
    outputs: Array
    """(n, 4)."""
    worst: Array
    """(n,) the largest error of the four rows."""
    norms: Array
    """(n,) the length of the gradient that each step followed: not of that where it came to.

    NaN where it is not known, infinite where it is beyond what numbers reach.
    """

    def __len__(self) -> int:
        return len(self.losses)


class Kernel(ABC):
    """Training state, and what moves it forward. Each kind comes to its own last bits."""

    name: ClassVar[str]
    block: ClassVar[int]
    """Steps that are taken at once at most."""
    frees_the_lock: ClassVar[bool]
    """Whether Python goes on elsewhere while steps are taken."""

    def __init__(self, config: RunConfig, weights: Weights) -> None:
        """Begin with weights, which are not written to; what they come to is known by settle."""
        self._config = config
        # One flat array holds [w1; b1] and then [w2; b2].
        self.parameters: Array = np.concatenate([a.ravel() for a in weights.arrays()])
        self._velocity: Array = np.zeros_like(self.parameters)
        self._before = self.state()

    @abstractmethod
    def configure(self, rate: float, momentum: float) -> None:
        """Use this learning rate and this momentum from the next step on."""

    @abstractmethod
    def settle(self) -> Taken:
        """Bring everything up to date with the parameters; return what they come to, as a step."""

    @abstractmethod
    def _run(self, n: int) -> Taken:
        """Take n steps, at most block."""

    @abstractmethod
    def _finite_steps(self, taken: Taken) -> int:
        """Return how many of the steps just taken left every loss and every weight finite."""

    def run(self, n: int) -> Taken:
        """Take n steps, at most block, or fewer: none that leaves the finite numbers."""
        self._before = self.state()
        taken = self._run(n)
        finite = self._finite_steps(taken)
        return taken if finite == n else self.retake(finite)

    def retake(self, n: int) -> Taken:
        """Go back to before the last run, and take only its first n steps, to the same bits."""
        self.restore(self._before)
        return self._run(n)

    def state(self) -> State:
        """Return a copy of all that the next steps depend on, for restore."""
        return self.parameters.copy(), self._velocity.copy()

    def restore(self, state: State) -> Taken:
        """Go back to a state, to the last bit; return what it comes to, as settle does."""
        self.parameters[:], self._velocity[:] = state
        return self.settle()

    def set_weight(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Set one number of w1, b1, w2 or b2; all else follows with settle."""
        layer1, layer2 = self._layers(self.parameters)
        where = {"w1": (layer1, index), "b1": (layer1, (2, *index)),
                 "w2": (layer2, index), "b2": (layer2, (-1, 0))}  # fmt: skip
        layer, place = where[name]
        layer[place] = value

    def weights(self) -> Weights:
        """Return a copy of the weights in their public shapes."""
        return self._in_public_shapes(self.parameters.copy())

    def velocity(self) -> Weights:
        """Return what the last step added to the weights, in their public shapes."""
        return self._in_public_shapes(-self._velocity)

    def _in_public_shapes(self, flat: Array) -> Weights:
        layer1, layer2 = self._layers(flat)
        if not self._config.biases:
            return Weights(layer1, None, layer2, None)
        return Weights(layer1[:2], layer1[2], layer2[:-1], layer2[-1])

    def _layers(self, flat: Array) -> tuple[Array, Array]:
        """Return [w1; b1] (2 or 3, H) and [w2; b2] (H or H + 1, 1) as views of a flat array."""
        inputs = 2 + self._config.biases
        split = inputs * self._config.width
        return flat[:split].reshape(inputs, -1), flat[split:].reshape(-1, 1)
