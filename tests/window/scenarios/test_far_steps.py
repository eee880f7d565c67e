"""Steps that take for ever to get to: progress is shown, Pause works, and the window closes."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.snapshots import far_record
from tests.support.windows import Open, find, settle, text
from xorviz.core.runs.project import Project
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.files.run_file import dumps
from xorviz.window.main_window import MainWindow

CONFIG = RunConfig(width=2, rate=0.1)
FAR, MIDDLE = far_record(CONFIG, MOST_STEPS), MOST_STEPS // 2


def under_way(qtbot: QtBot, window: MainWindow) -> QPushButton:
    """Wait until progress is shown; return the button that cancels."""
    cancel = find(window, QPushButton, "status_cancel")
    qtbot.waitUntil(cancel.isVisible)
    assert window.findChildren(QProgressBar)
    assert "Replaying" in text(window, "status_state")
    return cancel


@pytest.mark.thorough
def test_the_way_to_a_far_step_of_two_runs_is_shown_and_can_be_ended(
    qtbot: QtBot, reset_window: MainWindow, tmp_path: Path
) -> None:
    window, second = reset_window, far_record(RunConfig(width=2, rate=0.2), MOST_STEPS - 64)
    (tmp_path / "far.xorviz").write_bytes(dumps(Project(FAR, MIDDLE, second)))
    window.file.open_path(tmp_path / "far.xorviz")
    QTest.mouseClick(under_way(qtbot, window), Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    seen = window._display.seen()
    assert window.session.activity is Activity.PAUSED
    assert 0 < seen.step < MIDDLE
    assert seen.beside is not None
    assert seen.beside.step == seen.step
    assert window.document.project.record == FAR
    assert window.document.history.labels[0] is None


@pytest.mark.thorough
def test_a_window_closes_on_the_way_to_a_far_step(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.document.put(Project(FAR, MIDDLE))
    window.document.reset()
    window.document.undo()
    under_way(qtbot, window)
    window.document.change_setting("rate", 0.2)
    window.session.play()
    window.end()
    assert not window.isVisible()
