"""Fixtures for tests of the engine."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.engine.watched import WatchedSession
from tests.support.cases import Clock
from tests.support.patience import PatientBot
from xorviz.core.kernels import kernels
from xorviz.core.settings import RunConfig


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
