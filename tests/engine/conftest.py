"""Fixtures for tests of the engine."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.engine.watched import WatchedSession
from tests.support.cases import Clock
from xorviz.core.kernels import kernels
from xorviz.core.settings import RunConfig


class PatientBot(QtBot):
    """Waits for events, not for time: as long as a loaded machine needs, and no longer."""

    def waitUntil(  # noqa: N802
        self, callback: Callable[[], bool | None], *, timeout: int = 60_000
    ) -> None:
        """Process events until the callback returns True. Times are in milliseconds."""
        deadline = QDeadlineTimer(timeout)
        wake = QTimer(interval=10)  # for conditions that change without an event
        wake.start()
        while not callback():
            assert not deadline.hasExpired(), f"nothing came in {timeout} ms"
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        wake.stop()


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Return a bot that waits until things have happened."""
    return PatientBot(request)


@pytest.fixture
def session(qtbot: QtBot, clock: Clock, kernel: str) -> Iterator[WatchedSession]:
    """Return a session at step 0 of run 1, whose speeds are measured by the test's clock."""
    kernels.prepare(kernel)
    session = WatchedSession(qtbot, clock, kernel)
    session.begin(RunConfig())
    session.snapshots.clear()
    yield session
    session.close()
