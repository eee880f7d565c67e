"""Training a cohort to a later step with either kernel."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xorviz.core.kernels.compiler import NUMBA, NUMPY, Notify, on_compile
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.lab.training import numba_cohort as numba_lab
from xorviz.lab.training import numpy_cohort as numpy_lab
from xorviz.lab.training.cohort import Cohort

_UNTIL_SOME_STOP: dict[str, Callable[[Cohort, int, StopRules], Cohort]] = {
    NUMPY: numpy_lab.until_some_stop,
    NUMBA: numba_lab.until_some_stop,
}
"""By the kernels' names: what trains networks that all go on, to the goal or until some stop."""


def prepare(kernel: str, tell: Notify = lambda: None) -> None:
    """Make a kernel ready for cohorts, in whatever thread this is; tell when it is compiled.

    Raises KernelError where that cannot be.
    """
    if kernel == NUMBA:
        with on_compile(tell):
            numba_lab.prepare()


def advanced(cohort: Cohort, n: int, rules: StopRules = NEVER, kernel: str = NUMPY) -> Cohort:
    """Return the cohort n steps later; networks that have stopped cost no time.

    A network stops when it diverges, or by the rules' when_learned and at_loss. Raises
    KernelError if the kernel cannot be compiled.
    """
    until_some_stop = _UNTIL_SOME_STOP[kernel]
    goal = cohort.step + n
    with np.errstate(all="ignore"):  # networks that overflow are stopped
        while cohort.step < goal and cohort.going_on.any():
            going_on = cohort.going_on
            if going_on.all():
                cohort = until_some_stop(cohort, goal, rules)
            else:
                rest = until_some_stop(cohort.picked(going_on), goal, rules)
                cohort = replace(cohort.with_others(going_on, rest), step=rest.step)
    return replace(cohort, step=goal)
