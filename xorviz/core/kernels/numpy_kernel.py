"""The NumPy kernel: the step of network.py as a list of NumPy calls between fixed arrays.

With arrays this small, a step costs as much as its NumPy calls, so the list has few of them and
none that allocates. It is built once for a block of steps, with all decisions made: the calls
that an activation and a loss need, and where each step stores its logits and its gradient.
Shapes: B rows, H hidden units, P parameters. A bias is the weight of an input that is always 1.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.network import INPUTS, LOSSES, Loss, Weights, head_of
from xorviz.core.settings import RunConfig

Call = Callable[[], object]

BLOCK = 64
"""Steps in one block: more were measured to be no faster, and make retake slower."""

_ZERO, _HALF, _ONE = np.array(0.0), np.array(0.5), np.array(1.0)
_LINE = 8
"""Numbers in a cache line."""

_LEAST_RATE = 1e-60
"""At smaller rates the square of rate times gradient may underflow."""


def _rate_scale(loss: Loss) -> float:
    """Return the derivative of a loss divided by what the calls compute; a factor of the rate.

    The output is stored as a = tanh(z/2) = 2y - 1 and the targets as -1 and 1, which saves two
    calls: a - t is twice the error, and 1 - a**2 is four times the sigmoid's slope y (1 - y).
    """
    return loss.scale / 4 if loss.is_square else loss.scale / 2


class NumpyKernel(Kernel):
    """Training state in fixed arrays, and the calls that advance it by one block.

    Rows are the last axis, so that the responses are contiguous without the row of ones. The
    parameters are one flat array, so that one call updates them all.
    """

    block = BLOCK
    frees_the_lock = False

    def __init__(self, config: RunConfig, weights: Weights) -> None:
        super().__init__(config, weights)
        self._velocity = self._state[1]
        width, extra, rows = config.width, int(config.biases), len(INPUTS)
        self._targets, self._loss = np.array(config.targets), LOSSES[config.loss]
        self._rate = np.empty(())
        self._momentum = np.empty(())
        self._has_momentum: bool | None = None
        """Whether the calls are built for a momentum above 0; None before they are built."""

        self._x = np.vstack([INPUTS.T, np.ones((extra, rows))])
        self._t = 2 * np.array([config.targets], dtype=float) - 1
        self._h1 = np.ones((width + extra, rows))
        self._h = self._h1[:width]
        self._a, self._d, self._slope = (np.empty((1, rows)) for _ in range(3))
        self._d_h, self._slope_h = (np.empty((width, rows)) for _ in range(2))
        self._logits = np.empty((BLOCK, 1, rows))
        count = len(self.parameters)
        # Each row starts on a cache line, so that its bits do not depend on its index.
        self._gains = np.empty((BLOCK, -(-count // _LINE) * _LINE))[:, :count]
        """(BLOCK, P) rate times gradient for each step of the last run."""

        # All steps share these calls: thousands of separate ones would fill the cache.
        self._respond, self._put_out = self._hidden_calls(), partial(np.tanh, self._a, self._a)
        self._err, self._pass_back = self._error_calls(), self._hidden_error_calls()
        self._settle = self._forward(self._logits[0])
        self.configure(config)

    def configure(self, config: RunConfig) -> None:
        """Use these settings from the next step on. Only live ones may differ from before."""
        self._rate[...] = config.rate * _rate_scale(self._loss)
        self._momentum[...] = config.momentum
        has_momentum = config.momentum > 0
        if has_momentum == self._has_momentum:  # building the list takes as long as running it
            return
        self._has_momentum = has_momentum
        rows = zip(self._gains, self._logits, strict=True)
        steps = [[*self._backward(gain), *self._move(gain), *self._forward(z)] for gain, z in rows]
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
        if n and not self._has_momentum:
            self._velocity[:] = self._gains[n - 1]
        return self._judged(self._logits[:n, 0], self._gradient_norms(n))

    def _judged(self, logits: Array, norms: Array) -> Taken:
        """Return the results of n steps with logits (n, B)."""
        head = head_of(self._config)
        outputs = head.outputs(logits)
        worst = head.errors(outputs, self._targets).max(axis=1)
        losses = head.loss(logits, self._targets)
        return Taken(losses, outputs, worst, norms)

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
        rate = float(self._rate) / _rate_scale(self._loss)
        if rate < _LEAST_RATE:
            return np.full(n, np.nan)
        gains = self._gains[:n]
        norms: Array = np.sqrt(np.einsum("ij,ij->i", gains, gains)) / rate
        return norms

    def _forward(self, logits: Array) -> list[Call]:
        """Return the calls from the parameters to the logits (1, B) and the output."""
        _, layer2 = self._layers(self.parameters)
        return [
            *self._respond,
            partial(np.dot, layer2.T, self._h1, logits),
            partial(np.multiply, logits, _HALF, self._a),
            self._put_out,
        ]

    def _backward(self, gain: Array) -> list[Call]:
        """Return the calls from the output to rate times gradient."""
        d_layer1, d_layer2 = self._layers(gain)
        return [
            *self._err,
            partial(np.dot, self._h1, self._d.T, d_layer2),
            *self._pass_back,
            partial(np.dot, self._x, self._d_h.T, d_layer1),
        ]

    def _move(self, gain: Array) -> list[Call]:
        """Return the calls of the update: v = momentum v + gain; w -= v.

        Without momentum the velocity is the gain.
        """
        if not self._has_momentum:
            return [partial(np.subtract, self.parameters, gain, self.parameters)]
        return [
            partial(np.multiply, self._velocity, self._momentum, self._velocity),
            partial(np.add, self._velocity, gain, self._velocity),
            partial(np.subtract, self.parameters, self._velocity, self.parameters),
        ]

    def _hidden_calls(self) -> list[Call]:
        """Return the calls from the parameters to the hidden responses."""
        layer1, _ = self._layers(self.parameters)
        inputs, activate, _ = _ACTIVATIONS[self._config.activation]
        return [partial(np.dot, layer1.T, inputs * self._x, self._h), *activate(self._h)]

    def _error_calls(self) -> list[Call]:
        """Return the calls from the output to rate times derivative by the logit."""
        d = self._d
        return [
            partial(np.subtract, self._a, self._t, d),
            *(_times_tanh_slope(d, self._a, self._slope) if self._loss.is_square else ()),
            partial(np.multiply, d, self._rate, d),
        ]

    def _hidden_error_calls(self) -> list[Call]:
        """Return the calls from there to rate times derivative by the hidden inputs."""
        _, layer2 = self._layers(self.parameters)
        _, _, times_slope = _ACTIVATIONS[self._config.activation]
        return [
            partial(np.multiply, layer2[: len(self._h)], self._d, self._d_h),
            *times_slope(self._d_h, self._h, self._slope_h),
        ]

    def _layers(self, flat: Array) -> tuple[Array, Array]:
        """Return [w1; b1] (2 or 3, H) and [w2; b2] (H or H + 1, 1) as views of a flat array."""
        inputs = 2 + self._config.biases
        split = inputs * self._config.width
        return flat[:split].reshape(inputs, -1), flat[split:].reshape(-1, 1)


def _sigmoid_of_double(z: Array) -> list[Call]:
    """Return the calls of 1/2 + 1/2 tanh(z) = sigmoid(2 z), in place and without overflow."""
    return [partial(np.tanh, z, z), partial(np.multiply, z, _HALF, z), partial(np.add, z, _HALF, z)]


def _times_sigmoid_slope(d: Array, h: Array, scratch: Array) -> list[Call]:
    return [
        partial(np.multiply, d, h, d),
        partial(np.subtract, _ONE, h, scratch),
        partial(np.multiply, d, scratch, d),
    ]


def _times_tanh_slope(d: Array, h: Array, scratch: Array) -> list[Call]:
    return [
        partial(np.multiply, h, h, scratch),
        partial(np.subtract, _ONE, scratch, scratch),
        partial(np.multiply, d, scratch, d),
    ]


def _times_relu_slope(d: Array, h: Array, scratch: Array) -> list[Call]:
    # A ReLU response is never negative, so its sign is the slope.
    return [partial(np.sign, h, scratch), partial(np.multiply, d, scratch, d)]


_ACTIVATIONS: dict[
    str, tuple[float, Callable[[Array], list[Call]], Callable[[Array, Array, Array], list[Call]]]
] = {
    "sigmoid": (0.5, _sigmoid_of_double, _times_sigmoid_slope),
    "tanh": (1.0, lambda z: [partial(np.tanh, z, z)], _times_tanh_slope),
    "relu": (1.0, lambda z: [partial(np.maximum, z, _ZERO, out=z)], _times_relu_slope),
}
"""A factor for the inputs, applied once, and the calls of each step forward and back."""
