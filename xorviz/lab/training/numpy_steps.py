"""The gradient step of network.py for many networks of the same shape at once.

The networks are on the last axis, so that NumPy calls run through long rows, and none allocates.
Three scalings, all by powers of two and thus without rounding, save calls: every unit computes
t = tanh(u), also a sigmoid one, whose response is (1 + t) / 2 at u = z / 2; the input of the output
unit is halved, so that a = tanh of it is twice the output minus one; and the rate includes the
remaining factors of the derivatives.

Shapes: N networks, H hidden units, P parameters as core/network.py orders them, R rows at which
the hidden units can differ from 0: all four, or without biases the three with an input.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array
from xorviz.core.config import ROWS
from xorviz.core.kernels.numpy_kernel import rate_scale
from xorviz.core.network import LOSSES
from xorviz.lab.training.cohort import Cohort

Call = Callable[[], object]

BLOCK = 32
"""Steps in a block, whose errors are evaluated together."""

ORDER = tuple(ROWS.index(row) for row in ((0, 0), (1, 0), (0, 1), (1, 1)))
"""Indices in ROWS of the rows in the order used here."""

_ZERO, _QUARTER, _ONE = np.array(0.0), np.array(0.25), np.array(1.0)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Factors of an activation's stored numbers."""

    layer1: float
    layer2: float
    rate: float
    """For layer 1; layer 2, except a sigmoid's bias, moves by a quarter of it."""


_SCALES = {
    "sigmoid": _Scale(1 / 2, 1 / 4, 1 / 2),
    "tanh": _Scale(1.0, 1 / 2, 2.0),
    "relu": _Scale(1.0, 1 / 2, 2.0),
}
_BIAS2_SCALE = 1 / 2


class LabKernel:
    """Training state of N networks in fixed arrays, and the calls that advance it by a block."""

    def __init__(self, cohort: Cohort) -> None:
        """Start from the state of a cohort, which is not changed."""
        self._config, self._loss = cohort.shape, LOSSES[cohort.shape.loss]
        self._is_sigmoid = cohort.shape.activation == "sigmoid"
        self._count = len(cohort)
        # A single network's numbers would be contiguous, and NumPy sums those in another order: it
        # is trained as two, for the same bits as among others.
        count = max(self._count, 2)
        given = (cohort.targets, cohort.rates, cohort.momenta, cohort.parameters, cohort.velocity)
        targets, rates, momenta, parameters, velocity = (
            np.broadcast_to(array, (*array.shape[:-1], count)) for array in given
        )
        self._scales = self._scale_of_each(len(parameters))
        # In whatever order the arguments are stored, the networks must be contiguous here.
        self._p = np.multiply(parameters, self._scales, order="C")
        # What is subtracted from the parameters: without momentum, the gain itself.
        self._gain = np.multiply(velocity, -self._scales, order="C")
        self._velocity = self._gain.copy() if momenta.any() else self._gain
        self._momenta = momenta
        # Stored for each row, since broadcasting a row is slower than reading one.
        self._t = np.ascontiguousarray(2 * targets[list(ORDER)] - 1)
        rate = rate_scale(self._loss) * _SCALES[cohort.shape.activation].rate
        self._rates = np.tile(rates * rate, (4, 1))
        self._make_room(count)
        self._taken = 0
        """Steps of the last call of run."""
        steps = self._steps()
        self._calls_per_step = len(steps[0])
        self._calls = [call for step in steps for call in step]
        for call in (*self._respond(), *self._judge(0)):
            call()

    def _make_room(self, count: int) -> None:
        """Create the arrays that the calls write to."""
        shape = (3 + self._config.biases, self._config.width, count)
        self._u, self._h, self._push, self._pull, self._d_u = (np.empty(shape) for _ in range(5))
        self._a, self._d, self._slope = (np.empty((4, count)) for _ in "ads")
        self._sum = np.empty(count)
        # The first entries are those before the block. At row (0, 0) without biases, z stays 0.
        self._z, self._errors = np.zeros((BLOCK + 1, 4, count)), np.empty((BLOCK + 1, 4, count))

    def _steps(self) -> list[list[Call]]:
        """Return the calls of each step of a block; calls that are the same are shared."""
        respond, pass_back, move = self._respond(), self._pass_back(), self._move()
        return [
            [*self._slope_of(self._errors[k]), *pass_back, *move, *respond, *self._judge(k + 1)]
            for k in range(BLOCK)
        ]

    def run(self, n: int) -> tuple[Array, Array]:
        """Take n steps, at most BLOCK; return errors and inputs, valid until the next call.

        Errors (n + 1, 4, N) are twice the output minus the target, with the rows as in ORDER;
        inputs (n + 1, 4, N) are half the input of the output unit. The first of each are those
        before the steps.
        """
        self._errors[0], self._z[0] = self._errors[self._taken], self._z[self._taken]
        for call in self._calls[: n * self._calls_per_step]:
            call()
        self._taken = n
        return self._errors[: n + 1, :, : self._count], self._z[: n + 1, :, : self._count]

    def is_finite(self) -> NDArray[np.bool_]:
        """Return which networks (N,) have finite parameters."""
        return np.asarray(np.isfinite(self.parameters()).all(axis=0))

    def parameters(self) -> Array:
        """Return a copy of the parameters (P, N)."""
        return np.asarray(self._p[:, : self._count] / self._scales)

    def velocity(self) -> Array:
        """Return what the last step added to the parameters (P, N)."""
        return np.asarray(self._velocity[:, : self._count] / -self._scales)

    def _scale_of_each(self, count: int) -> Array:
        """Return the factor (P, 1) of each stored parameter."""
        scale, layer1 = _SCALES[self._config.activation], (2 + self._config.biases)
        split = layer1 * self._config.width
        scales = np.full((count, 1), scale.layer1)
        scales[split : split + self._config.width] = scale.layer2
        scales[split + self._config.width :] = _BIAS2_SCALE
        return scales

    def _layers(self, flat: Array) -> tuple[Array, Array, Array, Array]:
        """Return w1 (2, H, N), b1 (0 or 1, H, N), w2 (H, N), b2 (0 or 1, N) as views of (P, N)."""
        width = self._config.width
        split = (2 + self._config.biases) * width
        layer1 = flat[:split].reshape(-1, width, flat.shape[1])
        return layer1[:2], layer1[2:], flat[split : split + width], flat[split + width :]

    def _respond(self) -> list[Call]:
        """Return the calls from parameters to hidden responses."""
        w1, b1, _, _ = self._layers(self._p)
        u, h = self._u, self._h
        if not self._config.biases:  # the rows with one input need no sum
            both = partial(np.add, w1[0], w1[1], u[2])
            return [both, self._activate(w1, h[:2]), self._activate(u[2], h[2])]
        return [
            partial(np.copyto, u[0], b1[0]),
            partial(np.add, w1[0], b1[0], u[1]),
            partial(np.add, w1[1], b1[0], u[2]),
            partial(np.add, w1[0], u[2], u[3]),
            self._activate(u, h),
        ]

    def _activate(self, u: Array, h: Array) -> Call:
        if self._config.activation == "relu":
            return partial(np.maximum, u, _ZERO, out=h)
        return partial(np.tanh, u, h)

    def _judge(self, k: int) -> list[Call]:
        """Return the calls from hidden responses to outputs and errors after k steps of a block."""
        _, _, w2, b2 = self._layers(self._p)
        z, z_moved = self._z[k], self._z[k, -len(self._h) :]
        calls: list[Call] = [
            partial(np.multiply, self._h, w2, self._push),
            partial(np.add.reduce, self._push, 1, None, z_moved),
        ]
        if self._is_sigmoid:  # the response is one half where t is 0
            total = self._sum if self._config.biases else z[0]
            calls += [partial(np.add.reduce, w2, 0, None, total)]
            calls += [partial(np.add, total, b2[0], total)] if self._config.biases else []
            calls += [partial(np.add, z_moved, total, z_moved)]
        elif self._config.biases:
            calls += [partial(np.add, z, b2, z)]
        return [
            *calls,
            partial(np.tanh, z, self._a),
            partial(np.subtract, self._a, self._t, self._errors[k]),
        ]

    def _slope_of(self, errors: Array) -> list[Call]:
        """Return the calls from errors to rate times derivative by the output unit's input."""
        calls: list[Call] = [partial(np.multiply, errors, self._rates, self._d)]
        if not self._loss.is_square:
            return calls
        return [
            *calls,
            partial(np.multiply, self._a, self._a, self._slope),
            partial(np.subtract, _ONE, self._slope, self._slope),
            partial(np.multiply, self._d, self._slope, self._d),
        ]

    def _pass_back(self) -> list[Call]:
        """Return the calls from there to rate times gradient."""
        d_w1, d_b1, d_w2, d_b2 = self._layers(self._gain)
        _, _, w2, _ = self._layers(self._p)
        h, pull, d_u = self._h, self._pull, self._d_u
        d = self._d[-len(h) :, np.newaxis]
        calls: list[Call] = [
            partial(np.multiply, h, d, pull),
            partial(np.add.reduce, pull, 0, None, d_w2),
            *self._finish_layer2(d_w2, d_b2),
        ]
        calls += [partial(np.multiply, d, w2, d_u)]
        if self._config.activation == "relu":  # the slope is the sign of the response
            calls += [partial(np.sign, h, pull), partial(np.multiply, d_u, pull, d_u)]
        else:  # d w2 (1 - h**2)
            calls += [partial(np.multiply, pull, self._push, pull)]
            calls += [partial(np.subtract, d_u, pull, d_u)]
        calls += [
            partial(np.add, d_u[-3], d_u[-1], d_w1[0]),
            partial(np.add, d_u[-2], d_u[-1], d_w1[1]),
        ]
        if self._config.biases:
            calls.append(partial(np.add.reduce, d_u, 0, None, d_b1[0]))
        return calls

    def _finish_layer2(self, d_w2: Array, d_b2: Array) -> list[Call]:
        """Return the calls that add the effect of sigmoid's one half and scale layer 2's rate."""
        total = d_b2[0] if self._config.biases else self._sum
        sum_up = partial(np.add.reduce, self._d, 0, None, total)
        quarter = partial(np.multiply, d_w2, _QUARTER, d_w2)
        if self._is_sigmoid:
            return [sum_up, partial(np.add, d_w2, total, d_w2), quarter]
        if not self._config.biases:
            return [quarter]
        return [sum_up, quarter, partial(np.multiply, total, _QUARTER, total)]

    def _move(self) -> list[Call]:
        """Return the calls from gain to parameters: v = momentum v + gain; w -= v."""
        if not self._momenta.any():
            return [partial(np.subtract, self._p, self._gain, self._p)]
        return [
            partial(np.multiply, self._velocity, self._momenta, self._velocity),
            partial(np.add, self._velocity, self._gain, self._velocity),
            partial(np.subtract, self._p, self._velocity, self._p),
        ]
