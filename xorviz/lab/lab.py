"""Trains plans by way of workers, share by share; what a dying worker had in hand is done again."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import replace

from xorviz.core.lab_plan import LabPlan, Share
from xorviz.lab.work import Piece, Task, work
from xorviz.lab.workers import LabError, Workers

SECONDS = 0.2
"""How long a worker trains before it tells how far it has come."""
MOST_DEATHS = 3
"""Of workers in a row, while no share comes any further."""


class Lab:
    """Has the shares of a plan trained, some at a time. What comes of them depends on nobody."""

    def __init__(self, workers: Workers, seconds: float = SECONDS) -> None:
        self.workers = workers
        self._seconds = seconds
        self._is_stopped = threading.Event()

    def run(self, plan: LabPlan, shares: Iterable[Share]) -> Iterator[Piece]:
        """Yield how far shares have come, whenever one has; the last of each has its findings.

        Ends early when it is stopped. Raises LabError where workers cannot be had.
        """
        self._is_stopped.clear()
        fresh = (Task(share, plan.steps, plan.rules, self._seconds) for share in shares)
        begun: deque[Task] = deque()
        under_way: dict[Future[Piece], Task] = {}
        deaths = 0
        while not self._is_stopped.is_set():
            try:
                self._send(under_way, begun, fresh)
                if not under_way:
                    return
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    piece = future.result()
                    task = under_way.pop(future)
                    if piece.findings is None:
                        begun.append(replace(task, cohort=piece.cohort))
                    deaths = 0
                    yield piece
            except (BrokenExecutor, CancelledError) as error:
                deaths += 1
                if deaths >= MOST_DEATHS:
                    raise LabError(f"Workers died {deaths} times in a row: {error}") from error
                begun.extend(under_way.values())
                under_way.clear()
                self.workers.restart()
        for future in under_way:
            future.cancel()

    def stop(self) -> None:
        """Let a run end, from any thread: as soon as what is under way has told how far it came."""
        self._is_stopped.set()

    def close(self) -> None:
        """End the workers."""
        self._is_stopped.set()
        self.workers.stop()

    def _send(
        self, under_way: dict[Future[Piece], Task], begun: deque[Task], fresh: Iterator[Task]
    ) -> None:
        """Keep every worker busy, and one task ready; what has begun comes first."""
        while len(under_way) <= self.workers.count:
            task = begun.popleft() if begun else next(fresh, None)
            if task is None:
                return
            try:
                under_way[self.workers.submit(work, task)] = task
            except BaseException:
                begun.appendleft(task)  # it was not taken
                raise
