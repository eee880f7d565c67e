"""Fixtures for tests of the engine."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.engine.staged import StagedSession
from tests.support.cases import Clock
from xorviz.core.settings import RunConfig


@pytest.fixture
def session(
    qapp: QApplication, clock: Clock, kernel: str, short_frames: None
) -> Iterator[StagedSession]:
    """Return a session at step 0 of run 1, in which nothing happens but what a test lets happen."""
    session = StagedSession(clock, kernel)
    session.open(RunConfig())
    yield session
    session.close()
