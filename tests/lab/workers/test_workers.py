"""Workers are replaced and never outlive their program; a run has the same bits in any case."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.commands import ROOT, end_of, program
from tests.support.lab import (
    Bits,
    Instead,
    bits_by_the_core,
    bits_in_the_end,
    cut_off,
    die,
    go_wrong,
    niceness,
    own_pid,
    plan_of,
    run,
    square,
    wait_for_processes_to_end,
)
from xorviz.core.diagnosis.states import STATES
from xorviz.core.kernels.compiler import WITHOUT_IT, KernelError
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.workers import workers as module
from xorviz.lab.workers.workers import (
    MOST_DEATHS,
    Lab,
    LabError,
    Piece,
    Task,
    Workers,
    work,
    worker_processes,
)

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


def test_workers_start_with_the_first_task(workers: Workers, started: list[Executor]) -> None:
    assert workers.count == 2
    workers.stop()
    assert not started
    assert [workers.result(workers.submit(square, x)) for x in (3, 4)] == [9, 16]
    assert len(started) == 1
    workers.stop()
    workers.stop()
    with pytest.raises(ValueError, match="this went wrong"):
        workers.result(workers.submit(go_wrong, None))
    assert len(started) == 2


def test_many_threads_share_the_same_workers(workers: Workers, started: list[Executor]) -> None:
    all_here = threading.Barrier(4)

    def ask(_: int) -> None:
        all_here.wait(SECONDS)
        workers.submit(square, 3)

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
    wait_for_processes_to_end()


def test_a_nice_process_does_all_tasks_and_a_dead_one_is_replaced(processes: Workers) -> None:
    assert worker_processes().count == len(os.sched_getaffinity(0))
    assert multiprocessing.active_children() == []
    pids = [processes.submit(own_pid, None).result(SECONDS) for _ in range(2)]
    assert pids == [multiprocessing.active_children()[0].pid] * 2
    assert os.getpid() not in pids
    assert processes.submit(niceness, None).result(SECONDS) > os.nice(0)
    with pytest.raises(ValueError, match="this went wrong"):
        processes.submit(go_wrong, None).result(SECONDS)
    dying, beside = (processes.submit(do, None) for do in (die, own_pid))
    for lost in (dying, beside):
        assert isinstance(lost.exception(SECONDS), BrokenExecutor)
    assert processes.submit(own_pid, None).result(SECONDS) not in pids


def test_a_process_may_fail_to_start(processes: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: SpawnProcess) -> None:
        raise OSError("no more processes")

    with monkeypatch.context() as patch:
        patch.setattr(SpawnProcess, "start", fail)
        with pytest.raises(LabError, match="could not be started: no more processes"):
            processes.submit(own_pid, None)
    assert processes.submit(square, 3).result(SECONDS) == 9


@pytest.mark.parametrize("end", some([Workers.look, Workers.stop], 1))
def test_a_process_killed_while_it_writes_an_answer_holds_up_nothing(
    processes: Workers, end: Callable[[Workers], None]
) -> None:
    processes.look()  # there is none yet
    lost = processes.submit(cut_off, None)
    (process,) = multiprocessing.active_children()
    process.join(SECONDS)
    end(processes)
    assert isinstance(lost.exception(SECONDS), BrokenExecutor)
    assert processes.submit(square, 3).result(SECONDS) == 9
    processes.look()
    assert processes.submit(square, 4).result(SECONDS) == 16, "none has died"


def test_a_stop_ends_a_process_in_the_middle_of_its_work(processes: Workers) -> None:
    processes.submit(square, 3).result(SECONDS)
    lost = processes.submit(time.sleep, 2 * SECONDS)
    processes.stop()
    assert isinstance(lost.exception(SECONDS), BrokenExecutor)


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


# A lab.

PLAN = plan_of(2500)
ALONE = replace(PLAN, recipes=PLAN.recipes[:1])
"""One share."""
LONG = plan_of(10**7)
SLICE = 0.02
"""Short enough for several slices of each share."""


@pytest.fixture(scope="module")
def bits() -> Bits:
    return bits_by_the_core(PLAN)


def threads(count: int) -> Workers:
    return Workers(lambda: ThreadPoolExecutor(count), count)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Return a lab of two processes."""
    lab = Lab(worker_processes(2), SLICE)
    yield lab
    lab.close()
    wait_for_processes_to_end()


@pytest.fixture
def thread_lab() -> Iterator[Lab]:
    """Return a lab of two threads, or of the workers that a test gives it."""
    lab = Lab(threads(2), SLICE)
    yield lab
    lab.close()


@contextmanager
def in_a_thread(do: Callable[[], object]) -> Iterator[threading.Thread]:
    """Do something in a thread, which must end by what is done meanwhile."""
    thread = threading.Thread(target=do)
    thread.start()
    yield thread
    thread.join(SECONDS)
    assert not thread.is_alive()


STOPPING = replace(plan_of(6000), rules=StopRules(at_step=None, when_learned=True))


@pytest.mark.parametrize(
    ("workers", "seconds", "waves", "plan"),
    some(
        [
            (threads(3), 0.005, (2, 3), PLAN),
            (worker_processes(3), 60, (), PLAN),
            (worker_processes(1), 0.05, (), STOPPING),
            (threads(1), 0, (7,), PLAN),
        ]
    ),
)
def test_neither_workers_nor_slices_nor_shares_change_a_bit(
    workers: Workers, seconds: float, waves: tuple[int, ...], plan: LabPlan
) -> None:
    lab = Lab(workers, seconds)
    assert run(lab, replace(plan, waves=waves)) == bits_by_the_core(plan)
    lab.close()


def test_stopped_networks_are_done_before_the_others(thread_lab: Lab) -> None:
    plan = replace(STOPPING, steps=10**8)  # so that some would take very long
    snapshots_at: set[int] = set()
    for piece in thread_lab.run(plan):
        places = set(piece.places.tolist())
        if piece.findings is not None:
            assert not piece.cohort.going_on.any()
            assert snapshots_at - places
            assert set(piece.findings.state.tolist()) == {STATES.index("learned")}
            break
        snapshots_at |= places
    thread_lab.stop()


def test_begun_tasks_come_before_fresh_ones() -> None:
    """Otherwise all shares would begin, and stay in memory, before any is done."""
    lab = Lab(threads(1), 0)
    begun: set[int] = set()
    for piece in lab.run(replace(PLAN, waves=(4, 4, 4))):
        begun.add(int(piece.places[0]))
        if piece.findings is not None:
            break
    assert len(begun) == 2  # one at work, one ready
    lab.close()


# Workers that die.


def test_workers_that_are_killed_or_stopped_are_replaced(lab: Lab, bits: Bits) -> None:
    pieces = lab.run(PLAN)
    first = next(pieces)
    multiprocessing.active_children()[0].kill()
    second = next(pieces)
    lab.workers.stop()
    assert bits_in_the_end([first, second, *pieces]) == bits


def die_with_all_others(_: object) -> None:
    raise BrokenExecutor("a process ended")


def test_a_share_that_no_worker_survives_ends_the_run(thread_lab: Lab) -> None:
    workers = thread_lab.workers = Instead(die_with_all_others)
    with pytest.raises(LabError, match=f"lost {MOST_DEATHS} times in a row: a process ended"):
        list(thread_lab.run(ALONE))
    assert workers.submitted == MOST_DEATHS


def test_occasional_deaths_of_workers_do_not_end_the_run(thread_lab: Lab, bits: Bits) -> None:
    class Unlucky(Instead):
        """Workers that lose two of three tasks."""

        def submit(self, do: Callable[[Any], Any], task: object) -> Future[Any]:
            self.do = None if self.submitted % 3 == 2 else die_with_all_others
            return super().submit(do, task)

    thread_lab.workers = Unlucky(None)
    assert run(thread_lab, ALONE) == {place: bits[place] for place in range(len(ALONE))}


def test_workers_are_looked_at_while_none_reports(
    thread_lab: Lab, bits: Bits, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(Instead):
        """Workers that lose a task, and don't say so until they are looked at."""

        lost: Future[Any] | None = None

        def submit(self, do: Callable[[Any], Any], task: object) -> Future[Any]:
            if self.lost is None:
                self.lost = Future()
                return self.lost
            return super().submit(do, task)

        def look(self) -> None:
            assert self.lost is not None
            if not self.lost.done():
                self.lost.set_exception(BrokenExecutor("a process ended"))

    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.01)
    thread_lab.workers = Silent(None)
    assert run(thread_lab, ALONE) == {place: bits[place] for place in range(len(ALONE))}


# Runs that end early.


def test_a_run_stops_at_once_whatever_workers_do(
    thread_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, over = threading.Event(), threading.Event()

    def wait_and_say_so(*arguments: Any) -> Any:
        waiting.set()
        return wait(*arguments)

    monkeypatch.setattr(module, "_LOOK_SECONDS", 2 * SECONDS)
    monkeypatch.setattr(module, "wait", wait_and_say_so)
    thread_lab.workers = Instead(lambda _: over.wait(2 * SECONDS))
    pieces: list[Piece] = []
    with in_a_thread(lambda: pieces.extend(thread_lab.run(PLAN))):
        assert waiting.wait(SECONDS)
        thread_lab.stop()
        thread_lab.stop()
    over.set()
    assert pieces == []


def test_a_run_can_be_stopped_before_it_has_begun(lab: Lab) -> None:
    pieces = lab.run(LONG)
    lab.stop()
    assert list(pieces) == []
    assert multiprocessing.active_children() == []


def test_a_new_run_ends_the_previous_one(thread_lab: Lab, bits: Bits) -> None:
    long = thread_lab.run(LONG)
    next(long)
    assert run(thread_lab, PLAN) == bits
    assert all(piece.cohort.step < LONG.steps for piece in long)


def test_an_abandoned_run_cancels_its_waiting_tasks(thread_lab: Lab) -> None:
    over, futures = threading.Event(), list[Future[Any]]()

    class Crowded(Instead):
        """Workers that finish only the first task."""

        @property
        def count(self) -> int:
            return 5

        def submit(self, do: Callable[[Any], Any], task: object) -> Future[Any]:
            self.do = None if not futures else lambda _: over.wait(SECONDS)
            futures.append(super().submit(do, task))
            return futures[-1]

    thread_lab.workers = Crowded(None)
    plan = plan_of(100, seeds=200)
    pieces = thread_lab.run(plan)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert len(futures) == 6
    assert all(future.cancelled() for future in futures[3:])
    over.set()


def test_an_error_in_the_work_reaches_the_caller_once(thread_lab: Lab, bits: Bits) -> None:
    workers = thread_lab.workers = Instead(go_wrong)
    pieces = thread_lab.run(PLAN)
    with pytest.raises(ValueError, match="this went wrong"):
        next(pieces)
    assert list(pieces) == []
    workers.do = None
    assert run(thread_lab, PLAN) == bits


# The end of the lab.


def test_a_kernel_that_a_worker_cannot_use_is_an_error_with_a_way_out(
    thread_lab: Lab, bits: Bits, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise KernelError("Numba cannot be loaded.")

    thread_lab.kernel = "numba"
    with monkeypatch.context() as patched:
        patched.setattr(module, "prepare", fail)
        with pytest.raises(LabError, match=f"^Numba cannot be loaded. {WITHOUT_IT}$"):
            run(thread_lab, PLAN)
    thread_lab.kernel = "numpy"
    assert run(thread_lab, PLAN) == bits


def test_processes_start_with_work_stay_for_the_next_run_and_end_with_the_lab(
    lab: Lab, bits: Bits
) -> None:
    is_running = threading.Event()

    def train() -> None:
        for _ in lab.run(LONG):
            is_running.set()

    assert list(lab.run(PLAN, frozenset(range(len(PLAN))))) == []
    assert multiprocessing.active_children() == []
    assert run(lab, PLAN) == bits
    before = set(multiprocessing.active_children())
    with in_a_thread(train):
        assert is_running.wait(SECONDS)
        assert set(multiprocessing.active_children()) == before
        lab.close()
    wait_for_processes_to_end()
    assert list(lab.run(PLAN)) == []
    assert multiprocessing.active_children() == []


def test_closing_during_a_count_starts_no_worker(thread_lab: Lab) -> None:
    """The lab is closed between its check and the next submission."""
    asked, closing = threading.Event(), threading.Event()

    class Slow(Instead):
        @property
        def count(self) -> int:
            asked.set()
            closing.wait(SECONDS)
            return 2

    workers = thread_lab.workers = Slow(None)
    with in_a_thread(lambda: list(thread_lab.run(LONG))):
        assert asked.wait(SECONDS)
        with in_a_thread(thread_lab.close):
            closing.set()
    assert workers._executor is None


def test_missing_workers_after_a_stop_are_no_error(
    thread_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = thread_lab.workers = Instead(None)

    def result(future: Future[Piece]) -> Piece:
        thread_lab.stop()
        raise LabError("They have all gone.")

    monkeypatch.setattr(workers, "result", result)
    assert run(thread_lab, PLAN) == {}


@pytest.mark.parametrize(("goal", "seconds"), [(300, 60), (1500, 0), (1500, 0.01), (0, 60)])
def test_a_share_is_done_in_pieces_that_all_make_progress(goal: int, seconds: float) -> None:
    share = next(shares_of(PLAN, 1))
    task = Task(share.places, share, goal, PLAN.rules, seconds)
    pieces = [work(task)]
    while pieces[-1].findings is None:
        pieces.append(work(replace(task, state=pieces[-1].cohort)))
    steps = [piece.cohort.step for piece in pieces]
    assert steps == sorted(set(steps))
    assert (steps[-1], len(steps) > 1) == (goal, seconds < 1)
    last = pieces[-1]
    assert last.places.tolist() == share.places.tolist()
    assert last.findings is not None
    np.testing.assert_array_equal(last.findings.loss, findings_of(last.cohort).loss)
