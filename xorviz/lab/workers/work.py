"""What a worker does: it takes one share of a plan some way on. It can run anywhere."""

import time
from dataclasses import dataclass

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import Places, WorkShare
from xorviz.lab.results.findings import Findings, findings_of
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced

_FIRST_STEPS = 1024
"""Before the first look at the clock; twice as many before each further one."""


@dataclass(frozen=True, slots=True)
class Task:
    """Networks to be trained, from the start or from where they stand. A value."""

    share: WorkShare
    goal: int
    rules: StopRules
    seconds: float
    """How long to train at most before the cohort is handed back as it is."""
    cohort: Cohort | None = None
    """Where the networks stand, once they have begun."""
    deaths: int = 0
    """Of workers in a row that had them in hand as they stand."""
    kernel: str = NUMPY
    """Which takes the steps."""


@dataclass(frozen=True, slots=True)
class Piece:
    """How far a share has come. A value."""

    places: Places
    """(N,) which networks of the plan these are."""
    cohort: Cohort
    findings: Findings | None = None
    """What became of them, once they are at their goal."""


def work(task: Task) -> Piece:
    """Train a share for a while. The numbers do not depend on how long a while is."""
    until = time.monotonic() + task.seconds
    cohort = Cohort.drawn(task.share.configs()) if task.cohort is None else task.cohort
    n = _FIRST_STEPS
    while True:  # some way at least, however little time there is
        cohort = advanced(cohort, min(n, task.goal - cohort.step), task.rules, task.kernel)
        is_done = cohort.step == task.goal
        if is_done or time.monotonic() >= until:
            break
        n *= 2
    return Piece(task.share.places, cohort, findings_of(cohort) if is_done else None)
