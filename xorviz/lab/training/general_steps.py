"""Steps of many networks of the same shape with any settings.

The networks are on the last axis, so that NumPy calls run through long rows, and none allocates.
An update is by R rows of the truth table at once: all four, or one, which is another for each
network where passes are shuffled.

Shapes: N networks, H hidden units, P parameters as core/network.py orders them.
"""

from functools import partial

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.kernels.calls import ONE, UNITS, Call, updates
from xorviz.core.network import head_of, inputs
from xorviz.core.settings import RunConfig
from xorviz.core.steps import parted
from xorviz.core.truth_table import ORDERS, ROWS
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.lab_kernel import BLOCK, CallsKernel
from xorviz.lab.training.numpy_steps import layers

_ORDERS = np.array(ORDERS)
"""(24, 4) row indices."""


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
    """Training state in fixed arrays, and the calls that take a step."""

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
        is_apart = is_adam or self._momenta is not None
        gain = np.empty_like(state[0]) if is_apart else state[1]
        factor = np.full(len(self._cohort), loss.scale_of(len(ROWS) if self._is_full else 1))
        factor *= (2 if loss.is_square else 1) * (1 if is_adam else cohort.rates)
        move = updates(state, gain, cohort.rates, self._momenta)
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
