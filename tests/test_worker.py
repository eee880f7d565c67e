"""The worker's slot, called directly: no thread, and every answer in hand."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from xorviz.core.config import RunConfig
from xorviz.core.network import initial_weights
from xorviz.core.numpy_kernel import BLOCK
from xorviz.core.record import Record
from xorviz.core.snapshot import Snapshot
from xorviz.core.stopping import NEVER, Halt, StopRules
from xorviz.core.trainer import Trainer
from xorviz.engine.commands import Advance, Begin, Command, Failure, Intervene, SetWeights
from xorviz.engine.worker import TrainingWorker

RUN = 7


class Desk:
    """A worker that was never moved to a thread, and what it has answered."""

    def __init__(self) -> None:
        self.worker = TrainingWorker()
        self.answers: list[Snapshot | Failure] = []
        self.worker.answered.connect(self.answers.append)

    def ask(self, command: Command) -> Snapshot | Failure:
        """Return the one answer to a command."""
        before = len(self.answers)
        self.worker.obey(command)
        (answer,) = self.answers[before:]
        return answer

    def snapshot(self, command: Command) -> Snapshot:
        """Return the answer to a command that can be carried out."""
        answer = self.ask(command)
        assert isinstance(answer, Snapshot), answer
        return answer

    def failure(self, command: Command) -> Failure:
        """Return the answer to a command that cannot be carried out."""
        answer = self.ask(command)
        assert isinstance(answer, Failure), answer
        return answer


@pytest.fixture
def desk() -> Desk:
    """Return a worker without a run."""
    return Desk()


@pytest.fixture
def busy_desk(desk: Desk) -> Desk:
    """Return a worker at step 0 of a run."""
    desk.ask(Begin(RUN, Record(RunConfig())))
    return desk


def steps(n: int, rules: StopRules = NEVER, seconds: float = math.inf) -> Advance:
    return Advance(RUN, n, seconds, rules)


def test_a_run_begins_at_step_0_with_its_config_and_number(desk: Desk) -> None:
    config = RunConfig(width=5)
    snapshot = desk.snapshot(Begin(RUN, Record(config)))
    assert (snapshot.run, snapshot.step, snapshot.config) == (RUN, 0, config)


def test_a_new_run_starts_again_at_step_0_under_its_own_number(busy_desk: Desk) -> None:
    busy_desk.ask(steps(10))
    snapshot = busy_desk.snapshot(Begin(RUN + 1, Record(RunConfig())))
    assert (snapshot.run, snapshot.step) == (RUN + 1, 0)


@pytest.mark.parametrize("n", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 1000])
def test_steps_are_taken_exactly(busy_desk: Desk, n: int) -> None:
    assert busy_desk.snapshot(steps(3)).step == 3
    assert busy_desk.snapshot(steps(n)).step == 3 + n


def test_a_snapshot_is_finished_and_never_written_to_again(busy_desk: Desk) -> None:
    before = busy_desk.snapshot(steps(BLOCK))
    arrays = [*before.weights.arrays(), before.outputs, before.trace.losses]
    copies = [array.tobytes() for array in arrays]
    busy_desk.ask(steps(5000))
    assert [array.tobytes() for array in arrays] == copies


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(1_000_000))
    clock = SimpleNamespace(perf_counter=lambda: float(next(seconds)), thread_time=lambda: 0.0)
    monkeypatch.setattr("xorviz.engine.worker.time", clock)


def test_training_ends_with_its_time(busy_desk: Desk) -> None:
    assert busy_desk.snapshot(steps(10_000, seconds=3)).step == 3 * BLOCK


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_without_time_one_block_is_trained(busy_desk: Desk, seconds: float) -> None:
    assert busy_desk.snapshot(steps(10_000, seconds=seconds)).step == BLOCK


def test_fewer_steps_than_fit_into_the_time_are_taken_exactly(busy_desk: Desk) -> None:
    assert busy_desk.snapshot(steps(BLOCK + 1, seconds=100)).step == BLOCK + 1


def test_a_rule_stops_training_at_its_step(busy_desk: Desk) -> None:
    snapshot = busy_desk.snapshot(steps(1000, StopRules(at_step=100)))
    assert (snapshot.step, snapshot.halt) == (100, Halt.AT_STEP)


def test_training_goes_on_to_the_next_multiple_of_a_limit(busy_desk: Desk) -> None:
    busy_desk.ask(steps(1000, StopRules(at_step=100)))
    assert busy_desk.snapshot(steps(1000, StopRules(at_step=100))).step == 200


def test_a_change_is_in_force_from_the_next_step(busy_desk: Desk) -> None:
    busy_desk.ask(steps(10))
    snapshot = busy_desk.snapshot(Intervene(RUN, "rate", 0.5))
    assert (snapshot.run, snapshot.step, snapshot.config.rate) == (RUN, 10, 0.5)
    assert [(c.step, c.field, c.value) for c in snapshot.interventions] == [(10, "rate", 0.5)]


@pytest.mark.parametrize("command", [steps(1), Intervene(RUN, "rate", 0.5)])
def test_nothing_can_be_done_before_a_run_begins(desk: Desk, command: Command) -> None:
    failure = desk.failure(command)
    assert (failure.run, failure.message) == (RUN, "RuntimeError: no run has begun")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("rate", -1.0, "rate is -1.0; allowed: a number above 0, up to 1000"),
        ("width", 5, "width cannot change during a run"),
    ],
)
def test_a_bad_change_is_answered_in_words_and_changes_nothing(
    busy_desk: Desk, name: str, value: float, words: str
) -> None:
    failure = busy_desk.failure(Intervene(RUN, name, value))
    assert failure.run == RUN
    assert words in failure.message
    assert busy_desk.snapshot(steps(0)).config == RunConfig()


@pytest.mark.parametrize(
    ("broken", "command"),
    [
        ("__init__", Begin(RUN, Record(RunConfig()))),
        ("advance", steps(1)),
        ("intervene", Intervene(RUN, "rate", 0.5)),
        ("snapshot", steps(0)),
    ],
)
def test_whatever_breaks_is_answered_once_and_the_next_command_is_obeyed(
    busy_desk: Desk, monkeypatch: pytest.MonkeyPatch, broken: str, command: Command
) -> None:
    def give_up(*_: object) -> None:
        raise ArithmeticError("out of luck")

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, broken, give_up)
        failure = busy_desk.failure(command)
    assert (failure.run, failure.message) == (RUN, "ArithmeticError: out of luck")
    assert "give_up" in failure.details
    assert busy_desk.snapshot(steps(2)).run == RUN


def test_all_weights_are_set(busy_desk: Desk) -> None:
    weights = initial_weights(RunConfig(seed=99))
    answer = busy_desk.snapshot(SetWeights(RUN, weights))
    np.testing.assert_array_equal(answer.weights.w1, weights.w1)
    np.testing.assert_array_equal(answer.weights.w2, weights.w2)
