"""Workers: executors that are started on demand."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, TypeVar

from xorviz.lab.workers.pool import ProcessPool

T = TypeVar("T")


class LabError(Exception):
    """The lab cannot work. The message is a sentence for the user."""


class Workers:
    """Workers of an executor, which is started by the first task.

    All methods may be called from any thread.
    """

    def __init__(self, start: Callable[[], Executor], count: int) -> None:
        self._start = start
        self._count = count
        self._lock = threading.Lock()
        self._executor: Executor | None = None
        self.generation = 0
        """Grows when results of tasks under way may never come: they must be submitted again."""

    @property
    def count(self) -> int:
        """The number of tasks that can run at a time."""
        return self._count

    def submit(self, do: Callable[[Any], T], task: object) -> Future[T]:
        """Submit a task."""
        with self._lock:
            if self._executor is None:
                self._executor = self._start()
            return self._executor.submit(do, task)

    def result(self, future: Future[T]) -> T:
        """Return the result of a task.

        Raises BrokenExecutor or CancelledError if it was lost, or any error of the task itself.
        """
        return future.result()

    def stop(self) -> None:
        """End all workers; the next task starts new ones."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(cancel_futures=True)


def worker_processes(count: int | None = None) -> Workers:
    """Return processes on this machine, by default one per core.

    None outlives this one, however it ends. Threads would share the GIL with the window.
    """
    count = count or core_count()
    return Workers(partial(ProcessPool, count), count)


def core_count() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
