"""Fixtures for tests of the engine."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.engine.watched import WatchedSession
from tests.support.cases import Clock
from xorviz.core.kernels import kernels
from xorviz.core.settings import RunConfig


@pytest.fixture
def session(qtbot: QtBot, clock: Clock, kernel: str) -> Iterator[WatchedSession]:
    """Return a session at step 0 of run 1, whose speeds are measured by the test's clock."""
    kernels.prepare(kernel)
    session = WatchedSession(qtbot, clock, kernel)
    session.begin(RunConfig())
    session.snapshots.clear()
    yield session
    session.close()
