"""A session whose commands are answered when a test says so, and all that it signals."""

from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication

from tests.support.cases import Clock
from tests.support.screen import child
from xorviz.core.kernels import kernels
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Advance, Command, Failure
from xorviz.engine.session import TrainingSession
from xorviz.engine.thread import TrainingThread

FRAME = 64
"""Steps of a frame whose time is zero, as on the stage."""


class Stage(TrainingThread):
    """Carries out each command in the test's own thread, when it is asked to."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.session: StagedSession = session
        self.waiting: list[Command] = []
        """Commands not carried out yet."""

    def send(self, command: Command) -> None:
        """Keep a command."""
        self.unanswered.append(command)
        self.waiting.append(command)
        assert sum(isinstance(one, Advance) for one in self.unanswered) <= 1
        self.session.log.append(type(command).__name__)

    def answer(self) -> None:
        """Carry out the next command."""
        self._take(self._worker.answer(self.waiting.pop(0)))

    def paint(self) -> None:
        """Process events until what is being painted is on screen."""
        before = self.session.log.count("painted")
        while self._is_painting and self.session.log.count("painted") == before:
            QCoreApplication.sendPostedEvents()


class StagedSession(TrainingSession):
    """A session on a stage, and a log: names of commands sent, steps shown, and "painted"."""

    def __init__(self, clock: Clock, kernel: str, is_ready: bool = True) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("xorviz.engine.session.TrainingThread", Stage)
            super().__init__(clock=clock, kernel=kernel)
        if is_ready:
            kernels.prepare(kernel)
        self.rules = NEVER
        self.stage = child(self, Stage)
        self.clock = clock
        self.log: list[str | int] = []
        self.snapshots: list[Snapshot] = []
        self.progress: list[tuple[int, int]] = []
        self.failures: list[Failure] = []
        self.snapshot_arrived.connect(self.snapshots.append)
        self.snapshot_arrived.connect(lambda seen: self.log.append(seen.step))
        self.progressed.connect(self.progress.append)
        self.failed.connect(self.failures.append)
        self.stage.painted.connect(lambda: self.log.append("painted"))

    @property
    def steps(self) -> list[int]:
        """The steps of the snapshots."""
        return [snapshot.step for snapshot in self.snapshots]

    @property
    def last(self) -> Snapshot:
        """The newest snapshot."""
        return self.snapshots[-1]

    def doing(self) -> Activity:
        """Return the activity; unlike a property, it may differ from one line to the next."""
        return self.activity

    def frames(self, count: int = 1) -> None:
        """Answer and paint so many frames."""
        for _ in range(count):
            self.stage.answer()
            self.stage.paint()

    def pass_time(self, seconds: float) -> None:
        """Let time pass, at the end of which the timer for the next frame fires."""
        self.clock.now += seconds
        self._next_frame.timeout.emit()

    def rest(self) -> None:
        """Answer and paint until nothing is under way."""
        for _ in range(1000):
            self.stage.paint()
            if self.stage.waiting:
                self.stage.answer()
            elif not self.stage._is_painting:
                break
        assert not self.activity.is_training
        assert not self.unanswered

    def open(self, record: Record | RunConfig, step: int = 0, beside: Record | None = None) -> None:
        """Open a run, and forget what happened before."""
        record = record if isinstance(record, Record) else Record(record)
        self.open_run(record, step, beside)
        self.rest()
        self.forget()

    def forget(self) -> None:
        """Empty all lists."""
        for told in (self.log, self.snapshots, self.progress, self.failures):
            told.clear()
