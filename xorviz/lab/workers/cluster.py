"""Workers of a Dask scheduler. The only module that imports distributed."""

import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from xorviz.core import numerals
from xorviz.lab.workers.workers import LabError, Workers

if TYPE_CHECKING:  # optional, and takes a second to import
    from distributed import Client

T = TypeVar("T")

_SECONDS = 5.0
"""Timeout for the scheduler's answers."""
_COUNT_SECONDS = 2.0
"""How long a count of workers remains valid."""
_SILENT_SECONDS = 10.0
"""After which a worker that does not report to its scheduler, about twice a second, is left out."""
_PATIENCE_SECONDS = 15.0
"""How long there may be no workers while they are being replaced."""
_LOGGERS = ("distributed", "distributed.client", "tornado.application")
"""Silenced, since their warnings are reported here as errors."""


class Cluster(Workers):
    """The current workers of a scheduler, connected to on demand.

    stop() leaves the cluster running. If a worker dies, the scheduler repeats its task on another.
    If one stops answering, a new generation of tasks leaves it out.
    """

    def __init__(self, address: str, notify: Callable[[str], object] = lambda _: None) -> None:
        """Store the address, such as tcp://localhost:8786; notify gets each problem.

        Raises LabError for an invalid address.
        """
        super().__init__(self._connected, 0)
        self.address = address
        self._place = _place_of(address)
        self._notify = notify
        self._client: Client | None = None
        self._counted_at = self._seen_at = float("-inf")
        self._chosen: list[str] | None = None
        """The workers that tasks may run on; None for any."""
        self._silent: set[str] = set()
        """The workers that do not answer, whose tasks have been given to others."""

    @property
    def count(self) -> int:
        """The number of threads of the current workers.

        Raises LabError if there are none, or no scheduler.
        """
        with self._lock:
            if self._executor is None:
                self._executor = self._start()
            if time.monotonic() > self._counted_at + _COUNT_SECONDS:
                self._look()
            return self._count

    def result(self, future: Future[T]) -> T:
        """Return the result of a task. Raises LabError if the cluster cannot run it."""
        try:
            return super().result(future)
        except CancelledError as error:
            if self._client is None or self._client.status != "running":
                raise self._error("is no longer reachable") from error
            raise
        except Exception as error:
            if isinstance(error, _distributed().KilledWorker):
                raise self._error("lost one worker after another with the same task") from error
            raise

    def stop(self) -> None:
        """Disconnect from the cluster, which keeps running."""
        with self._lock:
            client, self._client = self._client, None
            self._executor = self._chosen = None
            self._silent = set()
            self._counted_at = self._seen_at = float("-inf")
        if client is not None:
            with suppress(TimeoutError):
                client.close(timeout=_SECONDS)

    def _connected(self) -> Executor:
        distributed, until = _distributed(), time.monotonic() + _SECONDS
        try:
            # Fails at once if there is no scheduler; a client would need its whole timeout.
            socket.create_connection(self._place, _SECONDS).close()
            self._client = _client(distributed, self.address, until)
        except PackageNotFoundError as error:
            raise self._error("and its workers do not all have xorviz installed") from error
        except LabError:
            raise
        except Exception as error:  # many kinds, and they all mean the same
            why = getattr(error, "strerror", None) or f"{error}" or "it took too long"
            raise self._error(f"does not answer: {why}") from error
        return self._executor_for(None)

    def _look(self) -> None:
        """Count the workers that answer. Raises LabError if there have been none for a while."""
        assert self._client is not None
        try:
            threads, silent = _workers_of(self._client)
        except Exception as error:  # here too
            raise self._error("is no longer reachable") from error
        self._counted_at = time.monotonic()
        if threads:
            self._seen_at = self._counted_at
            self._count = sum(threads.values())
        elif self._counted_at > self._seen_at + _PATIENCE_SECONDS:
            raise self._error("has no workers that answer" if silent else "has no workers")
        workers = sorted(threads) if silent else None
        if workers != self._chosen:
            self._chosen = workers
            self._executor = self._executor_for(workers)
        if newly := sorted(set(silent) - self._silent):
            self._leave_out(newly)
        self._silent = set(silent)

    def _leave_out(self, silent: list[str]) -> None:
        which = numerals.counted(len(silent), "worker")
        way = "The other workers repeat the work." if self._chosen else "No other workers are left."
        self._notify(f"No answer from {which}: {', '.join(silent)}. {way}")
        self.generation += 1

    def _executor_for(self, workers: list[str] | None) -> Executor:
        assert self._client is not None
        executor: Executor = self._client.get_executor(pure=False, workers=workers or None)
        return executor

    def _error(self, trouble: str) -> LabError:
        return LabError(f"The scheduler at {self.address} {trouble}.")


def _place_of(address: str) -> tuple[str, int]:
    """Return host and port of an address. Raises LabError."""
    with suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme in {"tcp", "tls"} and parts.hostname and parts.port:
            return parts.hostname, parts.port
    raise LabError(f"{address!r} is not the address of a scheduler, such as tcp://localhost:8786.")


def _workers_of(client: "Client") -> tuple[dict[str, int], list[str]]:
    """Return the threads of each worker that answers, and the addresses of those that do not."""
    found: tuple[dict[str, int], list[str]] = client.run_on_scheduler(
        _reporting, _SILENT_SECONDS, callback_timeout=_SECONDS
    )
    return found


def _reporting(seconds: float, dask_scheduler: Any) -> tuple[dict[str, int], list[str]]:
    """Return the same as ``_workers_of``. Runs in the scheduler, with its clock."""
    from distributed.metrics import time as now

    workers = dask_scheduler.workers.values()
    silent = [w.address for w in workers if now() - w.last_seen > seconds]
    return {w.address: w.nthreads for w in workers if w.address not in silent}, silent


def _distributed() -> Any:
    """Import distributed. Raises LabError if it is not installed."""
    try:
        import distributed
    except ImportError as error:
        raise LabError("A cluster needs Dask: pip install 'xorviz[cluster]'") from error
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


def _client(distributed: Any, address: str, until: float) -> "Client":
    """Return a client of a scheduler. Raises an error if it is not connected by a time."""
    client: Future[Client] = Future()

    def connect() -> None:
        try:
            client.set_result(_checked_client(distributed, address, until - time.monotonic()))
        except Exception as error:  # any, for the waiting thread
            client.set_exception(error)

    # In a thread, since a client waits forever if something other than a scheduler answers.
    threading.Thread(target=connect, daemon=True).start()
    try:
        return client.result(until - time.monotonic())
    except TimeoutError:
        client.add_done_callback(_close)
        raise


def _close(client: "Future[Client]") -> None:
    """Close a client that connected too late."""
    if client.exception() is None:
        client.result().close()


def _checked_client(distributed: Any, address: str, seconds: float) -> "Client":
    """Return a client whose scheduler and workers all have this version of xorviz."""
    client: Client = distributed.Client(address, timeout=seconds, set_as_default=False)
    try:
        # A function that exists everywhere. One of xorviz would end workers without it.
        there = {client.run_on_scheduler(version, "xorviz")}
        if there == {here := version("xorviz")}:
            workers = list(_workers_of(client)[0])
            there |= set(client.run(version, "xorviz", workers=workers).values())
        if there != {here}:
            others = " and ".join(sorted(there - {here}))
            raise LabError(f"The cluster at {address} has xorviz {others}, and this is {here}.")
    except BaseException:
        client.close()
        raise
    return client
