"""Training a cohort to a later step with either kernel."""

from dataclasses import replace

import numpy as np

from xorviz.core.kernels.compiler import NUMBA, NUMPY, Notify
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.lab.training import numba_steps
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.lab_kernel import LabKernel
from xorviz.lab.training.numba_steps import NumbaSteps
from xorviz.lab.training.numpy_steps import NumpySteps
from xorviz.lab.training.stopping import until_some_stop

_KERNELS: dict[str, type[LabKernel]] = {NUMPY: NumpySteps, NUMBA: NumbaSteps}


def prepare(kernel: str, notify: Notify = lambda: None) -> None:
    """Prepare a kernel for cohorts in this thread; call notify if it must be compiled.

    Raises KernelError if it cannot be used.
    """
    if kernel == NUMBA:
        numba_steps.prepare(notify)


def advanced(cohort: Cohort, n: int, rules: StopRules = NEVER, kernel: str = NUMPY) -> Cohort:
    """Return the cohort n steps later; networks that have stopped cost no time.

    A network stops when it diverges, or by the rules' when_learned and at_loss. Raises
    KernelError if the kernel cannot be used.
    """
    kernel_type = _KERNELS[kernel]
    goal = cohort.step + n
    with np.errstate(all="ignore"):  # networks that overflow are stopped
        while cohort.step < goal and cohort.going_on.any():
            going_on = cohort.going_on
            if going_on.all():
                cohort = until_some_stop(cohort, goal, rules, kernel_type)
            else:
                rest = until_some_stop(cohort.picked(going_on), goal, rules, kernel_type)
                cohort = replace(cohort.with_others(going_on, rest), step=rest.step)
    return replace(cohort, step=goal)
