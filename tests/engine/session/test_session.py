"""The session and its worker in a real thread."""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from tests.engine.watched import WatchedSession
from tests.support.cases import Clock, some
from tests.support.screen import child
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.kernels.kernel import Kernel
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession

EAGER = RunConfig(rate=1, momentum=0.9, biases=True)
"""Learns within some fifty steps."""


BOTH_KERNELS = pytest.mark.parametrize("kernel", KERNEL_NAMES)


@pytest.fixture(params=some(KERNEL_NAMES, 1))
def kernel(request: pytest.FixtureRequest) -> str:
    """Return the kernel's name; frames follow painting with numpy and overlap it with numba."""
    name: str = request.param
    return name


@pytest.fixture
def ahead(session: WatchedSession, kernel: str) -> int:
    """Return how many frames are under way while another is shown, by a clock that goes."""
    session._clock = time.perf_counter  # frames that are left out wait for time to pass
    return {"numpy": 0, "numba": 1}[kernel]


@pytest.fixture(autouse=True)
def _no_limit(session: WatchedSession) -> None:
    """Switch the stop rules off unless a test sets its own."""
    session.rules = NEVER


@pytest.fixture
def broken_training() -> Iterator[pytest.MonkeyPatch]:
    """Let every step fail, until undone."""

    def give_up(*_: object) -> None:
        raise ArithmeticError("out of luck")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "advance", give_up)
        yield patch


class Picture(QWidget):
    """A slow picture that logs which snapshots were painted, and how much was under way."""

    def __init__(self, session: TrainingSession) -> None:
        super().__init__()
        self.painted: list[int] = []
        self.under_way: list[int] = []
        self._step = 0
        self._session = session

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._step = snapshot.step
        self.update()

    def paintEvent(self, _: object) -> None:  # noqa: N802
        self.painted.append(self._step)
        self.under_way.append(self._session.unanswered)
        sum(range(200_000))  # longer than a frame of training takes


@BOTH_KERNELS
def test_each_snapshot_is_painted_once_and_only_a_free_kernel_trains_meanwhile(
    qtbot: QtBot, session: WatchedSession, ahead: int
) -> None:
    picture, scene = Picture(session), QGraphicsScene(session)
    scene.addWidget(picture)  # it notifies its view only in the next pass of the event loop
    shown = QGraphicsView(scene)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    session.snapshot_arrived.connect(picture.show_snapshot)
    picture.painted.clear()
    picture.under_way.clear()
    session.play()
    session.wait(lambda: len(session.snapshots) >= 15)
    session.pause()
    session.rest()
    painted = [step for step in picture.painted if step > 0]
    assert painted[: len(session.steps) - 2] == session.steps[:-2]
    assert max(picture.under_way) == ahead
    scene.clear()


def test_steps_asked_for_are_taken_exactly_at_any_speed_and_add_up(session: WatchedSession) -> None:
    session.set_speed(1)
    session.step(0)
    for n in (1000, 1, 7, 20_000):
        before, told = session._at.step, len(session.progress)
        session.step(n)
        session.rest()
        assert session.last.step == before + n
        ends = [step - before for step in session.steps if step > before]
        assert session.progress[told:] == [(end, n) for end in ends]
    assert len(session.snapshots) == len(session.progress)
    for speed in range(1, 6):
        session.step(1000)
        session.set_speed(speed)
    session.rest()
    assert (session.last.step, session.progress[-1]) == (26_008, (5000, 5000))


def test_stepping_follows_the_frame_under_way(session: WatchedSession) -> None:
    session.step(100_000)
    session.pause()
    session.step(5)
    assert not session.playing
    session.rest()
    under_way, *_, last = session.snapshots
    assert last.step == under_way.step + 5
    session.step(100_000)
    session.open_run(Record(RunConfig()), 0)  # cancels these
    session.step(3)
    session.rest()
    assert session.steps[-2:] == [0, 3]


def test_play_and_toggle_end_stepping(session: WatchedSession) -> None:
    session.step(10)
    session.play()
    session.wait(lambda: len(session.snapshots) >= 3)
    assert (session.playing, session.snapshots[0].step) == (True, 10)
    session.step(10_000_000)
    session.toggle()
    session.rest()
    assert session.last.step < 1_000_000


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_slower_speed_ignores_steps_of_the_frame_under_way(
    session: WatchedSession, is_paused: bool
) -> None:
    session.draw_for(0.5)
    session.play()
    if is_paused:
        session.pause()
    session.set_speed(2)
    session.play()
    assert session.unanswered == 1
    session.wait(lambda: len(session.snapshots) >= 5)
    assert session.snapshots[0].step > 2
    assert all(1 <= after - before <= 2 for before, after in pairwise(session.steps))


def test_a_faster_speed_takes_effect_at_once(session: WatchedSession) -> None:
    session.set_speed(1)
    session.play()
    session.wait(lambda: len(session.snapshots) == 1)
    assert session.unanswered == 0
    session.set_speed(None)
    assert session.unanswered == 1


def test_a_timer_that_fires_early_takes_no_step(session: WatchedSession, clock: Clock) -> None:
    session.set_speed(100)
    session.play()
    session.wait(lambda: len(session.snapshots) == 1)
    readings = clock.readings
    session.wait(lambda: clock.readings > readings + 4)
    assert session.steps == [1]
    clock.now = 0.0101
    session.wait(lambda: len(session.snapshots) == 2)
    assert session.steps == [1, 2]


@pytest.mark.parametrize(
    ("rules", "halt"),
    [
        (StopRules(at_step=2000), Halt.AT_STEP),
        (StopRules(at_step=None, when_learned=True), Halt.LEARNED),
        (StopRules(at_step=None, at_loss=0.05), Halt.AT_LOSS),
    ],
)
def test_a_rule_pauses_and_play_continues(
    session: WatchedSession, rules: StopRules, halt: Halt
) -> None:
    session.rules = rules
    session.begin(EAGER)
    session.play()
    session.rest()
    stopped = session.last
    assert stopped.halt is halt
    session.play()
    session.wait(lambda: session.last.step > stopped.step + 1000)
    if halt is Halt.AT_STEP:
        session.rest()
        assert (session.last.step, session.last.halt) == (4000, halt)
    else:
        assert session.playing


def test_new_stop_rules_apply_from_the_next_frame_and_not_to_stepping(
    session: WatchedSession,
) -> None:
    session.play()
    session.wait(lambda: len(session.snapshots) >= 2)
    session.rules = StopRules(at_step=5000)
    session.rest()
    assert session.last.step % 5000 == 0
    session.rules = StopRules(at_step=10, when_learned=True, at_loss=0.05)
    session.begin(EAGER)
    del session.snapshots[:]
    session.step(1000)
    session.rest()
    assert session.last.step == 1000
    assert {s.halt for s in session.snapshots} == {None}


def test_divergence_pauses_at_the_last_finite_step(
    session: WatchedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.step(41)
    session.rest()
    monkeypatch.setattr(Kernel, "run", lambda self, _: self.retake(0))
    actions: list[Callable[[], None]] = [session.play, session.play, lambda: session.step(1000)]
    for act in actions:
        act()
        session.rest()
        assert (session.last.step, session.last.diverged_at) == (41, 42)
    assert len(session.snapshots) == 1 + len(actions)


@pytest.mark.parametrize("go", [TrainingSession.play, TrainingSession.step])
def test_a_failure_is_reported_once_and_ends_training_until_another_run_is_opened(
    session: WatchedSession,
    broken_training: pytest.MonkeyPatch,
    go: Callable[[TrainingSession], None],
) -> None:
    go(session)
    session.rest()
    assert session.activity is Activity.FAILED
    assert [f.message for f in session.failures] == ["ArithmeticError: out of luck"]
    assert "give_up" in session.failures[0].details
    for act in (
        *(session.play, session.step, session.pause, session.toggle),
        lambda: session.set_speed(None),
        lambda: session.intervene("rate", 0.5),
        lambda: session.seek(0),
    ):
        act()
        assert session.activity is Activity.FAILED
        assert session.unanswered == 0
    broken_training.undo()
    session.open_run(Record(RunConfig()), 0)
    session.play()
    session.wait(lambda: len(session.snapshots) >= 3)
    assert (session.playing, len(session.failures)) == (True, 1)


def test_a_failure_of_a_replaced_run_is_dropped_and_a_second_one_not_reported(
    session: WatchedSession, broken_training: pytest.MonkeyPatch
) -> None:
    session.play()
    session.open_run(Record(RunConfig()), 0)
    session.rest()
    assert (session.activity, session.steps, session.failures) == (Activity.PAUSED, [0], [])
    broken_training.setattr(Trainer, "intervene", None)
    session.play()
    session.intervene("rate", 0.5)
    session.rest()
    assert [f.message for f in session.failures] == ["ArithmeticError: out of luck"]


def test_each_change_of_activity_is_signalled_once(session: WatchedSession) -> None:
    seen: list[Activity] = []
    session.activity_changed.connect(seen.append)
    session.rules = StopRules(at_step=100)
    session.play()
    session.rest()
    session.step(2)
    session.step(2)
    session.rest()
    assert seen == [Activity.PLAYING, Activity.PAUSED, Activity.STEPPING, Activity.PAUSED]


def test_a_listener_may_pause_immediately(session: WatchedSession) -> None:
    session.activity_changed.connect(lambda now: session.pause() if session.playing else None)
    session.play()
    assert session.activity is Activity.PAUSED
    assert session.unanswered == 0


def test_closing_ends_the_thread_and_nothing_is_shown_any_more(
    qtbot: QtBot, session: WatchedSession
) -> None:
    thread = child(session, QThread, "training")
    assert thread.isRunning()
    session.play()
    session.wait(lambda: len(session.snapshots) >= 2)
    session.close()
    assert not thread.isRunning()
    session.close()  # has no effect
    count = len(session.snapshots)
    qtbot.wait(0)
    assert len(session.snapshots) <= count + 1
    assert not session.playing
