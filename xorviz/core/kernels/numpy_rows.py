"""NumPy's kernel of passes row by row: few calls on fixed arrays for each update.

Shapes: B rows, H hidden units, P parameters. A bias is the weight of an input that is always 1.
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.kernels.calls import UNITS, Call, updates
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.kernels.numpy_kernel import BLOCK, hidden_calls, layers
from xorviz.core.network import Weights, flat, gradient, head_of, hidden, inputs, logits, weights_of
from xorviz.core.settings import RunConfig
from xorviz.core.steps import orders
from xorviz.core.truth_table import ORDERS

_OUTPUTS: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "sigmoid": (lambda z: 0.5 + 0.5 * math.tanh(0.5 * z), lambda y: y * (1 - y)),
    "tanh": (math.tanh, lambda y: 1 - y * y),
    "linear": (float, lambda _: 1.0),
}
"""Of an output unit z -> y, and y -> dy/dz: Python's numbers are faster than arrays of one."""


class NumpyRows(Kernel):
    """Training state in fixed arrays, and the calls that update it by each of the rows.

    What is measured follows from the parameters after each pass, for all passes of a call at once.
    """

    block = BLOCK
    frees_the_lock = False

    def __init__(self, config: RunConfig, weights: Weights) -> None:
        super().__init__(config, weights)
        head = head_of(config)
        self._output, self._output_slope = _OUTPUTS[config.output]
        self._is_square = head.of_loss.is_square
        self._scale = head.of_loss.scale_of(1) * (2 if self._is_square else 1)
        self._targets: list[float] = head.coding.value(np.array(config.targets)).tolist()
        self._rate, self._momentum = np.empty(()), np.empty(())
        self._gain, self._d = np.empty_like(self.parameters), np.empty(())
        self._h1 = np.ones(config.width + config.biases)
        self._w2 = layers(self.parameters, config)[1][:, 0]
        x = np.pad(inputs(config), ((0, 0), (0, int(config.biases))), constant_values=1)
        h = self._h1[: config.width]
        self._forward = [hidden_calls(self.parameters, row, h, config) for row in x]
        self._backward = [self._gain_calls(row) for row in x]
        self.configure(config)

    def configure(self, config: RunConfig) -> None:
        """Use these settings from the next step on. Only live ones may differ from before."""
        self._config = config
        self._rate[...], self._momentum[...] = config.rate, config.momentum
        self._factor = self._scale * (1 if config.optimizer == "adam" else config.rate)
        self._move = updates(
            self._state, self._gain, self._rate, self._momentum if config.momentum else None
        )

    def settle(self) -> Taken:
        """Return the results as of one step."""
        return self._judged(self._logits(self.parameters[np.newaxis]), np.array([np.nan]))

    def _run(self, n: int, number: int) -> Taken:
        parameters = np.empty((n + 1, len(self.parameters)))
        parameters[0] = self.parameters
        for k, order in enumerate(orders(self._config, number, n).tolist(), start=1):
            for row in ORDERS[order]:
                self._update(row)
            parameters[k] = self.parameters
        if n and self._config.optimizer != "adam" and not self._config.momentum:
            self._state[1][:] = self._gain
        slopes = flat(gradient(weights_of(parameters, self._config), self._config))
        return self._judged(self._logits(parameters[1:]), np.hypot.reduce(slopes[:-1], axis=-1))

    def _update(self, row: int) -> None:
        """Update the parameters by the loss of one row."""
        for call in self._forward[row]:
            call()
        y = self._output(float(self._w2.dot(self._h1)))
        d = self._factor * (y - self._targets[row])
        self._d[()] = d * self._output_slope(y) if self._is_square else d
        for call in self._backward[row]:
            call()
        for call in self._move:
            call()

    def _logits(self, parameters: Array) -> Array:
        """Return the logits (n, B) of parameters (n, P), NaN where one of these is not finite."""
        weights = weights_of(parameters, self._config)
        z = logits(weights, hidden(weights, self._config))
        return np.asarray(z + (0 * parameters).sum(axis=-1, keepdims=True))

    def _gain_calls(self, x: Array) -> list[Call]:
        """Return the calls from the derivative by the logit to the gain, for inputs (2 or 3,)."""
        width = self._config.width
        d_layer1, d_layer2 = layers(self._gain, self._config)
        d_h, scratch = np.empty((2, width))
        return [
            partial(np.multiply, self._h1, self._d, d_layer2[:, 0]),
            partial(np.multiply, self._w2[:width], self._d, d_h),
            *UNITS[self._config.activation].times_slope(d_h, self._h1[:width], scratch),
            partial(np.dot, x[:, np.newaxis], d_h[np.newaxis], d_layer1),
        ]
