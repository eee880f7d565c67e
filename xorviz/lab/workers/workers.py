"""Workers, by default processes on this machine, and the lab that has them train plans.

An executor is started on demand. A plan is trained share by share; what a worker that dies has
taken is done again.
"""

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    InvalidStateError,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import parent_process, resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.queues import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from xorviz.core.kernels.compiler import NUMPY, WITHOUT_IT, KernelError
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import LabPlan, Places, WorkShare, shares_of
from xorviz.lab.results.findings import Findings, findings_of
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced, prepare

T = TypeVar("T")
P = ParamSpec("P")
_NICE = 10
"""Niceness added to workers, to keep the window responsive."""
_NOTICE_SECONDS = 1.0
"""Within which a pool that waits for no answer has noticed that its processes are gone."""


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
        """End all workers, processes at once; the next task starts new ones."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)

    def look(self) -> None:
        """End processes if one of them has died, so that all tasks are lost at the latest now."""
        with self._lock:
            if isinstance(self._executor, ProcessPool) and self._executor.has_died:
                self.stop()

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
        self._made = _Made()
        super().__init__(count, self._made, _begin)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit a call that can be pickled, and start a process if all are busy."""
        with _without_ctrl_c():
            return super().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes after all calls, or at once if futures are to be cancelled.

        Calls under way then raise BrokenExecutor.
        """
        if cancel_futures:
            threading.Thread(target=self._made.end, daemon=True).start()
        super().shutdown(wait, cancel_futures=cancel_futures)

    @property
    def has_died(self) -> bool:
        """Whether a process has ended before its time."""
        return any(process.exitcode is not None for process in self._made.processes)


class _Made(SpawnContext):
    """The processes of a pool, and the queue of their answers.

    The pool waits forever for the rest of an answer whose process was killed while it wrote it,
    and Python waits for the pool at its exit.
    """

    def __init__(self) -> None:
        super().__init__()
        self._started: list[SpawnProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802
        self._started.append(SpawnProcess(*args, **kwargs))
        return self._started[-1]

    def SimpleQueue(self) -> "SimpleQueue[Any]":  # noqa: N802
        self._answers = super().SimpleQueue()
        return self._answers

    @property
    def processes(self) -> list[SpawnProcess]:
        """Those that have been started."""
        return [process for process in self._started if process.pid is not None]

    def end(self) -> None:
        """End the processes; then the wait for the rest of an answer, if there is one."""
        for process in self.processes:
            process.kill()
            process.join()
        time.sleep(_NOTICE_SECONDS)
        self._answers.close()


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


SECONDS = 0.2
"""How long a worker trains before it reports its progress."""
MOST_DEATHS = 10
"""Failures in a row of the same task: many, since with one process all tasks under way are lost."""
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
    seconds: float = 0.0
    """That it took."""


def work(task: Task) -> Piece:
    """Train a share for the task's time; its bits do not depend on how long that is.

    Raises KernelError if the kernel cannot be used here.
    """
    prepare(task.kernel)  # in a process elsewhere it is not ready
    begun = time.monotonic()
    state = task.state
    cohort = state if isinstance(state, Cohort) else state.drawn()
    n = _FIRST_STEPS
    while True:  # at least once, however short the time
        cohort = advanced(cohort, min(n, task.goal - cohort.step), task.rules, task.kernel)
        is_done = cohort.step == task.goal
        if is_done or time.monotonic() >= begun + task.seconds:
            break
        n *= 2
    findings = findings_of(cohort) if is_done else None
    return Piece(task.places, cohort, findings, time.monotonic() - begun)


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

    def run(self, plan: LabPlan, skipped: frozenset[int] = frozenset()) -> Iterator[Piece]:
        """Yield the progress of a plan's networks without skipped ones, share by share.

        The last piece of each network has its findings.

        Ends early when stopped, also before the first piece. Raises LabError if workers or their
        kernel are not available, and any exception raised by the work.
        """
        with self._lock:
            self.stop()
            if not self._is_closed:
                self._stopped = Future()
        return self._pieces(self._tasks(plan, skipped), self._stopped)

    def _tasks(self, plan: LabPlan, skipped: frozenset[int]) -> Iterator[Task]:
        for share in shares_of(plan, self.workers.count, skipped):
            yield Task(
                share.places, share, plan.steps, plan.rules, self._seconds, kernel=self.kernel
            )

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
                done = wait(both, _LOOK_SECONDS, FIRST_COMPLETED).done
                if not done:
                    self.workers.look()
                for future in done - {stopped}:
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
