"""Training of plans by workers, share by share; the task of a worker that dies is repeated."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Future,
    InvalidStateError,
    wait,
)
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from xorviz.core.kernels.compiler import NUMPY, WITHOUT_IT, KernelError
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import LabPlan, Places, WorkShare
from xorviz.lab.results.findings import Findings, findings_of
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced, prepare
from xorviz.lab.workers.workers import LabError, Workers

SECONDS = 0.2
"""How long a worker trains before it reports its progress."""
MOST_DEATHS = 3
"""Failures in a row of the same task."""
_LOOK_SECONDS = 1.0
"""Interval of checks that there are still workers, while none reports."""
_FIRST_STEPS = 1024
"""Before the clock is checked the first time; doubled each time."""


@dataclass(frozen=True, slots=True)
class Task:
    """Networks to be trained. A value."""

    places: Places
    """(N,) places in the plan."""
    state: WorkShare | Cohort
    """The networks, not drawn yet or as trained so far."""
    goal: int
    rules: StopRules
    seconds: float
    """After which the cohort is returned, finished or not."""
    deaths: int = 0
    """Failures of this task in a row."""
    kernel: str = NUMPY


@dataclass(frozen=True, slots=True)
class Piece:
    """Progress of a share. A value."""

    places: Places
    """(N,)."""
    cohort: Cohort
    findings: Findings | None = None
    """Of networks that are done."""


def work(task: Task) -> Piece:
    """Train a share for the task's time; its bits do not depend on how long that is.

    Raises KernelError if the kernel cannot be used here.
    """
    prepare(task.kernel)  # in a process elsewhere it is not ready
    until = time.monotonic() + task.seconds
    state = task.state
    cohort = state if isinstance(state, Cohort) else state.drawn()
    n = _FIRST_STEPS
    while True:  # at least once, however short the time
        cohort = advanced(cohort, min(n, task.goal - cohort.step), task.rules, task.kernel)
        is_done = cohort.step == task.goal
        if is_done or time.monotonic() >= until:
            break
        n *= 2
    return Piece(task.places, cohort, findings_of(cohort) if is_done else None)


class Lab:
    """Trains the shares of a plan on workers; the results do not depend on the workers.

    It runs one plan at a time, in one thread; stop and close may be called from any thread.
    """

    def __init__(self, workers: Workers, seconds: float = SECONDS, kernel: str = NUMPY) -> None:
        self.workers, self.kernel = workers, kernel
        self._seconds = seconds
        self._lock = threading.Lock()
        self._stopped: Future[None] = Future()
        self._is_closed = False

    def run(self, plan: LabPlan, shares: Iterable[WorkShare]) -> Iterator[Piece]:
        """Yield the progress of shares; the last piece of each network has its findings.

        Ends early when stopped, also before the first piece. Raises LabError if workers or their
        kernel are not available, and any exception raised by the work.
        """
        with self._lock:
            self.stop()
            if not self._is_closed:
                self._stopped = Future()
        fresh = (
            Task(s.places, s, plan.steps, plan.rules, self._seconds, kernel=self.kernel)
            for s in shares
        )
        return self._pieces(fresh, self._stopped)

    def stop(self) -> None:
        """End a run at once, from any thread, without the pieces under way."""
        with suppress(InvalidStateError):  # already stopped
            self._stopped.set_result(None)

    def close(self) -> None:
        """End a run and the workers for good; later runs yield nothing."""
        with self._lock:  # from here on no tasks are submitted
            self._is_closed = True
            self.stop()
        self.workers.stop()

    def _pieces(self, fresh: Iterator[Task], stopped: "Future[None]") -> Iterator[Piece]:
        """Yield the progress of tasks; those that have begun come before fresh ones."""
        begun = deque[Task]()
        under_way: dict[Future[Piece], Task] = {}
        try:
            while self._keep_busy(under_way, begun, fresh, stopped):
                both: list[Future[Any]] = [stopped, *under_way]
                for future in wait(both, _LOOK_SECONDS, FIRST_COMPLETED).done - {stopped}:
                    if stopped.done():
                        return
                    task = under_way.pop(future)
                    try:
                        piece = self.workers.result(future)
                    except (BrokenExecutor, CancelledError) as error:
                        begun.append(_again(task, error))
                        continue
                    begun.extend(_rest_of(task, piece))
                    yield piece
        except KernelError as error:
            raise LabError(f"{error} {WITHOUT_IT}") from error
        except LabError:
            if not stopped.done():  # stopping ends workers too
                raise
        finally:  # also when the generator is closed
            for future in under_way:
                future.cancel()

    def _keep_busy(
        self,
        under_way: dict["Future[Piece]", Task],
        begun: deque[Task],
        fresh: Iterator[Task],
        stopped: "Future[None]",
    ) -> bool:
        """Submit tasks, one more than there are workers; return whether any is under way."""
        with self._lock:
            while not stopped.done() and self.workers.count >= len(under_way):
                task = begun.popleft() if begun else next(fresh, None)
                if task is None:
                    break
                under_way[self.workers.submit(work, task)] = task
            return bool(under_way) and not stopped.done()


def _rest_of(task: Task, piece: Piece) -> Iterator[Task]:
    """Yield what is left of a task: first the networks that have stopped, done at once."""
    if piece.findings is None:
        going_on = piece.cohort.going_on
        for which in (~going_on, going_on):
            if which.any():
                rest, places = piece.cohort.picked(which), task.places[which]
                yield replace(task, places=places, state=rest, deaths=0)


def _again(task: Task, error: Exception) -> Task:
    """Return a task to be repeated. Raises LabError if it has failed too often."""
    deaths = task.deaths + 1
    if deaths == MOST_DEATHS:
        why = f"{error}".rstrip(".") or "it was cancelled"
        raise LabError(f"The same share of the work was lost {deaths} times in a row: {why}.")
    return replace(task, deaths=deaths)
