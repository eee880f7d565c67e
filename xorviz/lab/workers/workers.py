"""Who does the work: an executor that is started when it is needed, and again when it breaks."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from xorviz.core.kernels.kernels import kernel_named
from xorviz.lab.workers.pool import ProcessPool
from xorviz.lab.workers.worker import stand_back

T = TypeVar("T")

_HAND_OVER_SECONDS = 0.0005
"""How long a thread may keep Python from others that wait for it, the window's above all."""


class LabError(Exception):
    """Why the lab cannot work. The message is a sentence for a person."""


class Workers:
    """Some executor's workers. Nothing is started before there is something to do.

    All of it may be called from any thread.
    """

    def __init__(self, start: Callable[[], Executor], count: int) -> None:
        self._start = start
        self._count = count
        self._lock = threading.Lock()
        self._executor: Executor | None = None

    @property
    def count(self) -> int:
        """How many tasks can be worked on at a time."""
        return self._count

    def submit(self, do: Callable[[Any], T], task: object) -> Future[T]:
        """Have something done, by new workers where the present ones are broken."""
        try:
            return self._submit(do, task)
        except BrokenExecutor:
            self.restart()
            return self._submit(do, task)

    def result(self, future: Future[T]) -> T:
        """Return what has come of a task.

        Raises BrokenExecutor or CancelledError where it was not the task's fault that nothing has,
        and else whatever it raised.
        """
        return future.result()

    def restart(self) -> None:
        """Do without the present workers; the next task has new ones."""
        self.stop()

    def stop(self) -> None:
        """End all workers. Threads finish first what is under way; processes do not."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            self._shut_down(executor)

    def _submit(self, do: Callable[[Any], T], task: object) -> Future[T]:
        with self._lock:
            if self._executor is None:
                self._executor = self._start()
            return self._executor.submit(do, task)

    def _shut_down(self, executor: Executor) -> None:
        executor.shutdown(cancel_futures=True)


class Processes(Workers):
    """Processes on this machine, one for each core. None outlives this one, however it ends."""

    def __init__(self, count: int | None = None) -> None:
        count = count or core_count()
        super().__init__(lambda: ProcessPool(count), count)


class Threads(Workers):
    """Threads of this process, one for each core: for a kernel that leaves Python to others."""

    def __init__(self, count: int | None = None) -> None:
        count = count or core_count()
        sys.setswitchinterval(_HAND_OVER_SECONDS)
        # Elsewhere all threads of a process, also the window's, would stand back.
        begin = stand_back if sys.platform == "linux" else None
        super().__init__(lambda: ThreadPoolExecutor(count, "lab", initializer=begin), count)


def workers_for(kernel: str, count: int | None = None) -> Workers:
    """Return who works on this machine's cores, or so many of them, with a kernel."""
    return Threads(count) if kernel_named(kernel).frees_the_lock else Processes(count)


def core_count() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
