"""Fixtures for the tests of the runs panel."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.panels.learn.runs.harness import RunsHarness


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[RunsHarness]:
    made = RunsHarness(qtbot)
    yield made
    made.menu.close()
    made.view.hide()
