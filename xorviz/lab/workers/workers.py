"""Workers: an executor that is started on demand, by default of processes on this machine."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process, resource_tracker
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
_NICE = 10
"""Niceness added to workers, to keep the window responsive."""


class LabError(Exception):
    """The lab cannot work. The message is a sentence for the user."""


class Workers:
    """Workers of an executor, started by the first task, and again by the next if it breaks.

    All methods may be called from any thread.
    """

    def __init__(self, start: Callable[[], Executor], count: int) -> None:
        self._start = start
        self._count = count
        self._lock = threading.RLock()
        self._executor: Executor | None = None

    @property
    def count(self) -> int:
        """The number of tasks that can run at a time."""
        return self._count

    def submit(self, do: Callable[[Any], T], task: object) -> Future[T]:
        """Submit a task. Raises LabError if the workers cannot be started."""
        with self._lock:
            try:
                return self._running().submit(do, task)
            except BrokenExecutor:  # by an earlier task: the next executor is a new one
                self._executor = None
                return self.submit(do, task)
            except OSError as error:
                raise LabError(f"A worker process could not be started: {error}.") from error

    def result(self, future: Future[T]) -> T:
        """Return the result of a task.

        Raises BrokenExecutor or CancelledError if it was lost, or any error of the task itself.
        """
        return future.result()

    def stop(self) -> None:
        """End all workers once they have done the tasks under way; the next one starts new ones."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)

    def _running(self) -> Executor:
        """Return the executor, started if there is none."""
        if self._executor is None:
            self._executor = self._start()
        return self._executor


def worker_processes(count: int | None = None) -> Workers:
    """Return processes on this machine, by default one per core.

    None outlives this process, however it ends. Threads would share the GIL with the window.
    """
    if count is None:
        has_affinity = hasattr(os, "sched_getaffinity")  # not on macOS and Windows
        count = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    return Workers(partial(ProcessPool, count), count)


class ProcessPool(ProcessPoolExecutor):
    """Processes that are nice, end with the one that started them, and ignore Ctrl+C."""

    def __init__(self, count: int) -> None:
        super().__init__(count, get_context("spawn"), _begin)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit a call that can be pickled, and start a process if all are busy."""
        with _without_ctrl_c():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Keep Ctrl+C from processes started here, even before they can ignore it themselves."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # its start would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Prepare a process for its tasks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICE)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Exit when the parent has ended, also in the middle of a task."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)
