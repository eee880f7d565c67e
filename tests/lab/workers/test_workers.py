"""Workers are started on demand."""

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ThreadPoolExecutor
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest

from tests.support import lab
from tests.support.cases import some
from tests.support.commands import ROOT, end_of, program
from xorviz.lab.workers.workers import ProcessPool, Workers, answer_to, core_count, worker_processes

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


def test_workers_start_with_the_first_task_and_again_after_a_stop(
    workers: Workers, started: list[Executor]
) -> None:
    assert workers.count == 2
    workers.stop()
    assert not started
    assert [workers.result(workers.submit(lab.square, x)) for x in (3, 4)] == [9, 16]
    assert len(started) == 1
    workers.stop()
    workers.stop()
    with pytest.raises(ValueError, match="this went wrong"):
        workers.result(workers.submit(lab.go_wrong, None))
    assert len(started) == 2


def test_many_threads_share_the_same_workers(workers: Workers, started: list[Executor]) -> None:
    all_here = threading.Barrier(4)

    def ask(_: int) -> None:
        all_here.wait(SECONDS)
        workers.submit(lab.square, 3)

    with ThreadPoolExecutor(4) as asking:
        list(asking.map(ask, range(4)))
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


@pytest.fixture
def pool() -> Iterator[ProcessPool]:
    """Return a pool of one process."""
    pool = ProcessPool(1)
    yield pool
    pool.shutdown(cancel_futures=True)
    assert multiprocessing.active_children() == []


def test_a_nice_process_that_starts_with_the_first_task_returns_results_and_errors(
    pool: ProcessPool,
) -> None:
    assert multiprocessing.active_children() == []
    pids = [pool.submit(lab.own_pid).result(SECONDS) for _ in range(3)]
    assert pids == [multiprocessing.active_children()[0].pid] * 3
    assert os.getpid() not in pids
    assert list(pool.map(lab.square, range(5))) == [0, 1, 4, 9, 16]
    assert pool.submit(int, "ff", base=16).result(SECONDS) == 255
    assert pool.submit(lab.niceness).result(SECONDS) > os.nice(0)
    with pytest.raises(ValueError, match="this went wrong") as caught:
        pool.submit(lab.go_wrong).result(SECONDS)
    assert "in go_wrong" in caught.value.__notes__[0]
    assert pool.submit(lab.square, 3).result(SECONDS) == 9


@pytest.mark.thorough
def test_what_cannot_be_pickled_is_an_error(pool: ProcessPool) -> None:
    first = pool.submit(lab.own_pid)
    for strange in (
        pool.submit(lambda: None),  # neither to the process
        pool.submit(lab.something_unsendable),  # nor from it
        pool.submit(lab.go_wrong_stubbornly),
        pool.submit(lab.go_wrong_particularly),
    ):
        assert isinstance(strange.exception(SECONDS), Exception)
        assert not isinstance(strange.exception(), BrokenExecutor)
    assert "a stubborn error" in str(pool.submit(lab.go_wrong_stubbornly).exception(SECONDS))
    assert pool.submit(lab.own_pid).result(SECONDS) == first.result(SECONDS)


@pytest.mark.parametrize("die", some([lab.die_in_the_middle_of_the_answer, lab.die], 1))
def test_a_process_that_dies_breaks_its_task_alone_and_is_replaced(die: Callable[[], None]) -> None:
    pool = ProcessPool(2)
    waiting, first = pool.submit(lab.wait_for_ever), pool.submit(lab.own_pid).result(SECONDS)
    error = pool.submit(die).exception(SECONDS)
    assert isinstance(error, BrokenExecutor)
    assert "exit code 7" in str(error)
    assert pool.submit(lab.own_pid).result(SECONDS) != first
    assert len(multiprocessing.active_children()) == 2
    assert waiting.running()
    pool.shutdown(cancel_futures=True)
    assert isinstance(waiting.exception(SECONDS), BrokenExecutor)
    assert multiprocessing.active_children() == []


@pytest.mark.thorough
def test_a_process_that_cannot_be_started_breaks_its_task(
    pool: ProcessPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: SpawnProcess) -> None:
        raise OSError("no more processes")

    with monkeypatch.context() as patch:
        patch.setattr(SpawnProcess, "start", fail)
        error = pool.submit(lab.own_pid).exception(SECONDS)
    assert isinstance(error, BrokenExecutor)
    assert str(error) == "a process could not be started: no more processes"
    assert pool.submit(lab.square, 3).result(SECONDS) == 9


# Shutdown.


@pytest.mark.thorough
def test_a_death_at_the_start_is_noticed_while_the_pipe_is_open(
    pool: ProcessPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows the other end stays open here until the process has received it."""
    start, kept = SpawnProcess.start, []

    def start_and_kill(process: Any) -> None:
        kept.append(os.dup(process._args[0].fileno()))
        start(process)
        process.kill()

    with monkeypatch.context() as patched:
        patched.setattr(SpawnProcess, "start", start_and_kill)
        with pytest.raises(BrokenExecutor, match="ended in the middle"):
            pool.submit(lab.own_pid).result(SECONDS)
    assert pool.submit(lab.square, 3).result(SECONDS) == 9
    os.close(kept[0])


def test_shutdown_waits_for_what_is_submitted_but_not_for_what_was_cancelled(
    pool: ProcessPool, tmp_path: Path
) -> None:
    futures = [pool.submit(lab.square, x) for x in range(3)]
    cancelled = pool.submit(lab.die_at_first, str(tmp_path / "marker"))
    assert cancelled.cancel()
    pool.shutdown()
    assert [future.result(0) for future in futures] == [0, 1, 4]
    assert multiprocessing.active_children() == []
    assert not list(tmp_path.iterdir())
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(lab.own_pid)


def test_shutdown_can_cancel_everything_at_once(pool: ProcessPool) -> None:
    pool.submit(lab.own_pid).result(SECONDS)
    under_way, waiting = (pool.submit(lab.wait_for_ever) for _ in range(2))
    pool.shutdown(wait=False)
    assert not under_way.done()
    pool.shutdown(cancel_futures=True)
    with pytest.raises((BrokenExecutor, CancelledError)):  # if it had not been taken yet
        under_way.result(0)
    with pytest.raises(CancelledError):
        waiting.result(0)
    assert multiprocessing.active_children() == []


def test_no_process_is_started_after_shutdown(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, taken, go_on = ProcessPool(1), threading.Event(), threading.Event()
    start = pool._new_worker

    def start_late() -> object:
        taken.set()
        go_on.wait(SECONDS)
        return start()

    monkeypatch.setattr(pool, "_new_worker", start_late)
    future = pool.submit(lab.own_pid)
    assert taken.wait(SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    go_on.set()
    assert isinstance(future.exception(SECONDS), BrokenExecutor)
    assert multiprocessing.active_children() == []


# The end of the program.


@pytest.mark.thorough
@pytest.mark.parametrize("number", some([signal.SIGKILL, signal.SIGTERM], 1))
def test_no_worker_outlives_a_program_that_is_ended(number: signal.Signals) -> None:
    with program("-m", "tests.support.lab_child", "train") as process:
        process.send_signal(number)
        assert end_of(process) == ("", "")


@pytest.mark.thorough
def test_no_worker_outlives_a_program_that_crashes_or_does_not_shut_down_its_pool() -> None:
    with program("-m", "tests.support.lab_child", "crash") as process:
        errors = end_of(process)[1]
    assert errors.endswith("RuntimeError: a crash\n")
    assert errors.count("Traceback") == 1
    with program("-m", "tests.support.lab_child", "leave", busy="leaving") as process:
        assert end_of(process) == ("", "")
        assert process.returncode == 0


# A terminal sends SIGINT to all its processes at once.


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("way", "busy", "said"),
    some(
        [
            ("interrupted", "busy", "same bits: True\nleft: []\n"),
            ("interrupted at the start", "starting", "interrupted\nanswers: 2\n"),
        ],
        1,
    ),
)
def test_ctrl_c_does_not_reach_workers(way: str, busy: str, said: str) -> None:
    with program("-m", "tests.support.lab_child", way, busy=busy) as process:
        os.killpg(process.pid, signal.SIGINT)
        assert end_of(process) == (said, "")


IN_A_SCRIPT = """
from tests.support.lab_child import main
if __name__ == "__main__":
    main("finish")
"""


@pytest.mark.thorough
@pytest.mark.parametrize("main", ["script", "command"])
def test_any_kind_of_program_can_have_workers(main: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{IN_A_SCRIPT}")
    command = [str(script)] if main == "script" else ["-c", IN_A_SCRIPT]
    with program(*command, busy="same bits: True") as process:
        assert end_of(process) == ("left: []\n", "")


def test_an_unreadable_request_is_answered_with_an_error() -> None:
    is_done, error = pickle.loads(answer_to(b"rubbish"))
    assert not is_done
    assert isinstance(error, pickle.UnpicklingError)
