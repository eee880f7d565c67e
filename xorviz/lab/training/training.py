"""The way of a cohort to a later step, by either kernel."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xorviz.core.kernels.compiler import NUMBA, NUMPY, Tell, telling
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.lab.training import numba_cohort as numba_lab
from xorviz.lab.training import numpy_cohort as numpy_lab
from xorviz.lab.training.cohort import Cohort

_UNTIL_SOME_STOP: dict[str, Callable[[Cohort, int, StopRules], Cohort]] = {
    NUMPY: numpy_lab.until_some_stop,
    NUMBA: numba_lab.until_some_stop,
}
"""By the kernels' names: what trains networks that all go on, to the goal or until some stop."""


def prepare(kernel: str, tell: Tell = lambda: None) -> None:
    """Make a kernel ready for cohorts, in whatever thread this is; tell when it is compiled.

    Raises CompilerError where that cannot be.
    """
    if kernel == NUMBA and not numba_lab.is_ready():
        with telling(tell):
            numba_lab.prepare()


def advanced(cohort: Cohort, n: int, rules: StopRules = NEVER, kernel: str = NUMPY) -> Cohort:
    """Return the cohort n steps further on; networks that have stopped cost no time.

    Each stops by itself when it diverges, or at the rules' when_learned and at_loss. Raises
    CompilerError where the kernel is one that cannot be had here.
    """
    until_some_stop = _UNTIL_SOME_STOP[kernel]
    goal = cohort.step + n
    with np.errstate(all="ignore"):  # networks may overflow; those that do are stopped
        while cohort.step < goal and cohort.going_on.any():
            going_on = cohort.going_on
            if going_on.all():
                cohort = until_some_stop(cohort, goal, rules)
            else:
                rest = until_some_stop(cohort.picked(going_on), goal, rules)
                cohort = replace(cohort.with_others(going_on, rest), step=rest.step)
    return replace(cohort, step=goal)
