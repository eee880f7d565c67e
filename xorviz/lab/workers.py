"""Who does the work: an executor that is started when it is needed, and again when it breaks."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

T = TypeVar("T")

_SPAWN = get_context("spawn")
_NICE = 10
"""How far workers stand back for whatever a person does meanwhile."""


class LabError(Exception):
    """Why the lab cannot work. The message is a sentence for a person."""


class Workers:
    """Some executor's workers. Nothing is started before there is something to do."""

    def __init__(self, start: Callable[[], Executor], count: int) -> None:
        self._start = start
        self.count = count
        """How many tasks can be worked on at a time."""
        self._executor: Executor | None = None

    def submit(self, do: Callable[[Any], T], task: object) -> Future[T]:
        """Have something done. Raises BrokenExecutor where a worker has died."""
        if self._executor is None:
            self._executor = self._start()
        return self._executor.submit(do, task)

    def restart(self) -> None:
        """Do without the present workers; the next task has new ones."""
        self.stop()

    def stop(self) -> None:
        """End all workers. Tasks that are under way are cancelled, or else finished first."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(cancel_futures=True)


class Processes(Workers):
    """Processes on this machine, one for each core.

    Each holds one end of a pipe whose other end this process alone has. When that end closes, by
    stop, by a crash or a kill, all of them end at once, whatever they are doing.
    """

    def __init__(self, count: int | None = None) -> None:
        super().__init__(self._pool, count or core_count())
        self._lifeline: Connection | None = None

    def stop(self) -> None:
        """End all processes now, with what they are doing. May be called from any thread."""
        lifeline, self._lifeline = self._lifeline, None
        if lifeline is not None:
            lifeline.close()
        super().stop()

    def _pool(self) -> ProcessPoolExecutor:
        theirs, self._lifeline = _SPAWN.Pipe(duplex=False)
        return ProcessPoolExecutor(self.count, _SPAWN, _begin, (theirs,))


def core_count() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def _begin(lifeline: Connection) -> None:
    """Prepare a worker process: it ends with its parent, not at Ctrl+C, and is in nobody's way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    if hasattr(os, "nice"):
        os.nice(_NICE)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    wait([lifeline])  # nothing is ever sent: it only closes
    os._exit(0)
