"""A run of the lab gives the same bits, whatever the workers and whatever happens to them."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor, wait
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
)
from xorviz.core.diagnosis.states import STATES
from xorviz.core.kernels.compiler import WITHOUT_IT, KernelError
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import WorkShare, shares_of
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
    assert multiprocessing.active_children() == []


@pytest.fixture
def thread_lab() -> Iterator[Lab]:
    """Return a lab of two threads."""
    lab = Lab(threads(2), SLICE)
    yield lab
    lab.close()


def kill_a_worker() -> None:
    multiprocessing.active_children()[0].kill()


@pytest.mark.parametrize(
    "workers", some([threads(3), threads(1), worker_processes(1), worker_processes(3)], 1)
)
def test_all_kinds_of_workers_give_the_same_bits(workers: Workers, bits: Bits) -> None:
    lab = Lab(workers, SLICE)
    assert run(lab, PLAN) == bits
    lab.close()


@pytest.mark.parametrize("seconds", some([0, 0.005, 0.05, 60]))
def test_slices_of_any_length_give_the_same_bits(seconds: float, bits: Bits) -> None:
    lab = Lab(threads(2), seconds)
    assert run(lab, PLAN) == bits
    lab.close()


@pytest.mark.parametrize("jobs", some([7, 1, 2], 1))
def test_shares_of_any_size_give_the_same_bits(jobs: int, bits: Bits) -> None:
    lab = Lab(threads(2))
    assert run(lab, PLAN, jobs) == bits
    lab.close()


def test_an_empty_run_starts_no_workers() -> None:
    lab = Lab(worker_processes(2))
    assert list(lab.run(PLAN, [])) == []
    assert multiprocessing.active_children() == []


def test_processes_stay_for_the_next_run(lab: Lab, bits: Bits) -> None:
    run(lab, PLAN)
    before = set(multiprocessing.active_children())
    assert run(lab, PLAN) == bits
    assert set(multiprocessing.active_children()) == before


STOPPING = replace(plan_of(6000), rules=StopRules(at_step=None, when_learned=True))


@pytest.mark.thorough
@pytest.mark.parametrize("workers", some([threads(3), threads(1), worker_processes(2)], 1))
def test_networks_that_stop_early_have_the_same_bits(workers: Workers) -> None:
    lab = Lab(workers, SLICE)
    assert run(lab, STOPPING) == bits_by_the_core(STOPPING)
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


@pytest.mark.thorough
@pytest.mark.parametrize("times", some([2, 1], 1))
def test_the_task_of_a_killed_worker_is_repeated(lab: Lab, bits: Bits, times: int) -> None:
    def pieces() -> Iterator[Piece]:
        for number, piece in enumerate(lab.run(PLAN, shares_of(PLAN, 2))):
            if number < times:
                kill_a_worker()
            yield piece

    assert bits_in_the_end(pieces()) == bits


def test_stopped_workers_are_replaced(thread_lab: Lab, bits: Bits) -> None:
    pieces = thread_lab.run(PLAN, shares_of(PLAN, 2))
    first = next(pieces)
    thread_lab.workers.stop()
    assert bits_in_the_end([first, *pieces]) == bits


def die_with_all_others(_: object) -> None:
    raise BrokenExecutor("a process ended")


def test_a_share_that_no_worker_survives_ends_the_run() -> None:
    workers = Instead(die_with_all_others)
    lab = Lab(workers)
    share = next(shares_of(PLAN, 1))
    with pytest.raises(LabError) as caught:
        list(lab.run(PLAN, [share]))
    sentence = "The same share of the work was lost 3 times in a row: a process ended."
    assert str(caught.value) == sentence
    assert workers.submitted == MOST_DEATHS == 3
    lab.close()


def test_occasional_deaths_of_workers_do_not_end_the_run(bits: Bits) -> None:
    class Unlucky(Instead):
        """Workers that lose two of three tasks."""

        def submit(self, do: Callable[[Any], Any], task: object) -> Future[Any]:
            self.do = None if self.submitted % 3 == 2 else die_with_all_others
            return super().submit(do, task)

    lab = Lab(Unlucky(None), SLICE)
    share, *_ = shares_of(PLAN, 1)
    found = bits_in_the_end(lab.run(PLAN, [share]))
    assert found == {place: bits[place] for place in share.places.tolist()}
    lab.close()


class Freezing(Workers):
    """Two workers that never answer, and one that takes their place after some looks."""

    def __init__(self) -> None:
        super().__init__(lambda: ThreadPoolExecutor(1), 2)
        self.silent: list[Future[Any]] = []

    @property
    def count(self) -> int:
        if len(self.silent) == 2:  # all of the plan is submitted to them
            self._count, self.generation = 1, 1
        return self._count

    def submit(self, do: Callable[[Any], Any], task: object) -> Future[Any]:
        if self.generation:
            return super().submit(do, task)
        self.silent.append(Future())
        return self.silent[-1]


def test_the_tasks_of_workers_that_stop_answering_are_repeated(
    bits: Bits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_module, "_LOOK_SECONDS", 0.01)
    workers = Freezing()
    lab = Lab(workers, SLICE)
    assert run(lab, PLAN) == bits
    assert [future.cancelled() for future in workers.silent] == [True] * 2
    lab.close()


def test_workers_are_counted_while_none_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    class Vanishing(Instead):
        asked = 0

        @property
        def count(self) -> int:
            self.asked += 1
            if self.asked > 9:
                raise LabError("They have all gone.")
            return 2

    over = threading.Event()
    workers = Vanishing(lambda _: over.wait(SECONDS))
    monkeypatch.setattr(lab_module, "_LOOK_SECONDS", 0.01)
    lab = Lab(workers)
    with pytest.raises(LabError, match="They have all gone"):
        run(lab, PLAN)
    over.set()
    lab.close()


# Runs that end early.


def test_a_run_can_be_stopped_from_another_thread(thread_lab: Lab, bits: Bits) -> None:
    is_running = threading.Event()
    seen: list[Piece] = []

    def train() -> None:
        for piece in thread_lab.run(LONG, shares_of(LONG, 2)):
            seen.append(piece)
            is_running.set()

    thread = threading.Thread(target=train)
    thread.start()
    assert is_running.wait(SECONDS)
    thread_lab.stop()
    thread_lab.stop()
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert all(piece.findings is None for piece in seen)
    assert run(thread_lab, PLAN) == bits


def test_a_run_stops_at_once_whatever_workers_do(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, over = threading.Event(), threading.Event()

    def wait_and_say_so(*arguments: Any) -> Any:
        waiting.set()
        return wait(*arguments)

    monkeypatch.setattr(lab_module, "_LOOK_SECONDS", 2 * SECONDS)
    monkeypatch.setattr(lab_module, "wait", wait_and_say_so)
    lab = Lab(Instead(lambda _: over.wait(2 * SECONDS)))
    pieces: list[Piece] = []
    thread = threading.Thread(target=lambda: pieces.extend(lab.run(PLAN, shares_of(PLAN, 2))))
    thread.start()
    assert waiting.wait(SECONDS)
    lab.stop()
    thread.join(SECONDS)
    was_stopped = not thread.is_alive()
    over.set()
    lab.close()
    assert was_stopped
    assert pieces == []


def test_a_run_can_be_stopped_before_it_has_begun(lab: Lab) -> None:
    pieces = lab.run(LONG, shares_of(LONG, 2))
    lab.stop()
    assert list(pieces) == []
    assert multiprocessing.active_children() == []


@pytest.mark.thorough
def test_a_new_run_ends_the_previous_one(thread_lab: Lab, bits: Bits) -> None:
    long = thread_lab.run(LONG, shares_of(LONG, 2))
    next(long)
    assert run(thread_lab, PLAN) == bits
    assert all(piece.cohort.step < LONG.steps for piece in long)


@pytest.mark.parametrize("why", some([GeneratorExit, KeyboardInterrupt], 1))
def test_an_abandoned_run_does_not_affect_the_next(
    thread_lab: Lab, bits: Bits, why: type[BaseException]
) -> None:
    pieces = thread_lab.run(LONG, shares_of(LONG, 2))
    next(pieces)
    with pytest.raises(why):
        pieces.throw(why)  # type: ignore[attr-defined]
    assert run(thread_lab, PLAN) == bits


def test_an_abandoned_run_cancels_its_waiting_tasks() -> None:
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

    lab = Lab(Crowded(None))
    pieces = lab.run(plan_of(100, seeds=200), shares_of(plan_of(100, seeds=200), 9))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert len(futures) == 6
    assert all(future.cancelled() for future in futures[3:])
    over.set()
    lab.close()


def test_an_error_in_the_work_reaches_the_caller_once(bits: Bits) -> None:
    workers = Instead(go_wrong)
    lab = Lab(workers, SLICE)
    pieces = lab.run(PLAN, shares_of(PLAN, 2))
    with pytest.raises(ValueError, match="this went wrong"):
        next(pieces)
    assert list(pieces) == []
    workers.do = None
    assert run(lab, PLAN) == bits
    lab.close()


# The end of the lab.


def test_a_kernel_that_a_worker_cannot_use_is_an_error_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: str) -> None:
        raise KernelError("Numba cannot be loaded: it is not there.")

    monkeypatch.setattr(lab_module, "prepare", fail)
    lab = Lab(threads(1), kernel="numba")
    with pytest.raises(LabError, match=f"^Numba cannot be loaded: it is not there. {WITHOUT_IT}$"):
        run(lab, PLAN)
    lab.kernel = "numpy"
    monkeypatch.undo()
    assert run(lab, PLAN) == bits_by_the_core(PLAN)
    lab.close()


def test_closing_a_lab_ends_its_run_and_its_processes(lab: Lab) -> None:
    is_running = threading.Event()

    def train() -> None:
        for _ in lab.run(LONG, shares_of(LONG, 2)):
            is_running.set()

    thread = threading.Thread(target=train)
    thread.start()
    assert is_running.wait(SECONDS)
    lab.close()
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert multiprocessing.active_children() == []
    assert list(lab.run(PLAN, shares_of(PLAN, 2))) == []
    assert multiprocessing.active_children() == []


def test_closing_during_a_count_starts_no_worker() -> None:
    """The lab is closed between its check and the next submission."""
    asked, closing = threading.Event(), threading.Event()

    class Slow(Instead):
        @property
        def count(self) -> int:
            asked.set()
            closing.wait(SECONDS)
            return 2

    workers = Slow(None)
    lab = Lab(workers)
    thread = threading.Thread(target=lambda: list(lab.run(LONG, shares_of(LONG, 2))))
    thread.start()
    assert asked.wait(SECONDS)
    closer = threading.Thread(target=lab.close)
    closer.start()
    closing.set()
    closer.join(SECONDS)
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert workers._executor is None


def test_missing_workers_after_a_stop_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Instead(None)
    lab = Lab(workers)

    def result(future: Future[Piece]) -> Piece:
        lab.stop()
        raise LabError("They have all gone.")

    monkeypatch.setattr(workers, "result", result)
    assert run(lab, PLAN) == {}
    lab.close()


SHORT_PLAN = plan_of(1500)


def share() -> WorkShare:
    return next(shares_of(SHORT_PLAN, 1))


def task(goal: int, rules: StopRules, seconds: float) -> Task:
    return Task(share().places, share(), goal, rules, seconds)


def pieces_of(task: Task) -> list[Piece]:
    """Work on a task until it is done."""
    pieces = [work(task)]
    while pieces[-1].findings is None:
        pieces.append(work(replace(task, state=pieces[-1].cohort)))
    return pieces


def test_a_short_share_is_one_piece() -> None:
    piece = work(task(300, SHORT_PLAN.rules, seconds=60))
    assert piece.cohort.step == 300
    assert piece.places.tolist() == share().places.tolist()
    found = findings_of(piece.cohort)
    assert piece.findings is not None
    assert piece.findings.state.tolist() == found.state.tolist()
    np.testing.assert_array_equal(piece.findings.loss, found.loss)


@pytest.mark.parametrize("seconds", [0, 1e-9, 0.01])
def test_every_piece_makes_progress_however_short_the_time(seconds: float) -> None:
    pieces = pieces_of(task(SHORT_PLAN.steps, SHORT_PLAN.rules, seconds))
    steps = [piece.cohort.step for piece in pieces]
    assert steps == sorted(set(steps))
    assert 0 < steps[0] < steps[-1] == SHORT_PLAN.steps
    assert all(piece.findings is None for piece in pieces[:-1])


def test_a_finished_share_is_not_trained() -> None:
    untrained = task(0, SHORT_PLAN.rules, seconds=60)
    piece = work(replace(untrained, state=share().drawn()))
    assert piece.cohort.step == 0
    assert piece.findings is not None
