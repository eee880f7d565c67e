"""NumPy's steps of many networks of the same shape: as in the 28 lines, and with any settings.

The networks are on the last axis, so that NumPy calls run through long rows, and none allocates.
Shapes: N networks, H hidden units, P parameters as core/network.py orders them, R rows of the truth
table that an update is by.
"""

from functools import partial

import numpy as np

from xorviz.core.arrays import Array, Mask
from xorviz.core.kernels.calls import ONE, UNITS, ZERO, Call, updates
from xorviz.core.network import LOSSES, head_of, inputs
from xorviz.core.settings import RunConfig
from xorviz.core.steps import PACE, State, joined, parted
from xorviz.core.truth_table import ORDERS, ROWS
from xorviz.lab.training.cohort import BLOCK, SHAPE, Cohort, LabKernel

_BUFFER = 1024
"""Numbers in NumPy's buffers: NumPy 2.4 copies rows to be broadcast if two or more fit in one,
which pays only for short rows. With the default of 8192 a step of width 3 costs a tenth more; to
NumPy 1.26 it makes no difference."""

_SURELY_FINITE = 1e150
"""Squares of smaller errors, and the cross-entropies of smaller logits, are finite."""

_ORDER = tuple(ROWS.index(row) for row in ((1, 1), (1, 0), (0, 1), (0, 0)))
"""Indices in ROWS of the rows in the order used here."""
_ORDERS = np.array(ORDERS)
"""(24, 4) row indices."""


class CallsKernel(LabKernel):
    """Training state in fixed arrays with the networks last, advanced by a list of NumPy calls."""

    _state: State
    _signs: Array
    """(P, 1) or () what the parameters and their velocities are multiplied by in the state."""
    _sizes: Array
    """(BLOCK + 1, ..., N) where these are not too large, losses are finite."""

    def __init__(self, cohort: Cohort) -> None:
        super().__init__(cohort)
        # A single network's numbers would be contiguous, and NumPy sums those in another order: it
        # is trained as two, for the same bits as among others.
        self._cohort = cohort.picked(np.array([0, 0])) if self._count == 1 else cohort
        self._pace = {name: self._cohort.pace(name) for name in PACE}
        self._has_momentum = bool(cohort.momenta.any())

    def run(self, n: int) -> Array:
        """Take n steps; return the largest errors."""
        before = np.setbufsize(_BUFFER)  # of this thread
        try:
            return super().run(n)
        finally:
            np.setbufsize(before)

    def is_finite(self) -> Mask:
        """Return which networks have finite parameters and losses."""
        finite = np.isfinite(self._state[0][:, : self._count]).all(axis=0)
        if not np.abs(self._sizes[: self._taken + 1]).max() < _SURELY_FINITE:
            finite &= np.isfinite(self.losses()).all(axis=0)
        return np.asarray(finite)

    def parameters(self) -> Array:
        """Return a copy of the parameters."""
        return np.asarray(self._state[0][:, : self._count] * self._signs)

    def memory(self) -> Array:
        """Return a copy of the memory of the optimizer."""
        return np.asarray(joined(self._state[1:])[:, : self._count] * self._signs)


class NumpySteps(CallsKernel):
    """The gradient step by full batches, as in the 28 lines: half as long as the general one.

    Two changes of sign, which round nothing, save calls. Of sigmoid hidden units the incoming
    numbers are stored negated, so that h = 1 / (1 + exp(u)). And the error of an output, its
    distance from the target, is 1 / (1 + exp(margin)): the margin is the input of the output unit,
    negated where the target is 0. Of four rows, three responses are computed without biases.
    """

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
        self._state = self._p, self._gain.copy() if self._has_momentum else self._gain
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
        """Return whether a shape is of these: as in the 28 lines, but for some settings."""
        usual, others = RunConfig(), {"width", "activation", "loss", "biases"}
        names = (name for name in SHAPE if name not in others)
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
        move = updates(self._state, self._gain, self._config, self._pace, self._has_momentum)
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


class _Rows:
    """The calls that compute R rows at once, and the results."""

    def __init__(self, shape: RunConfig, rows: Array, room: Array) -> None:
        """Compute rows (3, R, N), both inputs and the target, in a room (3, R, H, N)."""
        self._shape, self._x, self._t = shape, rows[:2, :, np.newaxis], rows[2]
        self._output, self._hidden = UNITS[shape.output], UNITS[shape.activation]
        self._is_square = head_of(shape).of_loss.is_square
        self._h, self._product, self._scratch = room
        self.z, self._y, self.errors, self._slope = np.empty((4, *self._t.shape))
        """(R, N) inputs of the output unit and outputs minus targets, among others."""

    def forward(self, parameters: Array) -> list[Call]:
        """Return the calls from the parameters (P, N) to the errors."""
        layer1, w2, b2 = layers(parameters, self._shape)
        h, product, z, y = self._h, self._product, self.z, self._y
        factor = np.array(self._hidden.factor)
        return [
            partial(np.multiply, layer1[0], self._x[0], h),
            partial(np.multiply, layer1[1], self._x[1], product),
            partial(np.add, h, product, h),
            *(partial(np.add, h, b1, h) for b1 in layer1[2:]),
            *([] if factor == ONE else [partial(np.multiply, h, factor, h)]),
            *self._hidden.respond(h),
            partial(np.multiply, h, w2, product),
            partial(np.add.reduce, product, 1, None, z),
            *(partial(np.add, z, bias, z) for bias in b2),
            partial(np.multiply, z, np.array(self._output.factor), y),
            *self._output.respond(y),
            partial(np.subtract, y, self._t, self.errors),
        ]

    def backward(self, parameters: Array, gain: Array, factor: Array) -> list[Call]:
        """Return the calls from the errors to the gain: a factor (N,) times the gradient."""
        d_layer1, d_w2, d_b2 = layers(gain, self._shape)
        h, d, product, scratch = self._h, self.errors, self._product, self._scratch
        each = d[:, np.newaxis]
        calls: list[Call] = [
            *(self._output.times_slope(d, self._y, self._slope) if self._is_square else ()),
            partial(np.multiply, d, factor, d),
            partial(np.multiply, h, each, product),
            partial(np.add.reduce, product, 0, None, d_w2),
            partial(np.multiply, layers(parameters, self._shape)[1], each, product),
            *self._hidden.times_slope(product, h, scratch),
            *(partial(np.add.reduce, product, 0, None, d_b1) for d_b1 in d_layer1[2:]),
            *(partial(np.add.reduce, d, 0, None, bias) for bias in d_b2),
        ]
        for d_w1, x in zip(d_layer1[:2], self._x, strict=True):
            calls += [
                partial(np.multiply, product, x, scratch),
                partial(np.add.reduce, scratch, 0, None, d_w1),
            ]
        return calls


class GeneralSteps(CallsKernel):
    """Steps with any settings: by all four rows at once, or by one after the other.

    Which that is may be another for each network, where passes are shuffled.
    """

    def __init__(self, cohort: Cohort) -> None:
        super().__init__(cohort)
        shape = cohort.shape
        self._head, self._signs = head_of(shape), np.ones(())
        self._state = tuple(
            np.array(part, order="C")
            for part in (self._cohort.parameters, *parted(self._cohort.memory, shape))
        )
        self._is_full = shape.batch == "full"
        rows, count = len(ROWS), len(self._cohort)
        self._rows = np.empty((3, rows, count))
        """(3, 4, N) the inputs and the target of each row."""
        self._rows[:2] = inputs(shape).T[..., np.newaxis]
        self._rows[2] = self._head.coding.value(self._cohort.targets)
        self._in_order = np.empty_like(self._rows)
        room = np.empty((3, rows, shape.width, count))
        self._all = _Rows(shape, self._rows, room)
        self._forward = self._all.forward(self._state[0])
        self._update = self._updates(room)
        # The first are those before the block.
        self._logits = np.empty((BLOCK + 1, rows, count))
        self._worst, self._distances = np.empty((BLOCK + 1, count)), np.empty((rows, count))
        self._results = self._logits, self._worst
        self._sizes = self._worst if self._head.of_loss.is_square else self._logits
        self._look(0)

    def _updates(self, room: Array) -> list[Call]:
        """Return the calls of the updates of a step, from the parameters or the logits there."""
        shape, cohort, state = self._cohort.shape, self._cohort, self._state
        loss, is_adam = self._head.of_loss, shape.optimizer == "adam"
        is_apart = is_adam or self._has_momentum
        gain = np.empty_like(state[0]) if is_apart else state[1]
        factor = np.full(len(self._cohort), loss.scale_of(len(ROWS) if self._is_full else 1))
        factor *= (2 if loss.is_square else 1) * (1 if is_adam else cohort.rates)
        move = updates(state, gain, shape, self._pace, self._has_momentum)
        if self._is_full:
            return [*self._all.backward(state[0], gain, factor), *move]
        calls: list[Call] = []
        for place in range(len(ROWS)):
            at = slice(place, place + 1)
            row = _Rows(shape, self._in_order[:, at], room[:, at])
            calls += [*row.forward(state[0]), *row.backward(state[0], gain, factor), *move]
        return calls

    def _take(self, n: int) -> None:
        orders = None if self._is_full else self._cohort.orders(self._step, n)
        for k in range(n):
            if orders is not None:
                rows = _ORDERS[orders[k]].T[np.newaxis]
                self._in_order[:] = np.take_along_axis(self._rows, rows, 1)
            for call in self._update:
                call()
            self._look(k + 1)

    def losses(self) -> Array:
        """Return the losses of the last steps."""
        z = self._logits[: self._taken + 1, :, : self._count].swapaxes(1, 2)
        return np.asarray(self._head.loss(z, self._cohort.targets.T[: self._count]))

    def _look(self, k: int) -> None:
        """Compute the results after k steps of a block."""
        for call in self._forward:
            call()
        self._logits[k] = self._all.z
        np.absolute(self._all.errors, self._distances)
        np.maximum.reduce(self._distances, 0, None, self._worst[k])
        self._worst[k] /= self._head.coding.high - self._head.coding.low


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
