"""An executor of processes, each with its own pipe.

The standard library's has a single pipe for all answers, with both ends in every process; when a
process dies while writing an answer, the reader waits forever. Here each end is in one process
only, so that the death of either is noticed at once.
"""

import atexit
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection, get_context, resource_tracker
from multiprocessing.reduction import ForkingPickler
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from xorviz.lab.workers.worker import pickled, serve

P = ParamSpec("P")
T = TypeVar("T")

_SPAWN = get_context("spawn")


@dataclass(frozen=True, slots=True)
class _Item:
    """A call and the future for its result."""

    call: Callable[[], object]
    future: Future[Any]


class ProcessPool(Executor):
    """Processes that are started on demand, and again after they die.

    If one dies, only its task raises BrokenExecutor. None outlives the process that started it,
    however that ends. Ctrl+C never reaches them.
    """

    def __init__(self, count: int) -> None:
        self._items: SimpleQueue[_Item | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._is_shut = self._is_ended = False
        self._workers: set[_Worker] = set()
        self._count = count
        self._threads: list[threading.Thread] = []
        atexit.register(self._end)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit a call that can be pickled. See Executor.submit."""
        future: Future[T] = Future()
        with self._lock:
            if self._is_shut:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._add_thread()
            self._items.put(_Item(partial(fn, *args, **kwargs), future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes when all tasks are done, or at once if futures are to be cancelled.

        Tasks under way then raise BrokenExecutor. See Executor.shutdown.
        """
        atexit.unregister(self._end)
        with self._lock:
            self._is_shut = True
            if cancel_futures:
                self._is_ended = True
                self._cancel_waiting()
                for worker in self._workers:
                    worker.kill()
            for _ in self._threads:
                self._items.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _end(self) -> None:
        self.shutdown(cancel_futures=True)

    def _add_thread(self) -> None:
        """Start one more thread with a process of its own, if there are fewer than requested."""
        if len(self._threads) == self._count:
            return
        # A daemon that atexit ends: otherwise the interpreter would wait for it forever.
        thread = threading.Thread(target=self._serve_tasks, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system has reached its limit
            if not self._threads:
                raise BrokenExecutor("a thread could not be started") from error
        else:
            self._threads.append(thread)

    def _cancel_waiting(self) -> None:
        while True:
            try:
                item = self._items.get_nowait()
            except Empty:
                return
            if item is not None and item.future.cancel():
                item.future.set_running_or_notify_cancel()  # wakes up waiting threads

    def _serve_tasks(self) -> None:
        """Send tasks, one at a time, to this thread's process."""
        worker: _Worker | None = None
        for item in iter(self._items.get, None):
            if item.future.set_running_or_notify_cancel():
                worker = self._pass_on(item, worker)
            del item  # else its result is kept until the next task
        self._dismiss(worker)

    def _pass_on(self, item: "_Item", worker: "_Worker | None") -> "_Worker | None":
        """Run a task; return the worker for the next one, or None if it died."""
        try:
            request = pickled(item.call)
        except Exception as error:  # it cannot be sent
            item.future.set_exception(error)
            return worker
        try:
            worker = worker or self._new_worker()
            answer = worker.answer(request)
        except Exception as error:  # any, since a thread may wait for the future
            self._dismiss(worker)
            why = f"could not be started: {error}" if worker is None else worker.ending
            item.future.set_exception(BrokenExecutor(f"a process {why}"))
            return None
        _settle(item.future, answer)
        return worker

    def _new_worker(self) -> "_Worker":
        with self._lock:
            if self._is_ended:
                raise BrokenPipeError("there is nothing more to do")
            worker = _Worker()
            self._workers.add(worker)
            return worker

    def _dismiss(self, worker: "_Worker | None") -> None:
        if worker is not None:
            with self._lock:
                self._workers.discard(worker)
            worker.close()


class _Worker:
    """A process, and this end of its pipe."""

    def __init__(self) -> None:
        _keep_ctrl_c_from_children()
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

    @property
    def ending(self) -> str:
        """Description of how the process ended."""
        return f"ended in the middle of its work, with exit code {self._process.exitcode}"

    def answer(self, request: bytes) -> bytes:
        """Return the process's answer. Raises EOFError or OSError if it dies."""
        if not self._has_begun:
            self._wait_for_its_beginning()
        self._pipe.send_bytes(request)
        return self._pipe.recv_bytes()

    def _wait_for_its_beginning(self) -> None:
        # On Windows the other end stays open here until the process has received it. Before that,
        # only the sentinel reports its death.
        if self._pipe not in connection.wait([self._pipe, self._process.sentinel]):
            raise EOFError
        self._pipe.recv_bytes()
        self._has_begun = True

    def kill(self) -> None:
        """Kill the process, from any thread; answer() raises an error then."""
        self._process.kill()

    def close(self) -> None:
        """Kill the process and wait until it has ended."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _settle(future: Future[Any], answer: bytes) -> None:
    try:
        is_done, result = ForkingPickler.loads(answer)
    except Exception as error:
        future.set_exception(error)
        return
    if is_done:
        future.set_result(result)
    else:
        future.set_exception(result)


def _keep_ctrl_c_from_children() -> None:
    """Block the signal in this thread's children, even while they are being started."""
    if sys.platform != "win32":
        # Starting the tracker unblocks the signal, so that comes first.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
