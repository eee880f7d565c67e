"""Workers: executors started on demand, such as processes with a pipe for each.

The standard library's pool of processes has a single pipe for all answers, with both ends in every
process; when a process dies while writing an answer, the reader waits forever. Here each end is in
one process only, so that the death of either is noticed at once.
"""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import connection, get_context, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
_SPAWN = get_context("spawn")
_NICE = 10
"""Niceness added to workers, to keep the window responsive."""
_BEGUN = b""


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

    None outlives this process, however it ends. Threads would share the GIL with the window.
    """
    count = count or core_count()
    return Workers(partial(ProcessPool, count), count)


def core_count() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


class ProcessPool(ThreadPoolExecutor):
    """Threads, each with its own process for its tasks.

    The first task starts a process, and the next one after it dies; only the lost task raises
    BrokenExecutor. No process outlives the one that started it, however that ends. Ctrl+C never
    reaches them.
    """

    def __init__(self, count: int) -> None:
        super().__init__(count, "lab")
        self._own = threading.local()
        self._workers: set[_Worker] = set()
        self._workers_lock = threading.Lock()
        self._is_ended = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit a call that can be pickled. See Executor.submit."""
        return super().submit(self._passed_on, partial(fn, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes when all tasks are done, or at once if futures are to be cancelled.

        Tasks under way then raise BrokenExecutor. See Executor.shutdown.
        """
        super().shutdown(wait=False, cancel_futures=cancel_futures)
        if cancel_futures:
            with self._workers_lock:
                self._is_ended = True
                for worker in self._workers:
                    worker.kill()
        if wait:
            super().shutdown()
            for worker in self._workers:
                worker.close()

    def _passed_on(self, call: Callable[[], Any]) -> Any:
        """Return the result of a call in this thread's process."""
        request = pickled(call)
        worker: _Worker | None = getattr(self._own, "worker", None)
        try:
            worker = self._own.worker = worker or self._new_worker()
            answer = worker.answer(request)
        except Exception as error:  # whatever it was, the process is unusable
            self._own.worker = None
            if worker is None:
                raise BrokenExecutor(f"a process could not be started: {error}") from error
            with self._workers_lock:
                self._workers.discard(worker)
            code = worker.close()
            ending = f"a process ended in the middle of its work, with exit code {code}"
            raise BrokenExecutor(ending) from error
        is_done, result = ForkingPickler.loads(answer)
        if is_done:
            return result
        raise result

    def _new_worker(self) -> "_Worker":
        with self._workers_lock:
            if self._is_ended:
                raise BrokenPipeError("there is nothing more to do")
            worker = _Worker()
            self._workers.add(worker)
            return worker


class _Worker:
    """A process, and this end of its pipe."""

    def __init__(self) -> None:
        if sys.platform != "win32":
            # Keep Ctrl+C from this thread's children, even while they are being started. Starting
            # the tracker unblocks the signal, so that comes first.
            resource_tracker.ensure_running()
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=serve, args=(theirs,), daemon=True)
        try:
            self._process.start()
        except BaseException:
            self._pipe.close()
            raise
        finally:
            theirs.close()  # else the end of the process would go unnoticed
        self._has_begun = False

    def answer(self, request: bytes) -> bytes:
        """Return the process's answer. Raises EOFError or OSError if it dies."""
        if not self._has_begun:
            # On Windows the other end stays open here until the process has received it. Before
            # that, only the sentinel reports its death.
            if self._pipe not in connection.wait([self._pipe, self._process.sentinel]):
                raise EOFError
            self._pipe.recv_bytes()
            self._has_begun = True
        self._pipe.send_bytes(request)
        return self._pipe.recv_bytes()

    def kill(self) -> None:
        """Kill the process, from any thread; answer() raises an error then."""
        self._process.kill()

    def close(self) -> int | None:
        """Kill the process and wait until it has ended; return its exit code."""
        self._process.kill()
        self._process.join()
        self._pipe.close()
        return self._process.exitcode


def serve(pipe: Connection) -> None:
    """Report readiness, then answer requests from a pipe; exit when its other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICE)
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, requests), daemon=True).start()
    answer = _BEGUN
    while True:
        with suppress(OSError):  # the other end is closed; the other thread ends the process
            pipe.send_bytes(answer)
        answer = answer_to(requests.get())


def answer_to(request: bytes) -> bytes:
    """Run a pickled call; return, pickled, whether it succeeded and its result or error.

    An error has a note with its traceback.
    """
    try:
        return pickled((True, ForkingPickler.loads(request)()))
    except Exception as error:  # any, for the caller
        note = f"In a worker process:\n{traceback.format_exc()}"
        with suppress(Exception):  # not every error can be sent
            error.add_note(note)
            return pickled((False, error))
        return pickled((False, RuntimeError(note)))


def pickled(thing: object) -> bytes:
    """Return an object as bytes."""
    return bytes(ForkingPickler.dumps(thing))


def _receive(pipe: Connection, requests: SimpleQueue[bytes]) -> None:
    """Receive requests in a thread, so that a closed pipe is noticed during work too."""
    with suppress(EOFError, OSError):
        while True:
            requests.put(pipe.recv_bytes())
    os._exit(0)
