"""The steps of many networks at once with loops compiled by Numba.

Shapes: N networks, P parameters, G = N / 8 groups, rounded up.
"""

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.kernels import loops
from xorviz.core.kernels.compiler import Arrays, Notify, compiled
from xorviz.core.kernels.numba_kernel import fields_of, integers_of
from xorviz.core.network import LOSSES
from xorviz.core.settings import RunConfig
from xorviz.lab.training import loops as lab_loops
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.lab_kernel import BLOCK, LabKernel

_PARTS = (*loops.PARTS, *lab_loops.PARTS)


class NumbaSteps(LabKernel):
    """Training state in the memory that the loops work on."""

    def __init__(self, cohort: Cohort) -> None:
        shape, count = cohort.shape, len(cohort)
        groups = -(-count // lab_loops.LANES)
        first = loops.FIELDS * shape.width
        self._count = count
        self._rows = _rows_of_parameters(shape)
        self._whole = np.array([groups, 0, *integers_of(shape)], dtype=np.int64)
        self._real = np.array([LOSSES[shape.loss].scale])
        self._memory = np.zeros((groups, first + lab_loops.OUTPUT_FIELDS, lab_loops.LANES))
        self._memory[:, loops.EXISTS : first : loops.FIELDS] = 1
        self._set(self._rows, cohort.parameters)
        self._set(self._rows + loops.VELOCITY, cohort.memory)
        self._set(np.arange(first + lab_loops.TARGETS, first + lab_loops.SLOPES), cohort.targets)
        self._set(np.array([first + lab_loops.RATE]), cohort.rates[np.newaxis])
        self._set(np.array([first + lab_loops.MOMENTUM]), cohort.momenta[np.newaxis])
        self._losses, self._worst = np.empty((2, BLOCK + 1, groups * lab_loops.LANES))
        self._taken = 0
        self._train(0)

    def run(self, n: int) -> Array:
        """Take n steps; return the largest errors."""
        for results in (self._losses, self._worst):
            results[0] = results[self._taken]
        if n:
            self._train(n)
        self._taken = n
        return self._worst[: n + 1, : self._count]

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
        return self._at(self._rows + loops.VELOCITY)

    def _train(self, n: int) -> None:
        self._whole[1] = n
        _fast()(self._whole, self._real, self._memory, self._losses, self._worst)

    def _set(self, rows: Steps, numbers: Array) -> None:
        """Write numbers (R, N) to rows (R,) of memory; spare lanes repeat the last network."""
        spare = self._memory.shape[0] * lab_loops.LANES - self._count
        filled = np.pad(numbers, ((0, 0), (0, spare)), mode="edge")
        self._memory[:, rows] = filled.reshape(len(rows), -1, lab_loops.LANES).swapaxes(0, 1)

    def _at(self, rows: Steps) -> Array:
        """Return the numbers (R, N) of rows (R,) of memory."""
        numbers = self._memory[:, rows].swapaxes(0, 1).reshape(len(rows), -1)
        return np.ascontiguousarray(numbers[:, : self._count])


def prepare(notify: Notify = lambda: None) -> None:
    """Load the loops, or compile them, which takes seconds and begins with notify.

    Raises KernelError if Numba is missing or broken.
    """
    compiled(lab_loops.train_groups, _PARTS, notify)


def _rows_of_parameters(shape: RunConfig) -> Steps:
    """Return the rows (P,) of a group's memory, in the order of core/network.py."""
    units = loops.FIELDS * np.arange(shape.width)
    bias = [[loops.FIELDS * shape.width + loops.B2]] if shape.biases else []
    return np.concatenate([*(units + field for field in fields_of(shape)), *bias])


def _fast() -> Arrays:
    return compiled(lab_loops.train_groups, _PARTS)
