"""Fixtures for the tests of the runs panel."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.panels.learn.runs.harness import TABLE_KEYS, THREE, WINDOW_KEYS, RunsHarness, project
from tests.support.screen import ShortcutWindow, active_window, child, shown_view
from tests.support.snapshots import trained
from xorviz.core.config import RunConfig
from xorviz.panels.learn.runs.runs import Runs


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[RunsHarness]:
    made = RunsHarness(shown_view(qtbot, Runs(), 1000, 220))
    made.view.show_snapshot(trained(RunConfig()))
    yield made
    made.menu.close()
    made.view.hide()


@pytest.fixture
def key_window(qtbot: QtBot) -> ShortcutWindow:
    """Return an active window with a view of three pinned runs, and shortcuts on every key."""
    view = Runs()
    window = active_window(qtbot, view, *WINDOW_KEYS, *(set(TABLE_KEYS) - set(WINDOW_KEYS)))
    view.show_snapshot(trained(RunConfig()))
    view.show_project(project(*THREE))
    return window


@pytest.fixture
def focused(key_window: ShortcutWindow) -> RunsHarness:
    return RunsHarness(child(key_window, Runs))
