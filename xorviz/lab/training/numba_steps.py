"""The steps of many networks at once with loops compiled by Numba.

Shapes: N networks, P parameters, G = N / 8 groups, rounded up.
"""

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.kernels import loops
from xorviz.core.kernels.compiler import Arrays, Notify, compiled
from xorviz.core.kernels.numba_kernel import fields_of, numbers_of, places_of
from xorviz.core.network import head_of, inputs
from xorviz.core.settings import RunConfig
from xorviz.core.steps import PACE
from xorviz.core.truth_table import ORDERS
from xorviz.lab.training import loops as lab_loops
from xorviz.lab.training.cohort import BLOCK, Cohort, LabKernel

_TURNS = np.array(ORDERS, dtype=float).T
"""(4, 24) the rows of each order's turns."""
_PARTS = (*loops.PARTS, *lab_loops.PARTS)


class NumbaSteps(LabKernel):
    """Training state in the memory that the loops work on."""

    def __init__(self, cohort: Cohort) -> None:
        super().__init__(cohort)
        shape, count = cohort.shape, len(cohort)
        groups = -(-count // lab_loops.LANES)
        first = loops.FIELDS * shape.width
        rows = first + lab_loops.OUTPUT_FIELDS
        self._rows, *memory_rows = _rows_of_state(shape, rows)
        self._memory_rows = np.concatenate(memory_rows)
        whole, self._real = numbers_of(shape, rows)
        self._whole = np.array([*whole, groups, 0], dtype=np.int64)
        self._memory = _zeros(groups, rows * (2 if shape.optimizer == "adam" else 1))
        self._memory[:, loops.EXISTS : first : loops.FIELDS] = 1
        self._set(self._rows, cohort.parameters)
        self._set(self._memory_rows, cohort.memory)
        settings = {
            **{loops.PACE_ROWS[name]: cohort.pace(name)[np.newaxis] for name in PACE},
            lab_loops.X1: np.tile(inputs(shape)[:, :1], count),
            lab_loops.X2: np.tile(inputs(shape)[:, 1:], count),
            lab_loops.TARGETS: head_of(shape).coding.value(cohort.targets),
        }
        for row, numbers in settings.items():
            self._set(np.arange(first + row, first + row + len(numbers)), numbers)
        self._losses, self._worst = np.empty((2, BLOCK + 1, groups * lab_loops.LANES))
        self._results = self._losses, self._worst
        self._take(0)

    def losses(self) -> Array:
        """Return the losses of the last steps."""
        return self._losses[: self._taken + 1, : self._count]

    def is_finite(self) -> Mask:
        """Return which networks have finite parameters and losses."""
        return np.asarray(np.isfinite(self.losses()).all(axis=0))

    def parameters(self) -> Array:
        """Return a copy of the parameters."""
        return self._at(self._rows)

    def memory(self) -> Array:
        """Return a copy of the memory of the optimizer."""
        return self._at(self._memory_rows)

    def _take(self, n: int) -> None:
        self._whole[loops.WHOLE + 1] = n
        turns = self._turns(n)
        fast()(self._whole, self._real, turns, self._memory, self._losses, self._worst)

    def _turns(self, n: int) -> Array:
        """Return the rows of the turns of n passes (4, G, n, 8), as numbers that lanes hold."""
        if self._cohort.shape.batch == "full":
            return np.empty(0)
        orders = self._cohort.orders(self._step, n)
        orders = np.pad(orders, ((0, 0), (0, self._losses.shape[1] - self._count)))
        grouped = orders.reshape(n, len(self._memory), lab_loops.LANES).swapaxes(0, 1)
        return np.take(_TURNS, grouped, axis=1)

    def _set(self, rows: Steps, numbers: Array) -> None:
        """Write numbers (R, N) to rows (R,) of memory; spare lanes repeat the last network."""
        spare = self._memory.shape[0] * lab_loops.LANES - self._count
        filled = np.pad(numbers, ((0, 0), (0, spare)), mode="edge")
        self._memory[:, rows] = filled.reshape(len(rows), -1, lab_loops.LANES).swapaxes(0, 1)

    def _at(self, rows: Steps) -> Array:
        """Return the numbers (R, N) of rows (R,) of memory."""
        numbers = self._memory[:, rows].swapaxes(0, 1).reshape(len(rows), -1)
        return np.ascontiguousarray(numbers[:, : self._count])


def fast(notify: Notify = lambda: None) -> Arrays:
    """Return the compiled loops; to compile them takes seconds and begins with notify.

    Raises KernelError if Numba is missing or broken.
    """
    return compiled(lab_loops.train_groups, _PARTS, notify)


def _zeros(groups: int, rows: int) -> Array:
    """Return memory that begins with a line of the cache: lanes that cross two lines are slow."""
    count, line = groups * rows * lab_loops.LANES, lab_loops.LANES
    room = np.zeros(count + line)
    first = -room.ctypes.data // room.itemsize % line
    return room[first : first + count].reshape(groups, rows, line)


def _rows_of_state(shape: RunConfig, rows: int) -> list[Steps]:
    """Return where a group's memory, in halves of so many rows, holds a state of core/steps.py."""
    units, out = loops.FIELDS * np.arange(shape.width), loops.FIELDS * shape.width
    bias = [[out + loops.B2]] if shape.biases else []
    weights = np.concatenate([*(units + field for field in fields_of(shape)), *bias])
    return places_of(shape, weights, out + loops.DECAYS + np.arange(2), rows)
