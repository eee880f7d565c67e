"""An executor of processes, in which each has a pipe of its own.

The one of the standard library has a single pipe for all answers, with both its ends in every
process. When a process dies while it writes one, the rest is waited for until the end of time.
Here each end is in one process only: whoever dies, the other side is told so at once.
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
    """What is to be done, and where to put what comes of it."""

    call: Callable[[], object]
    future: Future[Any]


class ProcessPool(Executor):
    """Processes that are started when there is something to do for them, and again when they die.

    The task of one that has died raises BrokenExecutor; all others go on. None outlives the
    process that has started it, however that ends. Ctrl+C never reaches them.
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
        """Have a function called, which must be one that can be pickled. See Executor.submit."""
        future: Future[T] = Future()
        with self._lock:
            if self._is_shut:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._hire()
            self._items.put(_Item(partial(fn, *args, **kwargs), future))
        return future

    def _hire(self) -> None:
        """Have one more thread for a process of its own, while there are fewer than asked for."""
        if len(self._threads) == self._count:
            return
        # Ended by atexit, since waiting for it must not keep the interpreter from ending.
        thread = threading.Thread(target=self._attend, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no room for more
            if not self._threads:
                raise BrokenExecutor("a thread could not be started") from error
        else:
            self._threads.append(thread)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes once all is done, or at once where futures are to be cancelled.

        What was being done then raises BrokenExecutor. See Executor.shutdown.
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

    def _cancel_waiting(self) -> None:
        while True:
            try:
                item = self._items.get_nowait()
            except Empty:
                return
            if item is not None and item.future.cancel():
                item.future.set_running_or_notify_cancel()  # wakes up who waits for it

    def _attend(self) -> None:
        """Pass tasks on to a process of this thread's own, one at a time."""
        worker: _Worker | None = None
        for item in iter(self._items.get, None):
            if item.future.set_running_or_notify_cancel():
                worker = self._pass_on(item, worker)
            del item  # what is done need not be kept until there is something else
        self._dismiss(worker)

    def _pass_on(self, item: "_Item", worker: "_Worker | None") -> "_Worker | None":
        """Have a task done; return the worker that can do the next one, if it still lives."""
        try:
            request = pickled(item.call)
        except Exception as error:  # it cannot be sent
            item.future.set_exception(error)
            return worker
        try:
            worker = worker or self._new_worker()
            answer = worker.answer(request)
        except Exception as error:  # whatever it is, somebody waits for the future
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
            theirs.close()  # else its end would not be told of
        self._has_begun = False

    @property
    def ending(self) -> str:
        """How the process ended, once it has."""
        return f"ended in the middle of its work, with exit code {self._process.exitcode}"

    def answer(self, request: bytes) -> bytes:
        """Return what the process answers. Raises EOFError or OSError if it dies instead."""
        if not self._has_begun:
            self._wait_for_its_beginning()
        self._pipe.send_bytes(request)
        return self._pipe.recv_bytes()

    def _wait_for_its_beginning(self) -> None:
        # Windows keeps its end of the pipe open here too until it has taken it over. Before that,
        # only the process itself tells of its death.
        if self._pipe not in connection.wait([self._pipe, self._process.sentinel]):
            raise EOFError
        self._pipe.recv_bytes()
        self._has_begun = True

    def kill(self) -> None:
        """End the process; who waits for its answer is told so. May be called from any thread."""
        self._process.kill()

    def close(self) -> None:
        """End the process, and wait until it is gone."""
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
    """Have this thread's children never see the signal, not even while they are being started."""
    if sys.platform != "win32":
        # Whoever starts the tracker lets the signal through again: so that comes first.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
