"""A run of the lab gives the same bits, whatever the workers and whatever happens to them."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.lab import (
    Bits,
    Instead,
    bits_by_the_core,
    bits_in_the_end,
    go_wrong,
    plan_of,
    run,
    wait_for_processes_to_end,
)
from xorviz.core.diagnosis.states import STATES
from xorviz.core.kernels.compiler import WITHOUT_IT, KernelError
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.workers import lab as lab_module
from xorviz.lab.workers.lab import MOST_DEATHS, Lab, Piece, Task, work
from xorviz.lab.workers.workers import LabError, Workers, worker_processes

SECONDS = 60
PLAN = plan_of(2500)
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
    ("workers", "seconds", "jobs", "plan"),
    some(
        [
            (threads(3), 0.005, 7, PLAN),
            (worker_processes(3), 60, 1, PLAN),
            (worker_processes(1), 0.05, 2, STOPPING),
            (threads(1), 0, 2, PLAN),
        ]
    ),
)
def test_neither_workers_nor_slices_nor_shares_change_a_bit(
    workers: Workers, seconds: float, jobs: int, plan: LabPlan
) -> None:
    lab = Lab(workers, seconds)
    assert run(lab, plan, jobs) == bits_by_the_core(plan)
    lab.close()


def test_stopped_networks_are_done_before_the_others(thread_lab: Lab) -> None:
    plan = replace(STOPPING, steps=10**8)  # so that some would take very long
    snapshots_at: set[int] = set()
    for piece in thread_lab.run(plan, shares_of(plan, 2)):
        places = set(piece.places.tolist())
        if piece.findings is not None:
            assert not piece.cohort.going_on.any()
            assert snapshots_at - places
            assert set(piece.findings.state.tolist()) == {STATES.index("learned")}
            break
        snapshots_at |= places
    thread_lab.stop()


def test_begun_tasks_come_before_fresh_ones(bits: Bits) -> None:
    """Otherwise all shares would begin, and stay in memory, before any is done."""
    lab = Lab(threads(1), 0)
    begun: set[int] = set()
    done: list[int] = []
    for piece in lab.run(PLAN, shares_of(PLAN, 6)):
        begun.add(int(piece.places[0]))
        if piece.findings is not None:
            done.append(len(begun))
    assert done[0] == 2  # one at work, one ready
    lab.close()


# Workers that die.


def test_workers_that_are_killed_or_stopped_are_replaced(lab: Lab, bits: Bits) -> None:
    pieces = lab.run(PLAN, shares_of(PLAN, 2))
    first = next(pieces)
    multiprocessing.active_children()[0].kill()
    second = next(pieces)
    lab.workers.stop()
    assert bits_in_the_end([first, second, *pieces]) == bits


def die_with_all_others(_: object) -> None:
    raise BrokenExecutor("a process ended")


def test_a_share_that_no_worker_survives_ends_the_run(thread_lab: Lab) -> None:
    workers = thread_lab.workers = Instead(die_with_all_others)
    with pytest.raises(LabError, match="lost 3 times in a row: a process ended"):
        list(thread_lab.run(PLAN, [next(shares_of(PLAN, 1))]))
    assert workers.submitted == MOST_DEATHS == 3


def test_occasional_deaths_of_workers_do_not_end_the_run(thread_lab: Lab, bits: Bits) -> None:
    class Unlucky(Instead):
        """Workers that lose two of three tasks."""

        def submit(self, do: Callable[[Any], Any], task: object) -> Future[Any]:
            self.do = None if self.submitted % 3 == 2 else die_with_all_others
            return super().submit(do, task)

    thread_lab.workers = Unlucky(None)
    share, *_ = shares_of(PLAN, 1)
    found = bits_in_the_end(thread_lab.run(PLAN, [share]))
    assert found == {place: bits[place] for place in share.places.tolist()}


# Runs that end early.


def test_a_run_stops_at_once_whatever_workers_do(
    thread_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, over = threading.Event(), threading.Event()

    def wait_and_say_so(*arguments: Any) -> Any:
        waiting.set()
        return wait(*arguments)

    monkeypatch.setattr(lab_module, "_LOOK_SECONDS", 2 * SECONDS)
    monkeypatch.setattr(lab_module, "wait", wait_and_say_so)
    thread_lab.workers = Instead(lambda _: over.wait(2 * SECONDS))
    pieces: list[Piece] = []
    with in_a_thread(lambda: pieces.extend(thread_lab.run(PLAN, shares_of(PLAN, 2)))):
        assert waiting.wait(SECONDS)
        thread_lab.stop()
        thread_lab.stop()
    over.set()
    assert pieces == []


def test_a_run_can_be_stopped_before_it_has_begun(lab: Lab) -> None:
    pieces = lab.run(LONG, shares_of(LONG, 2))
    lab.stop()
    assert list(pieces) == []
    assert multiprocessing.active_children() == []


def test_a_new_run_ends_the_previous_one(thread_lab: Lab, bits: Bits) -> None:
    long = thread_lab.run(LONG, shares_of(LONG, 2))
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
    pieces = thread_lab.run(plan, shares_of(plan, 9))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert len(futures) == 6
    assert all(future.cancelled() for future in futures[3:])
    over.set()


def test_an_error_in_the_work_reaches_the_caller_once(thread_lab: Lab, bits: Bits) -> None:
    workers = thread_lab.workers = Instead(go_wrong)
    pieces = thread_lab.run(PLAN, shares_of(PLAN, 2))
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
        patched.setattr(lab_module, "prepare", fail)
        with pytest.raises(LabError, match=f"^Numba cannot be loaded. {WITHOUT_IT}$"):
            run(thread_lab, PLAN)
    thread_lab.kernel = "numpy"
    assert run(thread_lab, PLAN) == bits


def test_processes_start_with_work_stay_for_the_next_run_and_end_with_the_lab(
    lab: Lab, bits: Bits
) -> None:
    is_running = threading.Event()

    def train() -> None:
        for _ in lab.run(LONG, shares_of(LONG, 2)):
            is_running.set()

    assert list(lab.run(PLAN, [])) == []
    assert multiprocessing.active_children() == []
    assert run(lab, PLAN) == bits
    before = set(multiprocessing.active_children())
    with in_a_thread(train):
        assert is_running.wait(SECONDS)
        assert set(multiprocessing.active_children()) == before
        lab.close()
    wait_for_processes_to_end()
    assert list(lab.run(PLAN, shares_of(PLAN, 2))) == []
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
    with in_a_thread(lambda: list(thread_lab.run(LONG, shares_of(LONG, 2)))):
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
