"""A session that asks for the next frame before the last is painted."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
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
from xorviz.engine.commands import Advance, Command, Failure
from xorviz.engine.pace import FREE_BUDGET_SECONDS
from xorviz.engine.session import TrainingSession
from xorviz.engine.thread import TrainingThread

ALTERNATING = RunConfig(width=3, rate=5, seed=4)
"""From about step 100 on, its surface changes between blue and orange at every step."""
FEWEST = 64
"""Steps of a frame whose time budget is zero."""


class Stage(TrainingThread):
    """A thread that answers the next command when a test says so, and a log of what happens."""

    def __init__(self, session: TrainingSession) -> None:
        super().__init__(session)
        self.session = session
        self.log: list[str | int] = []
        self.shown: list[Snapshot] = []
        self.failures: list[Failure] = []
        self.asked: list[Command] = []
        """Commands not yet carried out."""
        self.painted.connect(lambda: self.log.append("painted"))
        session.snapshot_arrived.connect(self._show)
        session.failed.connect(self.failures.append)

    def send(self, command: Command) -> None:
        """Log a command."""
        self.unanswered.append(command)
        self.asked.append(command)
        self.log.append(type(command).__name__)
        assert len([c for c in self.unanswered if isinstance(c, Advance)]) <= 1

    def _show(self, snapshot: Snapshot) -> None:
        self.shown.append(snapshot)
        self.log.append(snapshot.step)

    @property
    def steps(self) -> list[int]:
        return [snapshot.step for snapshot in self.shown]

    @property
    def frame(self) -> Advance:
        """The one frame that is asked for."""
        (frame,) = self.asked
        assert isinstance(frame, Advance)
        return frame

    def answer(self) -> None:
        """Carry out the next command."""
        self._take(self._worker._answer(self.asked.pop(0)))

    def paint(self) -> None:
        """Process events until the last snapshot is painted."""
        before = self.log.count("painted")
        for _ in range(5):
            if self._is_painting and self.log.count("painted") == before:
                QCoreApplication.sendPostedEvents()

    def answer_and_paint(self) -> None:
        self.answer()
        self.paint()

    def settle(self) -> None:
        """Answer and paint until every command is answered; fail if another frame follows."""
        for _ in range(500):
            if self.asked:
                self.answer()
            self.paint()
            if not self.unanswered:
                break
        self.begin_painting()
        self.paint()
        assert (self.asked, self.session.unanswered) == ([], 0)

    def open(self, config: RunConfig) -> None:
        """Open a run, and forget what happened before."""
        self.session.open_run(Record(config), 0)
        self.answer_and_paint()
        self.log.clear()
        self.shown.clear()


@pytest.fixture
def stage(qtbot: QtBot, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Return a session at step 0 whose frames are as short as possible."""
    kernels.prepare("numba")
    monkeypatch.setattr("xorviz.engine.session.TrainingThread", Stage)
    monkeypatch.setattr("xorviz.engine.preparation.FREE_BUDGET_SECONDS", 0.0)
    session = TrainingSession(clock=clock, kernel="numba")
    session.rules = NEVER
    stage = child(session, Stage)
    stage.open(RunConfig())
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
    assert stage.asked == []  # the held answer is still under way
    stage.paint()
    assert stage.log[3:] == ["painted", "Advance", 2 * FEWEST]
    stage.paint()
    assert stage.log[6:] == ["painted"]


@pytest.mark.parametrize("is_held", [False, True])
def test_after_a_pause_the_frame_under_way_is_the_last(stage: Stage, is_held: bool) -> None:
    stage.session.play()
    stage.answer()
    stage.answer() if is_held else stage.paint()
    stage.session.pause()
    assert stage.steps == [FEWEST]
    stage.settle()
    assert stage.steps == [FEWEST, 2 * FEWEST]


def test_playing_again_asks_for_no_second_frame(stage: Stage) -> None:
    stage.session.play()
    stage.answer()
    for _ in range(3):
        stage.session.pause()
        stage.session.play()
    assert len(stage.asked) == 1
    for _ in range(3):
        stage.answer()
        assert len(stage.asked) <= 1
        stage.paint()
        assert len(stage.asked) == 1
    assert stage.steps == [FEWEST * n for n in (1, 2, 3, 4)]


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
        assert stage.asked == []  # it is not due yet
        stage.paint()
        assert stage.asked == []
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
    stage.open(ALTERNATING)
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
