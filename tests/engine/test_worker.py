"""The worker, called directly without a thread."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.support.bits import assert_same_state, bits
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.kernels.kernel import Kernel
from xorviz.core.kernels.numba_kernel import BLOCK as FAST_BLOCK
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.commands import (
    Advance,
    Answer,
    Begin,
    Command,
    Failure,
    Intervene,
    Seek,
    UseKernel,
)
from xorviz.engine.worker import TrainingWorker

RUN = 7
EAGER = RunConfig(rate=1, momentum=0.9, biases=True)
"""Learns within some fifty steps."""


class Harness:
    """A worker and its answers."""

    def __init__(self) -> None:
        self.worker = TrainingWorker()
        self.answers: list[Answer] = []
        self.worker.answered.connect(self.answers.append)

    def ask(self, command: Command) -> Answer:
        """Return the one answer to a command."""
        before = len(self.answers)
        self.worker.execute(command)
        (answer,) = self.answers[before:]
        return answer

    def snapshot(self, command: Command) -> Snapshot:
        """Return the answer to a valid command."""
        answer = self.ask(command)
        assert isinstance(answer, Snapshot), answer
        return answer

    def failure(self, command: Command) -> Failure:
        """Return the answer to an invalid command."""
        answer = self.ask(command)
        assert isinstance(answer, Failure), answer
        return answer


@pytest.fixture
def harness() -> Harness:
    """Return a worker without a run."""
    return Harness()


@pytest.fixture
def busy(harness: Harness) -> Harness:
    """Return a worker at step 0 of a run."""
    harness.ask(Begin(RUN, Record(RunConfig())))
    return harness


def steps(n: int, rules: StopRules = NEVER, seconds: float = math.inf) -> Advance:
    return Advance(RUN, n, seconds, rules)


def changing(field: str, value: float, index: tuple[int, ...] = ()) -> Intervene:
    return Intervene(RUN, (Intervention(0, field, value, index),))


FASTER = changing("rate", 0.5)


def test_another_kernel_goes_on_where_the_run_is(harness: Harness) -> None:
    config = RunConfig(rate=0.5)
    harness.ask(Begin(RUN, Record(config), beside=Record(config), kernel="numba"))
    harness.ask(changing("rate", 0.7))
    before = harness.snapshot(steps(200))
    after = harness.snapshot(UseKernel(RUN, "numpy"))
    assert (after.run, after.step, after.config) == (RUN, 200, before.config)
    for mine, other in zip(after.weights.arrays(), before.weights.arrays(), strict=True):
        assert bits(mine) == bits(other)
    np.testing.assert_allclose(after.outputs, before.outputs, rtol=1e-14)
    end = harness.snapshot(steps(100))
    assert (end.step, end.record.kernels) == (300, ("numba", "numpy"))
    assert end.beside is not None
    assert end.beside.record.kernels == ("numba", "numpy")


def test_steps_are_taken_exactly_and_leave_earlier_snapshots_as_they_are(busy: Harness) -> None:
    seen, total = [busy.snapshot(steps(3))], 3
    arrays = [*seen[0].weights.arrays(), seen[0].outputs, seen[0].trace.losses]
    copies = [array.tobytes() for array in arrays]
    for n in (0, BLOCK - 1, 1, BLOCK, 1000, BLOCK + 1):
        total += n
        assert busy.snapshot(steps(n)).step == total
    assert [array.tobytes() for array in arrays] == copies


def test_commands_before_a_run_and_invalid_changes_fail(harness: Harness) -> None:
    failure = harness.failure(steps(1))
    assert (failure.run, failure.message) == (RUN, "RuntimeError: no run has begun")
    harness.ask(Begin(RUN, Record(RunConfig())))
    for name, value in (("rate", -1.0), ("width", 5)):
        assert name in harness.failure(changing(name, value)).message
    assert harness.snapshot(steps(0)).config == RunConfig()


@pytest.mark.parametrize(
    ("broken", "command"),
    [
        ("__init__", Begin(RUN, Record(RunConfig()))),
        ("advance", steps(1)),
        ("intervene", FASTER),
        ("snapshot", steps(0)),
    ],
)
def test_any_error_is_answered_once_and_the_next_command_works(
    busy: Harness, monkeypatch: pytest.MonkeyPatch, broken: str, command: Command
) -> None:
    def give_up(*_: object) -> None:
        raise ArithmeticError("out of luck")

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, broken, give_up)
        failure = busy.failure(command)
    assert (failure.run, failure.message) == (RUN, "ArithmeticError: out of luck")
    assert "give_up" in failure.details
    assert busy.snapshot(steps(2)).run == RUN


STEP = 2.0**-17
"""Seconds per step; a power of two, so that sums are exact."""
FRAME = 1400 * STEP


class Machine:
    """A clock that advances with the steps taken, and a log of their numbers."""

    def __init__(self) -> None:
        self.now = self.worked = 0.0
        self.step_seconds = STEP
        self.waiting_seconds = 0.0
        """How long the worker waits for the GIL after each call."""
        self.asked: list[int] = []

    def take(self, n: int, steps: int) -> None:
        """Log that n steps were asked for at once; let the time of those taken pass."""
        self.asked.append(n)
        self.worked += steps * self.step_seconds
        self.now += steps * self.step_seconds + self.waiting_seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Replace the worker's clock by a machine's."""
    machine = Machine()
    clock = SimpleNamespace(perf_counter=lambda: machine.now, thread_time=lambda: machine.worked)
    monkeypatch.setattr("xorviz.engine.worker.time", clock)
    advance = CurrentRun.advance

    def advancing(run: CurrentRun, n: int, rules: StopRules = NEVER) -> bool:
        before = run.step
        is_stopped = advance(run, n, rules)
        machine.take(n, run.step - before)
        return is_stopped

    monkeypatch.setattr(CurrentRun, "advance", advancing)
    return machine


class Fast(Harness):
    """A worker at step 0 of a run with Numba, which takes many steps at once, and its machine."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.machine = machine
        kernels.prepare(NUMBA)
        self.ask(Begin(RUN, Record(EAGER), kernel="numba"))


@pytest.fixture
def fast(machine: Machine) -> Fast:
    return Fast(machine)


def frame(n: int = 10**9, rules: StopRules = NEVER) -> Advance:
    return steps(n, rules, seconds=FRAME)


def test_calls_are_as_long_as_the_time_allows(fast: Fast) -> None:
    fast.snapshot(frame())
    assert fast.machine.asked == [64, 1336]
    assert fast.machine.now == FRAME
    fast.snapshot(frame())
    assert fast.machine.asked[2:] == [1400]
    fast.machine.step_seconds = 8 * STEP  # the machine is slower now
    fast.snapshot(frame())
    fast.snapshot(frame())
    assert fast.machine.asked[3:] == [1400, 175]
    fast.snapshot(steps(10**9, seconds=-1.0))  # at least some
    assert fast.machine.asked[5:] == [64]


def test_calls_never_cross_a_block(fast: Fast) -> None:
    fast.machine.step_seconds = STEP / 64
    assert fast.snapshot(steps(300_000)).step == 300_000
    assert fast.machine.asked == [64, FAST_BLOCK - 64, FAST_BLOCK, 300_000 - 2 * FAST_BLOCK]


def test_a_new_run_is_measured_afresh_and_a_slow_machine_takes_some_steps(fast: Fast) -> None:
    fast.machine.waiting_seconds = 500 * STEP  # for the GIL, which is no training
    fast.snapshot(frame())
    assert fast.machine.asked == [64, 836]
    fast.snapshot(frame())
    assert fast.machine.asked[2:] == [1400]
    fast.machine.step_seconds = 1.0
    fast.ask(Begin(RUN, Record(RunConfig(width=64)), kernel="numba"))
    fast.machine.asked.clear()
    for _ in range(2):
        fast.snapshot(frame())
    assert fast.machine.asked == [64] * 2


def test_calls_that_are_cut_short_measure_only_the_steps_taken(
    fast: Fast, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast.snapshot(frame(2000))
    for _ in range(4):
        fast.ask(Seek(RUN, 100))
    fast.ask(Seek(RUN, 10**9))
    assert fast.snapshot(frame(rules=StopRules(at_step=2000))).halt is Halt.AT_STEP
    with monkeypatch.context() as broken:
        broken.setattr(Kernel, "run", lambda self, _: self.retake(0))
        assert fast.snapshot(frame()).halt is Halt.DIVERGED
    fast.machine.asked.clear()
    fast.snapshot(frame())
    assert fast.machine.asked == [1400]


def test_a_seek_goes_there_at_once_or_ends_early_where_that_takes_more_than_a_second(
    fast: Fast,
) -> None:
    record, a_second = fast.snapshot(steps(300_000)).record, 2**17
    few = replace(record, checkpoints=(record.checkpoints[0], record.checkpoints[-1]))
    for step in (a_second - 64, a_second, a_second + 2000, 300_000):
        fast.ask(Begin(RUN, few, 300_000, kernel="numba"))
        fast.machine.asked.clear()
        start = fast.machine.now
        shown = fast.snapshot(Seek(RUN, step))
        if step == a_second + 2000:  # it has measured that this takes too long
            assert shown.step < a_second / 100
        else:
            assert shown.step == step
        assert fast.machine.now - start <= 1
        assert all(n * STEP <= 0.004 for n in fast.machine.asked)  # the window is to be on time
        assert_same_state(shown, Recording(record, "numba").state_at(shown.step))
