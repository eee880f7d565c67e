"""Workers are started on demand."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ThreadPoolExecutor

import pytest

from tests.support import lab
from xorviz.lab.workers.workers import Workers, core_count, worker_processes

SECONDS = 60


@pytest.fixture
def started() -> list[Executor]:
    """Return the executors started so far; the last one is in use."""
    return []


@pytest.fixture
def workers(started: list[Executor]) -> Iterator[Workers]:
    def start() -> Executor:
        started.append(ThreadPoolExecutor(2))
        return started[-1]

    workers = Workers(start, 2)
    yield workers
    workers.stop()


def test_nothing_is_started_before_the_first_task(
    workers: Workers, started: list[Executor]
) -> None:
    assert workers.count == 2
    workers.stop()
    assert not started
    assert workers.result(workers.submit(lab.square, 3)) == 9
    assert workers.result(workers.submit(lab.square, 4)) == 16
    assert len(started) == 1


def test_new_workers_come_after_a_stop(workers: Workers, started: list[Executor]) -> None:
    workers.submit(lab.square, 3)
    workers.stop()
    workers.stop()
    assert workers.result(workers.submit(lab.square, 4)) == 16
    assert len(started) == 2


def test_an_error_of_a_task_is_raised(workers: Workers) -> None:
    with pytest.raises(ValueError, match="this went wrong"):
        workers.result(workers.submit(lab.go_wrong, None))


def test_many_threads_share_the_same_workers(workers: Workers, started: list[Executor]) -> None:
    both_here = threading.Barrier(4)

    def ask() -> None:
        both_here.wait(SECONDS)
        workers.submit(lab.square, 3)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert len(started) == 1


@pytest.mark.thorough
def test_processes_are_as_many_as_cores_and_gone_after_a_stop() -> None:
    workers = worker_processes()
    assert workers.count == core_count() >= 1
    assert worker_processes(3).count == 3
    pid = workers.result(workers.submit(lab.own_pid, None))
    assert pid in [process.pid for process in multiprocessing.active_children()]
    busy = workers.submit(lab.wait_for_ever, None)
    workers.stop()  # does not wait for that
    assert multiprocessing.active_children() == []
    with pytest.raises((BrokenExecutor, CancelledError)):
        workers.result(busy)
    assert workers.result(workers.submit(lab.own_pid, None)) != pid
    workers.stop()


@pytest.mark.parametrize(("known", "count"), [(lambda: 5, 5), (lambda: None, 1)])
def test_all_cores_are_counted_if_none_are_assigned(
    known: Callable[[], int | None], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", known)
    assert core_count() == count
