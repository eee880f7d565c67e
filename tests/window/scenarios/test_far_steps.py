"""Steps that take for ever to get to: progress is shown, Pause works, and the window closes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.snapshots import far_record
from tests.support.windows import Open, settle, text
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
    cancel = next(b for b in window.findChildren(QPushButton) if b.text() == "Cancel")
    qtbot.waitUntil(cancel.isVisible)
    assert window.findChildren(QProgressBar)
    assert "Replaying" in text(window, "status_state")
    return cancel


def opened(window: MainWindow, folder: Path, is_pair: bool) -> None:
    second = far_record(RunConfig(width=2, rate=0.2), MOST_STEPS - 64) if is_pair else None
    (folder / "far.xorviz").write_bytes(dumps(Project(FAR, MIDDLE, second)))
    window.file.open_path(folder / "far.xorviz")


@pytest.mark.thorough
@pytest.mark.parametrize(
    "go",
    [
        lambda window, folder: opened(window, folder, is_pair=False),
        lambda window, folder: opened(window, folder, is_pair=True),
        lambda window, _: (window.session.seek(MIDDLE), window.session.step(5)),
    ],
    ids=["open", "open two", "seek and step"],
)
def test_the_way_to_a_far_step_is_shown_and_can_be_ended(
    qtbot: QtBot, reset_window: MainWindow, tmp_path: Path, go: Callable[[MainWindow, Path], object]
) -> None:
    window = reset_window
    window.document.put(Project(FAR, MOST_STEPS))
    settle(qtbot, window)
    go(window, tmp_path)
    QTest.mouseClick(under_way(qtbot, window), Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    seen = window._display.seen()
    assert window.session.activity is Activity.PAUSED
    assert 0 < seen.step < MIDDLE
    assert seen.beside is None or seen.beside.step == seen.step
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
