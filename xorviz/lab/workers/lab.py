"""Trains plans by way of workers, share by share; what a dying worker had in hand is done again."""

import threading
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
from dataclasses import replace
from typing import Any

from xorviz.core.kernels.compiler import NUMPY, WITHOUT_IT, CompilerError
from xorviz.lab.plan import LabPlan, WorkShare
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.workers.work import Piece, Task, work
from xorviz.lab.workers.workers import LabError, Workers

SECONDS = 0.2
"""How long a worker trains before it tells how far it has come."""
MOST_DEATHS = 3
"""Of workers in a row that had the same networks in hand."""
_LOOK_SECONDS = 1.0
"""How often it is asked whether there still are workers, while nothing is heard from them."""


class Lab:
    """Has the shares of a plan trained, some at a time. What comes of them depends on nobody.

    One plan at a time, in one thread; stop and close may be called from any.
    """

    def __init__(self, workers: Workers, seconds: float = SECONDS, kernel: str = NUMPY) -> None:
        self.workers = workers
        self._seconds = seconds
        self._kernel = kernel
        self._lock = threading.Lock()
        self._stopped: Future[None] = Future()
        self._is_closed = False

    def run(self, plan: LabPlan, shares: Iterable[WorkShare]) -> Iterator[Piece]:
        """Yield how far shares have come, whenever one has; each network's last has its findings.

        Ends early when it is stopped, from this call on. Raises LabError where workers or their
        kernel cannot be had, and whatever a bug in the work raises.
        """
        with self._lock:
            self.stop()
            if not self._is_closed:
                self._stopped = Future()
        fresh = (
            Task(share, plan.steps, plan.rules, self._seconds, kernel=self._kernel)
            for share in shares
        )
        return _LabRun(self.workers, fresh, self._lock, self._stopped).pieces()

    def stop(self) -> None:
        """Let a run end at once, from any thread. What was under way is not told of any more."""
        with suppress(InvalidStateError):  # it has been stopped before
            self._stopped.set_result(None)

    def close(self) -> None:
        """End a run, and the workers, for good: no other run yields anything."""
        with self._lock:  # from here on nothing is given to workers
            self._is_closed = True
            self.stop()
        self.workers.stop()


class _LabRun:
    """One run: the tasks that wait, and those that workers have."""

    def __init__(
        self,
        workers: Workers,
        fresh: Iterator[Task],
        lock: threading.Lock,
        stopped: "Future[None]",
    ) -> None:
        self._workers = workers
        self._fresh = fresh
        self._lock = lock
        self._stopped = stopped
        self._begun: deque[Task] = deque()
        self._under_way: dict[Future[Piece], Task] = {}

    def pieces(self) -> Iterator[Piece]:
        """Yield how far shares have come, until all are done or the run is stopped."""
        try:
            while self._keep_busy():
                both: list[Future[Any]] = [self._stopped, *self._under_way]
                for future in wait(both, _LOOK_SECONDS, FIRST_COMPLETED).done - {self._stopped}:
                    if not self._stopped.done():
                        yield from self._taken(future)
        except LabError:
            if not self._stopped.done():  # else they are missing because they were sent away
                raise
        finally:  # also when nobody wants to hear any more
            for future in self._under_way:
                future.cancel()

    def _keep_busy(self) -> bool:
        """Keep every worker busy, and one task ready; tell whether there is something to wait for.

        What has begun comes first.
        """
        with self._lock:
            while not self._stopped.done() and len(self._under_way) <= self._workers.count:
                task = self._begun.popleft() if self._begun else next(self._fresh, None)
                if task is None:
                    break
                self._send(task)
            return bool(self._under_way) and not self._stopped.done()

    def _send(self, task: Task) -> None:
        try:
            self._under_way[self._workers.submit(work, task)] = task
        except BrokenExecutor as error:
            self._begun.append(_again(task, error))

    def _taken(self, future: "Future[Piece]") -> Iterator[Piece]:
        """Yield what a worker has told, if it has; what is to go on waits for its turn."""
        task = self._under_way.pop(future)
        try:
            piece = self._workers.result(future)
        except (BrokenExecutor, CancelledError) as error:
            self._begun.append(_again(task, error))
            return
        except CompilerError as error:
            raise LabError(f"{error} {WITHOUT_IT}") from error
        if piece.findings is None:
            self._begun.extend(_rest(task, piece.cohort))
        yield piece


def _rest(task: Task, cohort: Cohort) -> Iterator[Task]:
    """Yield what is left of a task, given how far its networks have come.

    Those that have stopped are done before the others, which may have a long way to go.
    """
    for which in (~cohort.going_on, cohort.going_on):
        if which.any():
            yield replace(
                task, share=task.share.picked(which), cohort=cohort.picked(which), deaths=0
            )


def _again(task: Task, error: Exception) -> Task:
    """Return a task to be tried once more. Raises LabError if that has been done too often."""
    deaths = task.deaths + 1
    if deaths == MOST_DEATHS:
        why = error or "it was cancelled"
        raise LabError(f"The same share of the work was lost {deaths} times in a row: {why}.")
    return replace(task, deaths=deaths)
