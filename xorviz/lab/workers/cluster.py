"""Workers of a Dask scheduler. The only module that imports distributed."""

import logging
import socket
import threading
import time
from concurrent.futures import CancelledError, Executor, Future
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from xorviz.lab.workers.workers import LabError, Workers

if TYPE_CHECKING:  # optional, and takes a second to import
    from distributed import Client

T = TypeVar("T")

_SECONDS = 5.0
"""Timeout for the scheduler's answers."""
_COUNT_SECONDS = 2.0
"""How long a count of workers remains valid."""
_PATIENCE_SECONDS = 15.0
"""How long there may be no workers while they are being replaced."""
_LOGGERS = ("distributed", "distributed.client", "tornado.application")
"""Silenced, since their warnings are reported here as errors."""


class Cluster(Workers):
    """The current workers of a scheduler, connected to on demand; stop() leaves them running.

    If one dies, or is silent for too long, the scheduler repeats its tasks on others.
    """

    def __init__(self, address: str) -> None:
        """Store the address, such as tcp://localhost:8786. Raises LabError for an invalid one."""
        super().__init__(self._connected, 0)
        self.address = address
        self._place = _place_of(address)
        self._client: Client | None = None
        self._counted_at = self._seen_at = float("-inf")

    @property
    def count(self) -> int:
        """The number of threads of the current workers.

        Raises LabError if there are none, or no scheduler.
        """
        with self._lock:
            self._running()
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
            self._executor = None
            self._counted_at = self._seen_at = float("-inf")
        if client is not None:
            with suppress(TimeoutError):
                client.close(timeout=_SECONDS)

    def _connected(self) -> Executor:
        distributed, executor = _distributed(), Future[Executor]()

        def connect() -> None:
            try:
                executor.set_result(self._connect(distributed))
            except Exception as error:  # any, for the waiting thread
                executor.set_exception(error)

        try:
            # Fails at once if there is no scheduler; a client would need its whole timeout.
            socket.create_connection(self._place, _SECONDS).close()
            # In a thread, since a client waits forever if anything but a scheduler answers.
            threading.Thread(target=connect, daemon=True).start()
            return executor.result(_SECONDS)
        except PackageNotFoundError as error:
            raise self._error("and its workers do not all have xorviz installed") from error
        except LabError:
            raise
        except Exception as error:  # many kinds, and they all mean the same
            why = getattr(error, "strerror", None) or f"{error}" or "it took too long"
            raise self._error(f"does not answer: {why}") from error

    def _connect(self, distributed: Any) -> Executor:
        """Connect to a scheduler whose workers all have this version of xorviz."""
        client = distributed.Client(self.address, timeout=_SECONDS, set_as_default=False)
        self._client = client
        # A function that exists everywhere. One of xorviz would end workers without it.
        there = {client.run_on_scheduler(version, "xorviz")}
        if there == {here := version("xorviz")}:
            there |= set(client.run(version, "xorviz").values())
        if there != {here}:
            others = " and ".join(sorted(there - {here}))
            raise LabError(
                f"The cluster at {self.address} has xorviz {others}, and this is {here}."
            )
        executor: Executor = client.get_executor(pure=False)
        return executor

    def _look(self) -> None:
        """Count the workers. Raises LabError if there have been none for a while."""
        assert self._client is not None
        try:
            self._count = self._client.run_on_scheduler(_threads, callback_timeout=_SECONDS)
        except Exception as error:  # here too
            raise self._error("is no longer reachable") from error
        self._counted_at = time.monotonic()
        if self._count:
            self._seen_at = self._counted_at
        elif self._counted_at > self._seen_at + _PATIENCE_SECONDS:
            raise self._error("has no workers")

    def _error(self, trouble: str) -> LabError:
        return LabError(f"The scheduler at {self.address} {trouble}.")


def _place_of(address: str) -> tuple[str, int]:
    """Return host and port of an address. Raises LabError."""
    with suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme in {"tcp", "tls"} and parts.hostname and parts.port:
            return parts.hostname, parts.port
    raise LabError(f"{address!r} is not the address of a scheduler, such as tcp://localhost:8786.")


def _distributed() -> Any:
    """Import distributed. Raises LabError if it is not installed."""
    try:
        import distributed
    except ImportError as error:
        raise LabError("A cluster needs Dask: pip install 'xorviz[cluster]'") from error
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


def _threads(dask_scheduler: Any) -> int:
    """Return the number of threads of all workers. Runs in the scheduler."""
    return int(dask_scheduler.total_nthreads)
