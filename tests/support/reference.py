"""Training written twice more, as the lesson has it and for many networks, as a reference.

Shapes of Networks: N networks along the last axis, H sigmoid hidden units, 4 rows. It shares no
code with the package: the loss is the sum of squared errors, every step is of the full batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Array, Numbers
from xorviz.core.network import Weights, gradient, hidden, initial_weights, logits
from xorviz.core.settings import RunConfig

XOR = (1, 0, 1, 0)
"""Targets of the rows 1 0, 0 0, 0 1, 1 1."""


class Readable:
    """The gradient of network.py and the rule v = momentum v - rate gradient; w += v."""

    def __init__(self, config: RunConfig, weights: Weights | None = None) -> None:
        self.config, self.rate, self.momentum = config, config.rate, config.momentum
        self.weights = (weights or initial_weights(config)).each(np.array)
        self._velocity = [np.zeros_like(a) for a in self.weights.arrays()]

    def step(self, n: int = 1) -> None:
        """Take n steps, in place."""
        for _ in range(n):
            uphill = gradient(self.weights, self.config).arrays()
            for w, v, g in zip(self.weights.arrays(), self._velocity, uphill, strict=True):
                v[...] = self.momentum * v - self.rate * g
                w[...] += v

    def logits(self) -> Numbers:
        """Return the input of the output unit (4,)."""
        return logits(self.weights, hidden(self.weights, self.config))


@dataclass(frozen=True)
class Networks:
    """N networks; their arrays are trained in place."""

    w1: Array
    """(2, H, N)."""
    b1: Array
    """(H, N), zeros where biases are off."""
    w2: Array
    """(H, N)."""
    b2: Array
    """(N,), zeros where biases are off."""
    biases: bool

    @classmethod
    def drawn(cls, width: int, biases: bool, seeds: Sequence[int]) -> "Networks":
        """Draw each seed's numbers between -1 and 1: w1, w2 and then b1, b2."""
        shapes = ((2, width), (width,), (width,), (1,))
        draws = []
        for seed in seeds:
            random = np.random.RandomState(seed)
            draws.append([random.uniform(-1, 1, shape) for shape in shapes])
        w1, w2, b1, b2 = (np.stack(list(arrays), axis=-1) for arrays in zip(*draws, strict=True))
        return cls(w1, b1 * biases, w2, b2[0] * biases, biases)

    def outputs(self) -> tuple[Array, Array]:
        """Return the hidden responses (4, H, N) and the outputs (4, N)."""
        first, second = self.w1
        before = np.stack((first, np.zeros_like(first), second, first + second)) + self.b1
        h = 0.5 + 0.5 * np.tanh(0.5 * before)
        return h, 0.5 + 0.5 * np.tanh(0.5 * ((h * self.w2).sum(axis=1) + self.b2))

    def train(self, rate: float, steps: int, targets: Sequence[int] = XOR) -> None:
        """Take steps down the gradient."""
        wanted = np.array(targets, dtype=float)[:, np.newaxis]
        for _ in range(steps):
            h, y = self.outputs()
            pull = (2 * rate) * (wanted - y) * y * (1 - y)
            pulls = pull[:, np.newaxis] * h
            back = pulls * (1 - h) * self.w2
            self.w1[0] += back[0] + back[3]
            self.w1[1] += back[2] + back[3]
            self.w2[:] += pulls.sum(axis=0)
            if self.biases:
                self.b1[:] += back.sum(axis=0)
                self.b2[:] += pull.sum(axis=0)
