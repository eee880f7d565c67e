"""A session that asks for the next frame before the last is painted."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from tests.support.screen import child
from xorviz.core.kernels import kernels
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Advance, Command, Failure, Seek
from xorviz.engine.pace import FREE_BUDGET_SECONDS
from xorviz.engine.session import TrainingSession
from xorviz.engine.thread import TrainingThread

ALTERNATING = RunConfig(width=3, rate=5, seed=4)
"""From about step 100 on, its surface changes between blue and orange at every step."""
FEWEST = 64
"""Steps of a frame whose time budget is zero."""


class TrainingByHand(TrainingThread):
    """A thread that answers the next command when a test calls answer, and logs what happens."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.log: list[str | int] = []
        self._unobeyed: list[Command] = []
        self.painted.connect(lambda: self.log.append("painted"))

    def send(self, command: Command) -> None:
        """Log a command."""
        self.unanswered.append(command)
        self._unobeyed.append(command)
        self.log.append(type(command).__name__)
        frames = [c for c in self.unanswered if isinstance(c, Advance)]
        assert len(frames) <= 1

    @property
    def asked(self) -> list[Command]:
        """The commands not yet carried out."""
        return self._unobeyed

    def answer(self) -> None:
        """Carry out the next command."""
        self._take(self._worker._answer(self._unobeyed.pop(0)))


class Stage:
    """A session, its thread, and a log of what they do."""

    def __init__(self, session: TrainingSession) -> None:
        self.session = session
        self.thread = child(session, TrainingByHand)
        self.shown: list[Snapshot] = []
        self.failures: list[Failure] = []
        session.snapshot_arrived.connect(self._show)
        session.failed.connect(self.failures.append)

    def _show(self, snapshot: Snapshot) -> None:
        self.shown.append(snapshot)
        self.log.append(snapshot.step)

    @property
    def log(self) -> list[str | int]:
        return self.thread.log

    @property
    def steps(self) -> list[int]:
        return [snapshot.step for snapshot in self.shown]

    @property
    def frame(self) -> Advance:
        """The one frame that is asked for."""
        (frame,) = self.thread.asked
        assert isinstance(frame, Advance)
        return frame

    def play_a_frame(self, is_held: bool) -> None:
        """Show the first frame; the second has been answered where it is held, else not."""
        self.session.play()
        self.answer()
        if is_held:
            self.answer()
        else:
            self.paint()

    def forget(self) -> None:
        self.log.clear()
        self.shown.clear()

    def answer(self) -> None:
        """Answer the next command."""
        self.thread.answer()

    def paint(self) -> None:
        """Process events until the last snapshot is painted."""
        before = self.log.count("painted")
        for _ in range(5):
            if self.thread._is_painting and self.log.count("painted") == before:
                QCoreApplication.sendPostedEvents()

    def answer_and_paint(self) -> None:
        self.answer()
        self.paint()

    def settle(self) -> None:
        """Answer and paint until every command is answered."""
        for _ in range(500):
            if not self.session.unanswered:
                return
            if self.thread.asked:
                self.answer()
            self.paint()
        pytest.fail("it never ends")

    def nothing_more(self) -> None:
        """Fail if another frame is asked for after painting."""
        assert self.thread.asked == []
        self.thread.begin_painting()
        self.paint()
        assert self.thread.asked == []
        assert self.session.unanswered == 0


@pytest.fixture
def stage(qtbot: QtBot, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Return a session at step 0 whose frames are as short as possible."""
    kernels.prepare("numba")
    monkeypatch.setattr("xorviz.engine.session.TrainingThread", TrainingByHand)
    monkeypatch.setattr("xorviz.engine.preparation.FREE_BUDGET_SECONDS", 0.0)
    session = TrainingSession(clock=clock, kernel="numba")
    stage = Stage(session)
    session.rules = NEVER
    session.open_run(Record(RunConfig()), 0)
    stage.answer_and_paint()
    stage.forget()
    yield stage
    session.close()


def test_the_next_frame_is_asked_for_before_the_last_is_shown(stage: Stage) -> None:
    stage.session.play()
    for _ in range(3):
        stage.answer_and_paint()
    assert stage.log == [
        "Advance",
        *("Advance", FEWEST, "painted"),
        *("Advance", 2 * FEWEST, "painted"),
        *("Advance", 3 * FEWEST, "painted"),
    ]


def test_an_answer_during_painting_is_shown_afterwards(stage: Stage) -> None:
    stage.session.play()
    stage.answer()
    stage.answer()  # before the first is painted
    assert stage.log == ["Advance", "Advance", FEWEST]
    assert stage.session.unanswered == 1
    assert stage.thread.asked == []  # the held answer is still under way
    stage.paint()
    assert stage.log[3:] == ["painted", "Advance", 2 * FEWEST]
    stage.paint()
    assert stage.log[6:] == ["painted"]


def test_answers_during_painting_keep_their_order(stage: Stage) -> None:
    stage.session.play()
    stage.answer()
    stage.session.intervene("rate", 0.5)
    stage.answer()  # the frame that was asked for before the change ...
    stage.answer()  # ... and the change
    assert stage.steps == [FEWEST]
    stage.paint()
    assert stage.steps == [FEWEST, 2 * FEWEST]
    stage.paint()
    assert stage.steps == [FEWEST, 2 * FEWEST, 2 * FEWEST]
    assert [s.config.rate for s in stage.shown] == [0.01, 0.01, 0.5]


@pytest.mark.parametrize("is_held", [False, True])
def test_after_a_pause_the_frame_under_way_is_the_last(stage: Stage, is_held: bool) -> None:
    stage.play_a_frame(is_held)
    stage.session.pause()
    assert stage.steps == [FEWEST]
    if is_held:
        stage.paint()
    else:
        stage.answer()
    assert stage.steps == [FEWEST, 2 * FEWEST]
    stage.nothing_more()


def test_playing_again_asks_for_no_second_frame(stage: Stage) -> None:
    stage.session.play()
    stage.answer()
    for _ in range(3):
        stage.session.pause()
        stage.session.play()
    assert len(stage.thread.asked) == 1
    for _ in range(3):
        stage.answer()
        assert len(stage.thread.asked) <= 1
        stage.paint()
        assert len(stage.thread.asked) == 1
    assert stage.steps == [FEWEST * n for n in (1, 2, 3, 4)]


def test_each_frame_of_stepping_asks_for_the_steps_left(stage: Stage) -> None:
    asked: list[int] = []
    progress: list[tuple[int, int]] = []
    stage.session.progressed.connect(progress.append)
    stage.session.step(200)
    for _ in range(4):
        asked.append(stage.frame.steps)
        stage.answer_and_paint()
    assert asked == [200, 136, 72, 8]
    assert stage.steps == [64, 128, 192, 200]
    assert progress == [(step, 200) for step in stage.steps]
    assert stage.session.activity is Activity.PAUSED
    stage.nothing_more()


def test_a_seek_follows_the_frame_under_way(stage: Stage) -> None:
    stage.session.play()
    for _ in range(3):
        stage.answer_and_paint()
    stage.session.seek(5)
    assert [type(c) for c in stage.thread.asked] == [Advance]
    stage.answer_and_paint()
    assert [type(c) for c in stage.thread.asked] == [Seek]
    stage.settle()
    assert stage.steps == [64, 128, 192, 256, 5]
    assert stage.session.activity is Activity.PAUSED
    stage.nothing_more()


def test_frames_have_the_larger_time_budget(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xorviz.engine.preparation.FREE_BUDGET_SECONDS", FREE_BUDGET_SECONDS)
    stage.session.play()
    assert stage.frame.seconds == FREE_BUDGET_SECONDS


def test_steps_are_asked_for_when_they_are_due(qtbot: QtBot, stage: Stage, clock: Clock) -> None:
    stage.session.set_speed(2)
    stage.session.play()
    for n in range(1, 5):
        assert stage.frame.steps == 1
        stage.answer()
        assert stage.steps[-1] == n
        assert stage.thread.asked == []  # it is not due yet
        stage.paint()
        assert stage.thread.asked == []
        clock.now += 0.5
        stage.session._next_frame.timeout.emit()
    assert stage.session.gauge.steps_per_second == pytest.approx(2)
    stage.session.pause()
    assert stage.session.gauge.steps_per_second is None


FRAMES = 121
"""The last of them is left out."""


@pytest.fixture
def alternating(stage: Stage, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Return a run that plays for two seconds; its frames end at odd and even steps in turn."""
    monkeypatch.setattr("xorviz.engine.worker._FEWEST_STEPS", 63)
    stage.session.open_run(Record(ALTERNATING), 0)
    stage.answer_and_paint()
    stage.forget()
    stage.session.play()
    for n in range(1, FRAMES + 1):
        stage.answer()
        if n < FRAMES:
            stage.paint()
            clock.now += 1 / 60
    assert stage.session._at.step == FRAMES * 63
    return stage


def test_frames_that_flash_are_left_out(alternating: Stage) -> None:
    assert 50 < len(alternating.steps) < 70
    assert len({step % 2 for step in alternating.steps[10:]}) == 1


def test_a_frame_left_out_is_shown_after_a_pause(alternating: Stage) -> None:
    session = alternating.session
    assert alternating.steps[-1] == (FRAMES - 1) * 63
    session.pause()
    assert alternating.steps[-1] == FRAMES * 63
    alternating.settle()
    assert alternating.steps[-2:] == [FRAMES * 63, (FRAMES + 1) * 63]
    assert session.activity is Activity.PAUSED


def test_a_frame_left_out_is_shown_after_a_failure(
    alternating: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trainer, "advance", None)
    alternating.settle()
    assert len(alternating.failures) == 1
    assert alternating.steps[-1] == FRAMES * 63


def test_a_frame_left_out_is_not_shown_after_a_reset(alternating: Stage) -> None:
    alternating.session.open_run(Record(RunConfig()), 0)
    alternating.settle()
    assert alternating.steps[-2:] == [(FRAMES - 1) * 63, 0]
