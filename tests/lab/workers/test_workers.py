"""Workers are started on demand, again after a death, and never outlive their program."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from tests.support import lab
from tests.support.cases import some
from tests.support.commands import ROOT, end_of, program
from xorviz.lab.workers.workers import LabError, Workers, worker_processes

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


@pytest.mark.parametrize(("known", "count"), [(lambda: 5, 5), (lambda: None, 1)])
def test_all_cores_are_counted_if_none_are_assigned(
    known: Callable[[], int | None], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", known)
    assert worker_processes().count == count


@pytest.fixture
def processes() -> Iterator[Workers]:
    """Return workers of one process."""
    workers = worker_processes(1)
    yield workers
    workers.stop()
    lab.wait_for_processes_to_end()


def test_a_nice_process_does_all_tasks_and_a_dead_one_is_replaced(processes: Workers) -> None:
    assert worker_processes().count == len(os.sched_getaffinity(0))
    assert multiprocessing.active_children() == []
    pids = [processes.submit(lab.own_pid, None).result(SECONDS) for _ in range(2)]
    assert pids == [multiprocessing.active_children()[0].pid] * 2
    assert os.getpid() not in pids
    assert processes.submit(lab.niceness, None).result(SECONDS) > os.nice(0)
    with pytest.raises(ValueError, match="this went wrong"):
        processes.submit(lab.go_wrong, None).result(SECONDS)
    dying, beside = (processes.submit(do, None) for do in (lab.die, lab.own_pid))
    for lost in (dying, beside):
        assert isinstance(lost.exception(SECONDS), BrokenExecutor)
    assert processes.submit(lab.own_pid, None).result(SECONDS) not in pids


def test_a_process_that_cannot_be_started_is_an_error(
    processes: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: SpawnProcess) -> None:
        raise OSError("no more processes")

    with monkeypatch.context() as patch:
        patch.setattr(SpawnProcess, "start", fail)
        with pytest.raises(LabError, match="could not be started: no more processes"):
            processes.submit(lab.own_pid, None)
    assert processes.submit(lab.square, 3).result(SECONDS) == 9


# The end of the program.


@pytest.mark.thorough
@pytest.mark.parametrize("number", some([signal.SIGKILL, signal.SIGTERM], 1))
def test_no_worker_outlives_a_program_that_is_ended(number: signal.Signals) -> None:
    with program("-m", "tests.support.lab_child", "train") as process:
        process.send_signal(number)
        output, _ = end_of(process)  # Python's own tracker reports that it cleans up
    assert output == ""


@pytest.mark.thorough
def test_no_worker_outlives_a_program_that_crashes() -> None:
    with program("-m", "tests.support.lab_child", "crash") as process:
        errors = end_of(process)[1]
    assert errors.endswith("RuntimeError: a crash\n")
    assert errors.count("Traceback") == 1


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
