"""A session that asks for the next frame before the last is drawn: in turns, and never two."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from tests.support.bits import assert_same_record, assert_same_state
from tests.support.clock import Clock
from tests.support.screen import child
from xorviz.core.config import RunConfig
from xorviz.core.kernels import kernels
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Advance, Command, Failure, Seek
from xorviz.engine.pace import FREE_BUDGET_SECONDS
from xorviz.engine.session import TrainingSession
from xorviz.engine.thread import TrainingThread

FEWEST = 64
"""Steps of a frame that has no time."""


class TrainingByHand(TrainingThread):
    """Answers the next command when a test says so, and notes all that is said."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.told: list[str | int] = []
        self._unobeyed: list[Command] = []
        self.painted.connect(lambda: self.told.append("painted"))

    def send(self, command: Command) -> None:
        """Note a command."""
        self._unanswered.append(command)
        self._unobeyed.append(command)
        self.told.append(type(command).__name__)
        frames = [c for c in self._unanswered if isinstance(c, Advance)]
        assert len(frames) <= 1

    @property
    def asked(self) -> list[Command]:
        """The commands that nothing was done about yet."""
        return self._unobeyed

    def answer(self) -> None:
        """Answer the next command."""
        self._answers.take(self._worker._answer(self._unobeyed.pop(0)))


class Desk:
    """A session, its thread, and what is seen of them."""

    def __init__(self, session: TrainingSession) -> None:
        self.session = session
        self.thread = child(session, TrainingByHand)
        self.shown: list[Snapshot] = []
        self.failures: list[Failure] = []
        session.snapshot_arrived.connect(self._show)
        session.failed.connect(self.failures.append)

    def _show(self, snapshot: Snapshot) -> None:
        self.shown.append(snapshot)
        self.told.append(snapshot.step)

    @property
    def told(self) -> list[str | int]:
        return self.thread.told

    @property
    def steps(self) -> list[int]:
        return [snapshot.step for snapshot in self.shown]

    def forget(self) -> None:
        self.told.clear()
        self.shown.clear()

    def answer(self) -> None:
        """Let the thread answer its next command."""
        self.thread.answer()

    def paint(self) -> None:
        """Go on to the moment in which what was shown last is painted, unless it is already."""
        before = self.told.count("painted")
        for _ in range(5):
            if self.thread._answers._is_painting and self.told.count("painted") == before:
                QCoreApplication.sendPostedEvents()

    def answer_and_paint(self) -> None:
        self.answer()
        self.paint()

    def settle(self) -> None:
        """Answer and paint until everything is answered."""
        for _ in range(500):
            if not self.session.unanswered:
                return
            if self.thread.asked:
                self.answer()
            self.paint()
        pytest.fail("it never ends")

    def nothing_more(self) -> None:
        """Fail if anything else is asked for, whatever is painted."""
        assert self.thread.asked == []
        self.thread.begin_painting()
        self.paint()
        assert self.thread.asked == []
        assert self.session.unanswered == 0


@pytest.fixture
def desk(qtbot: QtBot, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Return a session at step 0, each of whose frames is as short as can be."""
    kernels.prepare("numba")
    monkeypatch.setattr("xorviz.engine.session.TrainingThread", TrainingByHand)
    monkeypatch.setattr("xorviz.engine.pace.FREE_BUDGET_SECONDS", 0.0)
    session = TrainingSession(clock=clock, kernel="numba")
    desk = Desk(session)
    session.rules = NEVER
    session.reset(RunConfig())
    desk.answer()
    desk.forget()
    yield desk
    session.close()


def test_the_next_frame_is_asked_for_before_the_last_is_shown(desk: Desk) -> None:
    desk.session.play()
    for _ in range(3):
        desk.answer_and_paint()
    assert desk.told == [
        "Advance",
        *("Advance", FEWEST, "painted"),
        *("Advance", 2 * FEWEST, "painted"),
        *("Advance", 3 * FEWEST, "painted"),
    ]


def test_an_answer_that_comes_while_it_is_painted_is_shown_afterwards(desk: Desk) -> None:
    desk.session.play()
    desk.answer()
    desk.answer()  # before the first is painted
    assert desk.told == ["Advance", "Advance", FEWEST]
    assert desk.session.unanswered == 1
    assert desk.thread.asked == []  # what is held is still under way
    desk.paint()
    assert desk.told[3:] == ["painted", "Advance", 2 * FEWEST]
    desk.paint()
    assert desk.told[6:] == ["painted"]


def test_answers_that_come_while_it_is_painted_keep_their_order(desk: Desk) -> None:
    desk.session.play()
    desk.answer()
    desk.session.intervene("rate", 0.5)
    desk.answer()  # the frame that was asked for before the change ...
    desk.answer()  # ... and the change
    assert desk.steps == [FEWEST]
    desk.paint()
    assert desk.steps == [FEWEST, 2 * FEWEST]
    desk.paint()
    assert desk.steps == [FEWEST, 2 * FEWEST, 2 * FEWEST]
    assert [s.config.rate for s in desk.shown] == [0.01, 0.01, 0.5]


@pytest.mark.parametrize("is_held", [False, True])
def test_after_a_pause_the_frame_under_way_is_shown_and_nothing_more_is_asked(
    desk: Desk, is_held: bool
) -> None:
    desk.session.play()
    desk.answer()
    if is_held:
        desk.answer()
    else:
        desk.paint()
    desk.session.pause()
    assert desk.steps == [FEWEST]
    if is_held:
        desk.paint()
    else:
        desk.answer()
    assert desk.steps == [FEWEST, 2 * FEWEST]
    desk.nothing_more()


def test_a_listener_that_pauses_ends_it_with_the_frame_under_way(desk: Desk) -> None:
    desk.session.snapshot_arrived.connect(desk.session.pause)
    desk.session.play()
    desk.answer_and_paint()
    desk.answer_and_paint()
    assert desk.steps == [FEWEST, 2 * FEWEST]
    desk.nothing_more()


def test_a_rule_that_is_met_asks_for_nothing_more(desk: Desk) -> None:
    desk.session.rules = StopRules(at_step=100)
    desk.session.play()
    desk.answer_and_paint()
    desk.answer_and_paint()
    assert (desk.steps, desk.shown[-1].halt) == ([FEWEST, 100], Halt.AT_STEP)
    assert desk.session.activity is Activity.PAUSED
    desk.nothing_more()


def test_playing_again_while_a_frame_is_under_way_asks_for_no_second(desk: Desk) -> None:
    desk.session.play()
    desk.answer()
    for _ in range(3):
        desk.session.pause()
        desk.session.play()
    assert len(desk.thread.asked) == 1
    for _ in range(3):
        desk.answer()
        assert len(desk.thread.asked) <= 1
        desk.paint()
        assert len(desk.thread.asked) == 1
    assert desk.steps == [FEWEST * n for n in (1, 2, 3, 4)]


def test_steps_are_taken_exactly_and_each_frame_asks_for_what_is_left(desk: Desk) -> None:
    asked: list[int] = []
    progress: list[tuple[int, int]] = []
    desk.session.progressed.connect(progress.append)
    desk.session.step(200)
    for _ in range(4):
        (frame,) = desk.thread.asked
        assert isinstance(frame, Advance)
        asked.append(frame.steps)
        desk.answer_and_paint()
    assert asked == [200, 136, 72, 8]
    assert desk.steps == [64, 128, 192, 200]
    assert progress == [(step, 200) for step in desk.steps]
    assert desk.session.activity is Activity.PAUSED
    desk.nothing_more()


def test_steps_wished_for_while_playing_come_after_the_frame_under_way(desk: Desk) -> None:
    desk.session.play()
    desk.answer_and_paint()
    desk.session.step(3)
    desk.settle()
    assert desk.steps == [FEWEST, 2 * FEWEST, 2 * FEWEST + 3]
    desk.nothing_more()


@pytest.mark.parametrize("is_held", [False, True])
def test_a_reset_never_shows_the_frame_that_was_under_way(desk: Desk, is_held: bool) -> None:
    desk.session.play()
    desk.answer()
    if is_held:
        desk.answer()
    else:
        desk.paint()
    desk.forget()
    desk.session.reset(RunConfig(width=2))
    desk.settle()
    assert [(s.run, s.step, s.config.width) for s in desk.shown] == [(2, 0, 2)]
    desk.nothing_more()


@pytest.mark.parametrize("is_held", [False, True])
def test_a_new_run_plays_on_after_the_old_ones_frame(desk: Desk, is_held: bool) -> None:
    desk.session.play()
    desk.answer()
    if is_held:
        desk.answer()
    else:
        desk.paint()
    desk.forget()
    desk.session.reset(RunConfig(width=2))
    desk.session.play()
    for _ in range(4):
        if desk.thread.asked:
            desk.answer()
        desk.paint()
    assert {s.run for s in desk.shown} == {2}
    assert desk.steps[:2] == [0, FEWEST]


def test_a_change_is_made_after_the_frame_under_way_and_playing_goes_on(desk: Desk) -> None:
    desk.session.play()
    desk.answer_and_paint()
    desk.session.intervene("rate", 0.5)
    for _ in range(3):
        desk.answer_and_paint()
    assert desk.session.playing
    changes = [(c.step, c.field, c.value) for c in desk.shown[-1].interventions]
    assert changes == [(2 * FEWEST, "rate", 0.5)]


def test_a_seek_comes_after_the_frame_under_way_and_ends_the_playing(desk: Desk) -> None:
    desk.session.play()
    for _ in range(3):
        desk.answer_and_paint()
    desk.session.seek(5)
    assert [type(c) for c in desk.thread.asked] == [Advance]
    desk.answer_and_paint()
    assert [type(c) for c in desk.thread.asked] == [Seek]
    desk.settle()
    assert desk.steps == [64, 128, 192, 256, 5]
    assert desk.session.activity is Activity.PAUSED
    desk.nothing_more()


def test_a_newer_seek_overtakes_an_older_one(desk: Desk) -> None:
    desk.session.step(10_000)
    desk.settle()
    desk.forget()
    for step in (9000, 8000, 3):
        desk.session.seek(step)
    desk.settle()
    assert desk.steps[-1] == 3
    assert 8000 not in desk.steps
    desk.nothing_more()


def test_a_failure_ends_it_and_is_told_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object) -> None:
        raise ArithmeticError("out of luck")

    desk.session.play()
    desk.answer_and_paint()
    monkeypatch.setattr(Trainer, "advance", give_up)
    desk.answer_and_paint()
    assert [f.message for f in desk.failures] == ["ArithmeticError: out of luck"]
    assert desk.session.activity is Activity.FAILED
    desk.nothing_more()


def test_frames_have_the_time_that_goes_beside_drawing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.engine.pace.FREE_BUDGET_SECONDS", FREE_BUDGET_SECONDS)
    desk.session.play()
    (frame,) = desk.thread.asked
    assert isinstance(frame, Advance)
    assert frame.seconds == FREE_BUDGET_SECONDS


def test_a_speed_is_kept_and_the_next_steps_are_asked_for_when_they_are_due(
    qtbot: QtBot, desk: Desk, clock: Clock
) -> None:
    desk.session.set_speed(2)
    desk.session.play()
    for n in range(1, 5):
        (frame,) = desk.thread.asked
        assert isinstance(frame, Advance)
        assert frame.steps == 1
        desk.answer()
        assert desk.steps[-1] == n
        assert desk.thread.asked == []  # it is not due yet
        desk.paint()
        assert desk.thread.asked == []
        clock.now += 0.5
        desk.session._next_frame.timeout.emit()
    assert desk.session.gauge.steps_per_second == pytest.approx(2)


def test_what_a_slow_frame_owes_is_made_up_for(desk: Desk, clock: Clock) -> None:
    desk.session.set_speed(1000)
    desk.session.play()
    desk.answer_and_paint()
    clock.now += 0.05
    desk.session._next_frame.timeout.emit()
    (frame,) = desk.thread.asked
    assert isinstance(frame, Advance)
    assert frame.steps == 50


def test_a_new_speed_counts_nothing_of_the_frame_under_way(desk: Desk, clock: Clock) -> None:
    desk.session.play()
    desk.answer_and_paint()
    desk.session.set_speed(2)
    clock.now += 0.1
    desk.answer()  # of the old speed
    (frame,) = desk.thread.asked
    assert isinstance(frame, Advance)
    assert frame.steps == 1


@pytest.fixture
def kernel() -> str:
    return "numba"


class Picture(QWidget):
    """Shows a snapshot, notes which was painted, and takes its time."""

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


def play(session: TrainingSession) -> None:
    session.rules = NEVER
    session.play()


@pytest.mark.parametrize("in_a_scene", [False, True])
def test_a_slow_picture_is_painted_once_for_each_snapshot_while_the_next_is_under_way(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot], in_a_scene: bool
) -> None:
    picture = Picture(session)
    shown: QWidget = picture
    scene = QGraphicsScene(session)
    if in_a_scene:
        scene.addWidget(picture)
        shown = QGraphicsView(scene)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    session.snapshot_arrived.connect(picture.show_snapshot)
    picture.painted.clear()
    picture.under_way.clear()
    play(session)
    qtbot.waitUntil(lambda: len(snapshots) >= 40, timeout=20_000)
    session.pause()
    qtbot.waitUntil(lambda: session.unanswered == 0)
    steps = [s.step for s in snapshots]
    painted = [step for step in picture.painted if step > 0]
    assert painted[: len(steps) - 2] == steps[:-2]
    assert max(picture.under_way) == 1
    scene.clear()


def test_at_most_one_frame_is_under_way_whatever_is_clicked(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot]
) -> None:
    under_way: list[int] = []
    session.snapshot_arrived.connect(lambda _: under_way.append(session.unanswered))
    clicks: list[Callable[[], None]] = [
        *(session.toggle, session.toggle, session.play, session.pause),
        *(lambda: session.set_speed(50_000), session.play, lambda: session.set_speed(None)),
    ]
    play(session)
    for click in clicks * 5:
        click()
        count = len(under_way)
        qtbot.wait(0)
        assert session.unanswered <= 1 or len(under_way) > count
    session.play()
    qtbot.waitUntil(lambda: len(under_way) >= 20)
    assert max(under_way) <= 1


def test_every_snapshot_is_the_trainers_at_its_step(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot]
) -> None:
    play(session)
    qtbot.waitUntil(lambda: len(snapshots) >= 12)
    session.pause()
    qtbot.waitUntil(lambda: session.unanswered == 0)
    trainer = Trainer(RunConfig(), kernel="numba")
    for snapshot in snapshots:
        trainer.advance(snapshot.step - trainer.step)
        assert_same_state(snapshot, trainer.snapshot())
    assert_same_record(snapshots[-1].record, trainer.record())
