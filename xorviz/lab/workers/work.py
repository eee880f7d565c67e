"""The work of a worker, in any process: training a share of a plan for some time."""

import time
from dataclasses import dataclass

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import Places, WorkShare
from xorviz.lab.results.findings import Findings, findings_of
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced, prepare

_FIRST_STEPS = 1024
"""Before the clock is checked the first time; doubled each time."""


@dataclass(frozen=True, slots=True)
class Task:
    """Networks to be trained. A value."""

    share: WorkShare
    goal: int
    rules: StopRules
    seconds: float
    """After which the cohort is returned, finished or not."""
    cohort: Cohort | None = None
    """The networks' state; None at the start."""
    deaths: int = 0
    """Failures of this task in a row."""
    kernel: str = NUMPY


@dataclass(frozen=True, slots=True)
class Piece:
    """Progress of a share. A value."""

    places: Places
    """(N,) places in the plan."""
    cohort: Cohort
    findings: Findings | None = None
    """Of networks that are done."""


def work(task: Task) -> Piece:
    """Train a share for the task's time; its bits do not depend on how long that is.

    Raises KernelError if the kernel cannot be used here.
    """
    prepare(task.kernel)  # in a process elsewhere it is not ready
    until = time.monotonic() + task.seconds
    cohort = Cohort.drawn(task.share.configs()) if task.cohort is None else task.cohort
    n = _FIRST_STEPS
    while True:  # at least once, however short the time
        cohort = advanced(cohort, min(n, task.goal - cohort.step), task.rules, task.kernel)
        is_done = cohort.step == task.goal
        if is_done or time.monotonic() >= until:
            break
        n *= 2
    return Piece(task.share.places, cohort, findings_of(cohort) if is_done else None)
