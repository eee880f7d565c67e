"""Seeking in a session: to earlier steps, forward again, near and far, and to other runs."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from pytestqt.qtbot import QtBot

from tests.engine.watched import WatchedSession
from tests.support.bits import Change, assert_same_record, assert_same_state, overflowing
from tests.support.cases import some
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession

CONFIG = RunConfig(width=4, rate=0.5, biases=True, momentum=0.3)
OTHER = replace(CONFIG, rate=0.1, activation="tanh")
CHANGES: dict[int, list[Change]] = {
    500: [("rate", 0.25, ())],
    1000: [("w1", 2.0, (0, 1)), ("momentum", 0.9, ())],
    1500: [("rate", 0.75, ())],
}
NEWEST, MIDDLE = 40 * BLOCK, 1234
RATE: Change = ("rate", 0.125, ())

NUMPY_ONLY = pytest.mark.parametrize("kernel", [NUMPY], indirect=True)
"""For tests that count frames: Numba has longer blocks."""
BOTH_KERNELS = pytest.mark.parametrize("kernel", KERNEL_NAMES, indirect=True)

Act = Callable[[TrainingSession], object]


@pytest.fixture(params=some(KERNEL_NAMES, 1))
def kernel(request: pytest.FixtureRequest) -> str:
    """Return the kernel of the session and of the expected runs."""
    name: str = request.param
    return name


@cache
def trained(
    kernel: str, config: RunConfig, steps: int, until: int = NEWEST, *more: Change
) -> Trainer:
    """Return a run trained without seeking, with the changes before a step, and more at it."""
    trainer = Trainer(config, kernel)
    changes = {s: made for s, made in CHANGES.items() if config is CONFIG and s < until}
    for step, made in (changes | {until: [*more]}).items():
        if step <= steps:
            trainer.advance(step - trainer.step)
            for change in made:
                trainer.intervene(*change)
    trainer.advance(steps - trainer.step)
    return trainer


@pytest.fixture
def record(kernel: str) -> Record:
    """Return a long run with a checkpoint only at its end."""
    return trained(kernel, CONFIG, NEWEST).record()


@pytest.fixture(autouse=True)
def _session(session: WatchedSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each frame of training as short as possible, and let no rule stop it."""
    monkeypatch.setattr("xorviz.engine.preparation.BUDGET_SECONDS", 0.0)
    monkeypatch.setattr("xorviz.engine.preparation.FREE_BUDGET_SECONDS", 0.0)
    monkeypatch.setattr("xorviz.engine.worker._SEEK_SECONDS", 60.0)
    session.rules = NEVER
    session.set_speed(None)


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every step that must be replayed be too far for one command."""
    monkeypatch.setattr("xorviz.engine.worker._SEEK_SECONDS", -1.0)


def is_under_way(session: WatchedSession) -> bool:
    return session.doing() is Activity.STEPPING and bool(session.progress)


@BOTH_KERNELS
def test_one_command_restores_any_step_bit_for_bit(
    session: WatchedSession, record: Record, kernel: str
) -> None:
    session.open(record, NEWEST)
    for step in (0, 2559, 63, 64, 65, 500, 501, 1000, 1500, 1, NEWEST):
        session.seek(step)
        assert (session.doing(), session.step_wanted) == (Activity.PAUSED, step)
        session.rest()
        assert_same_state(session.last, trained(kernel, CONFIG, step).snapshot())
        assert_same_record(session.last.record, record)
        assert session.last.is_past == (step < NEWEST)
        assert session.config == record.config_at(step)
    for step in (-1, NEWEST + 1, -(10**12), 10**12):  # clamped
        session.seek(step)
        session.rest()
    assert session.steps[-4:] == [0, NEWEST] * 2
    assert (len(session.snapshots), session.progress) == (16, [])


def test_dragging_asks_for_one_step_at_a_time_and_ends_at_the_last(
    qtbot: QtBot, session: WatchedSession, record: Record
) -> None:
    unanswered: list[int] = []
    session.open(record, NEWEST)
    session.snapshot_arrived.connect(lambda _: unanswered.append(session.unanswered))
    for step in range(2400, 300, -50):
        session.seek(step)
        session.seek(step - 25)
        assert session.unanswered == 2  # one is under way
        qtbot.wait(0)
    session.rest()
    assert (session.last.step, session.step_wanted) == (325, 325)
    assert max(unanswered) <= 1


@NUMPY_ONLY
@pytest.mark.parametrize("is_pair", [False, True])
@pytest.mark.parametrize("is_opened", [False, True])
def test_what_is_far_is_trained_with_progress_from_the_last_step_at_hand(
    session: WatchedSession, record: Record, far: None, is_opened: bool, is_pair: bool
) -> None:
    beside = trained(NUMPY, OTHER, NEWEST).record() if is_pair else None
    session.open(record, NEWEST, beside)
    session.snapshots.clear()
    if is_opened:
        session.open_run(record, MIDDLE, beside)
    else:
        session.seek(MIDDLE)
    session.rest()
    frames = [*range(BLOCK, MIDDLE, BLOCK), MIDDLE]
    assert session.steps == [0, *frames]
    assert session.progress == [(step, MIDDLE) for step in frames]
    for seen in session.snapshots[::5]:
        assert_same_state(seen, trained(NUMPY, CONFIG, seen.step).snapshot())
        if seen.beside is not None:
            assert_same_state(seen.beside, trained(NUMPY, OTHER, seen.step).snapshot())
    assert_same_record(session.last.record, record)


@NUMPY_ONLY
def test_pause_ends_a_far_way_at_the_step_shown_and_nothing_is_lost(
    session: WatchedSession, record: Record, far: None
) -> None:
    session.open(record, NEWEST)
    session.seek(MIDDLE)
    session.wait(lambda: is_under_way(session))
    session.pause()
    session.rest()
    step = session.last.step
    assert 0 < step < MIDDLE
    assert session.step_wanted == step
    assert_same_state(session.last, trained(NUMPY, CONFIG, step).snapshot())
    assert_same_record(session.last.record, record)
    session.seek(MIDDLE)
    session.pause()  # before it is known to be far
    session.rest()
    assert session.last.step == step
    session.seek(MIDDLE)
    session.wait(lambda: is_under_way(session))
    session.seek(NEWEST)
    session.step(3)
    session.rest()
    assert_same_state(session.last, trained(NUMPY, CONFIG, NEWEST + 3).snapshot())


@pytest.mark.parametrize("is_busy", [False, True])
@pytest.mark.parametrize(
    "go_on", [TrainingSession.play, lambda s: s.step(5), lambda s: s.intervene(*RATE)]
)
def test_what_is_asked_for_after_a_seek_begins_at_its_step(
    session: WatchedSession, record: Record, kernel: str, go_on: Act, is_busy: bool
) -> None:
    session.open(record, NEWEST)
    if is_busy:  # the seek waits
        session.seek(7)
    session.snapshots.clear()
    session.seek(MIDDLE)
    go_on(session)
    session.wait(lambda: len(session.snapshots) >= 2 + is_busy)
    session.pause()
    session.rest()
    assert session.steps[is_busy] == MIDDLE
    if session.last.interventions == record.interventions:
        assert session.last.step > MIDDLE
        assert_same_state(session.last, trained(kernel, CONFIG, session.last.step).snapshot())
        return
    session.step(500)
    session.rest()
    expected = trained(kernel, CONFIG, MIDDLE + 500, MIDDLE, RATE)
    assert_same_state(session.last, expected.snapshot())
    assert_same_record(session.last.record, expected.record())


@NUMPY_ONLY
def test_on_a_far_way_steps_add_up_playing_goes_beyond_and_a_change_is_made_at_once(
    session: WatchedSession, record: Record, far: None
) -> None:
    session.open(record, NEWEST)
    session.seek(100)
    session.step(5)
    session.rest()
    assert (session.last.step, session.progress[-1]) == (105, (105, 105))
    session.step(10**6)
    session.seek(90)  # instead
    session.rest()
    assert (session.last.step, session.progress[-1]) == (90, (26, 26))  # from a new checkpoint
    session.seek(MIDDLE)
    session.play()
    session.wait(lambda: session.last.step > MIDDLE)
    session.seek(MIDDLE + BLOCK)
    session.wait(lambda: session.doing() is Activity.STEPPING)
    session.pause()
    session.rest()
    step = session.last.step
    session.intervene(*RATE)
    session.rest()
    assert (session.last.step, session.last.newest) == (step, step)


def test_a_kernel_that_is_not_ready_is_not_compiled_by_the_way_to_a_step(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = trained(NUMPY, CONFIG, 300).record()
    monkeypatch.setattr(kernels, "is_ready", lambda name: name == NUMPY)
    monkeypatch.setattr(kernels, "prepare", lambda *_: None)
    monkeypatch.setattr(NumbaKernel, "_run", lambda *_: pytest.fail("it would be compiled"))
    session, snapshots = TrainingSession(kernel=NUMBA), list[Snapshot]()
    session.snapshot_arrived.connect(snapshots.append)
    session.open_run(record, 100)
    qtbot.waitUntil(lambda: session.activity is Activity.STEPPING)
    assert [seen.step for seen in snapshots] == [0]
    monkeypatch.undo()
    kernels.prepare(NUMBA)
    session.preparation.done.emit()
    qtbot.waitUntil(lambda: session.activity is Activity.PAUSED)
    assert snapshots[-1].step == 100
    session.close()


def test_a_rule_that_stopped_the_run_does_not_stop_its_replay(session: WatchedSession) -> None:
    session.rules = StopRules(at_step=2 * BLOCK)  # a frame of the replay ends exactly there
    for limit in (2 * BLOCK, 4 * BLOCK):
        session.play()
        session.rest()
        assert (session.last.step, session.last.halt) == (limit, Halt.AT_STEP)
        session.seek(5)
        session.rest()


def test_a_replay_ends_where_the_run_diverged(
    session: WatchedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.open_run(Record(overflowing(monkeypatch)), 0)
    for _ in range(2):
        session.play()
        session.rest()
        assert (session.last.step, session.last.diverged_at) == (11, 12)
        session.seek(3)
        session.rest()
        assert (session.last.step, session.last.halt) == (3, None)


@pytest.mark.parametrize("act", [TrainingSession.play, lambda session: session.seek(2000)])
def test_answers_of_a_replaced_run_are_dropped(
    session: WatchedSession, record: Record, act: Act
) -> None:
    session.open(record, NEWEST)
    run = session.last.run
    session.snapshots.clear()
    act(session)
    assert session.unanswered == 1
    session.open_run(Record(OTHER), 0)
    assert session.doing() is Activity.PAUSED
    assert (session.step_wanted, session.config) == (0, OTHER)
    session.rest()
    assert [(s.run, s.step, s.config) for s in session.snapshots] == [(run + 1, 0, OTHER)]
    assert session.progress == []


def test_opening_a_run_beyond_its_newest_step_fails(
    session: WatchedSession, record: Record
) -> None:
    session.open(record, NEWEST + 1)
    assert session.doing() is Activity.FAILED
    assert f"step {NEWEST + 1}" in session.failures[0].message
    session.open(record, NEWEST)
    assert session.doing() is Activity.PAUSED
