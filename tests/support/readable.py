"""Training as the lesson has it, for tests that need to know what the numbers should be."""

import numpy as np

from xorviz.core.arrays import Numbers
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights, gradient, hidden, initial_weights, logits


def flat(weights: Weights) -> Numbers:
    """Return all the numbers as one vector."""
    return np.concatenate([a.ravel() for a in weights.arrays()])


class Readable:
    """The gradient of network.py and the rule v = momentum v - rate gradient; w += v."""

    def __init__(self, config: RunConfig, weights: Weights | None = None) -> None:
        self.config, self.rate, self.momentum = config, config.rate, config.momentum
        self.weights = (weights or initial_weights(config)).astype(np.float64)
        self._velocity = [np.zeros_like(a) for a in self.weights.arrays()]

    def step(self) -> None:
        """Take one step, in place."""
        uphill = gradient(self.weights, self.config).arrays()
        for w, v, g in zip(self.weights.arrays(), self._velocity, uphill, strict=True):
            v[...] = self.momentum * v - self.rate * g
            w[...] += v

    def logits(self) -> Numbers:
        """Return what goes into the output unit (4,)."""
        return logits(self.weights, hidden(self.weights, self.config.activation))
