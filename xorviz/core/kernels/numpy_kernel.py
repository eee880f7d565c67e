"""NumPy's kernels: a step of steps.py as a list of NumPy calls on fixed arrays.

With arrays this small, a step costs as much as its NumPy calls, so the list has few of them and
none that allocates. It is built once for a block of steps, with all decisions made: the calls
that units, a loss and an optimizer need, and where each step stores its logits and its gradient.
Shapes: B rows, H hidden units, P parameters. A bias is the weight of an input that is always 1.
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.kernels.calls import HALF, ONE, UNITS, Call, updates
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.network import Weights, flat, gradient, head_of, hidden, inputs, logits, weights_of
from xorviz.core.settings import RunConfig
from xorviz.core.steps import PACE, orders
from xorviz.core.truth_table import ORDERS

BLOCK = 64
"""Steps in one block: more were measured to be no faster, and make retake slower."""

_LINE = 8
"""Numbers in a cache line."""

_LEAST_RATE = 1e-60
"""At smaller rates the square of rate times gradient may underflow."""


def _slope_scale(config: RunConfig) -> float:
    """Return the derivative of the loss divided by what the calls compute; a factor of the rate.

    The output of a sigmoid is stored as a = tanh(z/2) = 2y - 1 and its targets likewise, which
    saves two calls: a - t is twice the error, and 1 - a**2 is four times the slope y (1 - y).
    """
    loss = head_of(config).of_loss
    scale = 2 * loss.scale if loss.is_square else loss.scale
    if config.output != "sigmoid":
        return scale
    return scale / 8 if loss.is_square else scale / 2


class NumpyKernel(Kernel):
    """Training state in fixed arrays, and the calls that advance it by one block.

    Rows are the last axis, so that the responses are contiguous without the row of ones. The
    parameters are one flat array, so that one call updates them all.
    """

    block = BLOCK
    frees_the_lock = False

    def __init__(self, config: RunConfig, weights: Weights) -> None:
        super().__init__(config, weights)
        width, x = config.width, inputs(config)
        rows = len(x)
        self._head = head_of(config)
        self._output = UNITS["linear" if config.output == "linear" else "tanh"]
        self._is_adam = config.optimizer == "adam"
        self._factor, self._pace = np.empty(()), {name: np.empty(()) for name in PACE}
        self._has_momentum: bool | None = None
        """Whether the calls are built for a momentum above 0; None before they are built."""

        self._x = np.vstack([x.T, np.ones((int(config.biases), rows))])
        t = self._head.coding.value(np.array([config.targets]))
        self._t = 2 * t - 1 if config.output == "sigmoid" else t
        self._h1 = np.ones((width + config.biases, rows))
        self._h = self._h1[:width]
        self._a, self._d, self._slope = (np.empty((1, rows)) for _ in range(3))
        self._d_h, self._slope_h = (np.empty((width, rows)) for _ in range(2))
        self._logits = np.empty((BLOCK, 1, rows))
        count = len(self.parameters)
        # Each row starts on a cache line, so that its bits do not depend on its index.
        self._gains = np.empty((BLOCK, -(-count // _LINE) * _LINE))[:, :count]
        """(BLOCK, P) for each step of the last run: the gradient, times the rate but for Adam."""

        # All steps share these calls: thousands of separate ones would fill the cache.
        self._respond = hidden_calls(self.parameters, self._x, self._h, config)
        self._put_out = self._output.respond(self._a)
        self._err, self._pass_back = self._error_calls(), self._hidden_error_calls()
        self._settle = self._forward(self._logits[0])
        self.configure(config)

    def configure(self, config: RunConfig) -> None:
        """Use these settings from the next step on. Only live ones may differ from before."""
        self._config = config
        for name, number in self._pace.items():
            number[...] = getattr(config, name)
        self._gain_rate = 1.0 if self._is_adam else config.rate
        self._factor[...] = self._gain_rate * _slope_scale(config)
        has_momentum = config.momentum > 0 and not self._is_adam
        if has_momentum == self._has_momentum:  # building the list takes as long as running it
            return
        self._has_momentum = has_momentum
        steps = []
        for gain, z in zip(self._gains, self._logits, strict=True):
            update = updates(self._state, gain, config, self._pace, has_momentum)
            steps.append([*self._backward(gain), *update, *self._forward(z)])
        self._calls_per_step = len(steps[0])
        self._calls = [call for step in steps for call in step]

    def settle(self) -> Taken:
        """Recompute the activations from the parameters; return the results as of one step."""
        for call in self._settle:
            call()
        return self._judged(self._logits[:1, 0], np.array([np.nan]))

    def _run(self, n: int, number: int) -> Taken:  # noqa: ARG002
        for call in self._calls[: n * self._calls_per_step]:
            call()
        if n and not (self._has_momentum or self._is_adam):
            self._state[1][:] = self._gains[n - 1]
        return self._judged(self._logits[:n, 0], self._gradient_norms(n))

    def _finite_steps(self, taken: Taken) -> int:
        if self._is_finite(taken):
            return len(taken)
        self.restore(self._before)
        return next(n for n in range(BLOCK) if not self._is_finite(self._run(1, self._number + n)))

    def _is_finite(self, taken: Taken) -> bool:
        return bool(np.isfinite(taken.losses).all() and np.isfinite(self.parameters).all())

    def _gradient_norms(self, n: int) -> Array:
        """Return the gradient norms (n,) before each of the n steps of the last run.

        The rate must still be that of the run. NaN where the rate is too small to tell; infinite
        above 1e150.
        """
        gains, rate = self._gains[:n], self._gain_rate
        norms: Array = np.sqrt(np.einsum("ij,ij->i", gains, gains))
        return norms / (rate if rate >= _LEAST_RATE else np.nan)

    def _forward(self, logits: Array) -> list[Call]:
        """Return the calls from the parameters to the logits (1, B) and the output."""
        _, layer2 = layers(self.parameters, self._config)
        squash = HALF if self._config.output == "sigmoid" else ONE
        return [
            *self._respond,
            partial(np.dot, layer2.T, self._h1, logits),
            partial(np.multiply, logits, squash, self._a),
            *self._put_out,
        ]

    def _backward(self, gain: Array) -> list[Call]:
        """Return the calls from the output to the gain."""
        d_layer1, d_layer2 = layers(gain, self._config)
        return [
            *self._err,
            partial(np.dot, self._h1, self._d.T, d_layer2),
            *self._pass_back,
            partial(np.dot, self._x, self._d_h.T, d_layer1),
        ]

    def _error_calls(self) -> list[Call]:
        """Return the calls from the output to the derivative by the logit, as the gain has it."""
        d, is_square = self._d, self._head.of_loss.is_square
        return [
            partial(np.subtract, self._a, self._t, d),
            *(self._output.times_slope(d, self._a, self._slope) if is_square else ()),
            partial(np.multiply, d, self._factor, d),
        ]

    def _hidden_error_calls(self) -> list[Call]:
        """Return the calls from there to the derivatives by the hidden inputs."""
        _, layer2 = layers(self.parameters, self._config)
        return [
            partial(np.multiply, layer2[: len(self._h)], self._d, self._d_h),
            *UNITS[self._config.activation].times_slope(self._d_h, self._h, self._slope_h),
        ]


def hidden_calls(parameters: Array, x: Array, h: Array, config: RunConfig) -> list[Call]:
    """Return the calls from parameters (P,) to responses to inputs with a 1 (2 or 3, ...)."""
    unit = UNITS[config.activation]
    layer1, _ = layers(parameters, config)
    return [partial(np.dot, layer1.T, unit.factor * x, h), *unit.respond(h)]


def layers(parameters: Array, config: RunConfig) -> tuple[Array, Array]:
    """Return [w1; b1] (2 or 3, H) and [w2; b2] (H or H + 1, 1) as views of parameters (P,)."""
    into = 2 + config.biases
    split = into * config.width
    return parameters[:split].reshape(into, -1), parameters[split:].reshape(-1, 1)


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
        pace = {name: np.array(getattr(config, name)) for name in PACE}
        self._factor = self._scale * (1 if config.optimizer == "adam" else config.rate)
        self._move = updates(self._state, self._gain, config, pace, config.momentum > 0)

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
