"""NumPy's kernel of full batches: a step of steps.py as a list of NumPy calls on fixed arrays.

With arrays this small, a step costs as much as its NumPy calls, so the list has few of them and
none that allocates. It is built once for a block of steps, with all decisions made: the calls
that units, a loss and an optimizer need, and where each step stores its logits and its gradient.
Shapes: B rows, H hidden units, P parameters. A bias is the weight of an input that is always 1.
"""

from functools import partial

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.kernels.calls import HALF, ONE, UNITS, Call, updates
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.network import Weights, head_of, inputs
from xorviz.core.settings import RunConfig

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
        self._rate, self._factor, self._momentum = np.empty(()), np.empty(()), np.empty(())
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
        self._rate[...], self._momentum[...] = config.rate, config.momentum
        self._gain_rate = 1.0 if self._is_adam else config.rate
        self._factor[...] = self._gain_rate * _slope_scale(config)
        has_momentum = config.momentum > 0 and not self._is_adam
        if has_momentum == self._has_momentum:  # building the list takes as long as running it
            return
        self._has_momentum = has_momentum
        momentum = self._momentum if has_momentum else None
        steps = []
        for gain, logits in zip(self._gains, self._logits, strict=True):
            update = updates(self._state, gain, self._rate, momentum)
            steps.append([*self._backward(gain), *update, *self._forward(logits)])
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
