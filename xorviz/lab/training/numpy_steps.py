"""The gradient step by full batches, as in the 28 lines, for many networks of the same shape.

The networks are on the last axis, so that NumPy calls run through long rows, and none allocates.
Two changes of sign, which round nothing, save calls. Of sigmoid hidden units the incoming numbers
are stored negated, so that h = 1 / (1 + exp(u)). And the error of an output, its distance from
the target, is 1 / (1 + exp(margin)): the margin is the input of the output unit, negated where
the target is 0.

Shapes: N networks, H hidden units, P parameters as core/network.py orders them, I rows of the
truth table whose responses are computed: all four, or without biases the three with an input; R
rows at which the hidden units can differ from 0: as many, but always four if they are sigmoid.
"""

from functools import partial

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.kernels.calls import ONE, ZERO, Call, updates
from xorviz.core.network import LOSSES, head_of
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.lab_kernel import BLOCK, CallsKernel

_ORDER = tuple(ROWS.index(row) for row in ((1, 1), (1, 0), (0, 1), (0, 0)))
"""Indices in ROWS of the rows in the order used here."""


class NumpySteps(CallsKernel):
    """Training state in fixed arrays, and the calls that advance it by a block."""

    def __init__(self, cohort: Cohort) -> None:
        super().__init__(cohort)
        self._config, self._loss = cohort.shape, LOSSES[cohort.shape.loss]
        self._is_sigmoid = cohort.shape.activation == "sigmoid"
        cohort = self._cohort
        self._signs = np.ones((len(cohort.parameters), 1))
        layers(self._signs, cohort.shape)[0][:] = -1 if self._is_sigmoid else 1
        self._make_room(len(cohort))
        np.multiply(cohort.parameters, self._signs, out=self._p)
        # What is subtracted from the parameters: without momentum, the gain itself. In whatever
        # order the arguments are stored, the networks must be contiguous here.
        self._gain = np.multiply(cohort.memory, self._signs, order="C")
        self._state = self._p, self._gain if self._momenta is None else self._gain.copy()
        # Stored for each row, since broadcasting a row is slower than reading one.
        self._sides = np.ascontiguousarray(2 * cohort.targets[list(_ORDER)] - 1)
        """(4, N) the targets as -1 and 1."""
        scale = -2 * self._loss.scale if self._loss.is_square else -self._loss.scale
        self._rates = scale * cohort.rates * self._sides
        steps = self._steps()
        self._calls_per_step = len(steps[0])
        self._calls = [call for step in steps for call in step]
        for call in (*self._respond(), *self._judge(0)):
            call()
        self.run(0)

    @staticmethod
    def knows(shape: RunConfig) -> bool:
        """Return whether a shape is of these: full batches, a sigmoid output and bits."""
        usual, names = RunConfig(), ("batch", "output", "coding", "optimizer")
        return all(getattr(shape, name) == getattr(usual, name) for name in names)

    def _make_room(self, count: int) -> None:
        """Create the arrays that the calls write to."""
        width, inputs = self._config.width, 3 + self._config.biases
        # Without biases, the inputs of the hidden units at the rows with one input are w1 itself.
        begin = (4 if self._config.biases else 1) * width
        stored = np.empty((begin + len(self._signs), count))
        self._p, self._u = stored[begin:], stored[: inputs * width].reshape(inputs, width, count)
        # A sigmoid unit without an input responds with one half, any other with 0.
        self._h = np.full((4 if self._is_sigmoid else inputs, width, count), 1 / 2)
        self._product, self._slope = np.empty_like(self._h), np.empty_like(self._u)
        self._z = np.zeros((4, count))
        self._d, self._rest = np.empty((2, 4, count))
        # The first entries are those before the block. Distances of outputs from targets:
        self._errors = np.empty((BLOCK + 1, 4, count))
        self._parts = self._errors if self._loss.is_square else np.empty_like(self._errors)
        """What losses are computed from: the errors if they are squared, else the margins."""
        self._worst = np.empty((BLOCK + 1, count))
        self._results = self._errors, self._parts
        self._sizes = self._worst if self._loss.is_square else self._parts

    def _steps(self) -> list[list[Call]]:
        """Return the calls of each step of a block; calls that are the same are shared."""
        respond, pass_back = self._respond(), self._pass_back()
        move = updates(self._state, self._gain, self._rates, self._momenta)
        return [
            [*self._slope_of(self._errors[k]), *pass_back, *move, *respond, *self._judge(k + 1)]
            for k in range(BLOCK)
        ]

    def _take(self, n: int) -> None:
        for call in self._calls[: n * self._calls_per_step]:
            call()
        self._errors[: n + 1].max(axis=1, out=self._worst[: n + 1])

    def losses(self) -> Array:
        """Return the losses of the last steps."""
        parts = self._parts[: self._taken + 1, :, : self._count]
        if self._loss.is_square:
            return np.asarray(self._loss.scale * (parts**2).sum(axis=1))
        # A margin is an input of the output unit whose target is 1.
        return np.asarray(head_of(self._config).loss(parts.transpose(0, 2, 1), np.ones(4)))

    def _respond(self) -> list[Call]:
        """Return the calls from parameters to hidden responses."""
        layer1, u = layers(self._p, self._config)[0], self._u
        h = self._h[: len(u)]
        if not self._config.biases:
            return [partial(np.add, layer1[0], layer1[1], u[0]), *self._activate(u, h)]
        return [
            partial(np.add, layer1[:2], layer1[2], u[1:3]),
            partial(np.add, layer1[0], u[2], u[0]),
            partial(np.copyto, u[3], layer1[2]),
            *self._activate(u, h),
        ]

    def _activate(self, u: Array, h: Array) -> list[Call]:
        if self._is_sigmoid:
            return _sigmoid_of_negative(u, h)
        if self._config.activation == "relu":
            return [partial(np.maximum, u, ZERO, out=h)]
        return [partial(np.tanh, u, h)]

    def _judge(self, k: int) -> list[Call]:
        """Return the calls from hidden responses to margins and errors after k steps of a block."""
        _, w2, b2 = layers(self._p, self._config)
        z, margins = self._z, self._parts[k]
        return [
            partial(np.multiply, self._h, w2, self._product),
            # At row (0, 0) without biases, z of other units than sigmoid ones stays 0.
            partial(np.add.reduce, self._product, 1, None, z[: len(self._h)]),
            *([partial(np.add, z, b2, z)] if self._config.biases else []),
            partial(np.multiply, z, self._sides, margins),
            *_sigmoid_of_negative(margins, self._errors[k]),
        ]

    def _slope_of(self, errors: Array) -> list[Call]:
        """Return the calls from errors to rate times derivative by the output unit's input."""
        d, rest = self._d, self._rest
        if not self._loss.is_square:
            return [partial(np.multiply, errors, self._rates, d)]
        return [
            partial(np.multiply, errors, errors, d),
            partial(np.subtract, ONE, errors, rest),
            partial(np.multiply, d, rest, d),
            partial(np.multiply, d, self._rates, d),
        ]

    def _pass_back(self) -> list[Call]:
        """Return the calls from there to rate times gradient."""
        d_layer1, d_w2, d_b2 = layers(self._gain, self._config)
        w2, slope, d = layers(self._p, self._config)[1], self._slope, self._d
        return [
            partial(np.multiply, self._h, d[: len(self._h), np.newaxis], self._product),
            partial(np.add.reduce, self._product, 0, None, d_w2),
            *self._through_activation(),
            partial(np.add, slope[1:3], slope[0], d_layer1[:2]),
            *(partial(np.add.reduce, slope, 0, None, d_b1) for d_b1 in d_layer1[2:]),
            *(partial(np.add.reduce, d, 0, None, bias) for bias in d_b2),
            partial(np.multiply, d_layer1, w2, d_layer1),
        ]

    def _through_activation(self) -> list[Call]:
        """Return the calls that multiply d by the derivative of h by u."""
        slope, d = self._slope, self._d[: len(self._u), np.newaxis]
        h, pull = self._h[: len(slope)], self._product[: len(slope)]
        if self._is_sigmoid:  # d h (h - 1)
            return [partial(np.subtract, h, ONE, slope), partial(np.multiply, pull, slope, slope)]
        if self._config.activation == "relu":  # the sign of the response
            return [partial(np.sign, h, slope), partial(np.multiply, d, slope, slope)]
        return [partial(np.multiply, pull, h, slope), partial(np.subtract, d, slope, slope)]


def layers(flat: Array, shape: RunConfig) -> tuple[Array, Array, Array]:
    """Return w1 and b1 (2 or 3, H, N), w2 (H, N), b2 (0 or 1, N) as views of (P, N)."""
    split = (2 + shape.biases) * shape.width
    layer1 = flat[:split].reshape(-1, shape.width, flat.shape[1])
    return layer1, flat[split : split + shape.width], flat[split + shape.width :]


def _sigmoid_of_negative(z: Array, out: Array) -> list[Call]:
    """Return the calls of 1 / (1 + exp(z)), which is 0 where exp overflows."""
    # NumPy's exp and division together cost less than its tanh, most where it has no AVX-512.
    return [
        partial(np.exp, z, out),
        partial(np.add, out, ONE, out),
        partial(np.divide, ONE, out, out),
    ]
