"""Steps that take for ever to get to: progress is told, Cancel works, and the window closes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.snapshots import far_record
from tests.support.windows import Open, close, settle, text
from xorviz.core.runs.project import Project
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.files.run_file import dumps
from xorviz.window.main_window import MainWindow

CONFIG = RunConfig(width=2, rate=0.1)
FAR, MIDDLE = far_record(CONFIG, MOST_STEPS), MOST_STEPS // 2


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


def under_way(qtbot: QtBot, window: MainWindow) -> QPushButton:
    """Wait until progress is shown; return the button that cancels."""
    cancel = next(b for b in window.findChildren(QPushButton) if b.text() == "Cancel")
    qtbot.waitUntil(cancel.isVisible)
    assert window.findChildren(QProgressBar)
    assert "Going to step" in text(window, "status_state")
    return cancel


@pytest.mark.thorough
@pytest.mark.parametrize("is_beside", [False, True])
def test_opening_a_run_at_a_far_step_can_be_cancelled(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, is_beside: bool
) -> None:
    second = far_record(RunConfig(width=2, rate=0.2), MOST_STEPS - 64) if is_beside else None
    (tmp_path / "far.xorviz").write_bytes(dumps(Project(FAR, MIDDLE, second)))
    window.file.open_path(tmp_path / "far.xorviz")
    QTest.mouseClick(under_way(qtbot, window), Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    seen = window._display.seen()
    assert window.session.activity is Activity.PAUSED
    assert 0 < seen.step < MIDDLE
    assert (seen.beside is None) == (second is None)
    assert seen.beside is None or seen.beside.step == seen.step
    assert window.document.project.record == FAR
    assert f"on the way to step {MIDDLE:,}".replace(",", "\u202f") in text(window, "status_message")


@pytest.mark.thorough
def test_progress_is_told_before_anything_else_is_shown(qtbot: QtBot, store: QSettings) -> None:
    window = MainWindow(CONFIG, store)
    window.document.put(Project(FAR, MIDDLE))
    with qtbot.waitExposed(window):
        window.show()
    under_way(qtbot, window)
    assert window._display.snapshot is None
    close(window)


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


@pytest.mark.thorough
@pytest.mark.parametrize(
    "then",
    [
        lambda window: window.session.play(),
        lambda window: window.session.step(5),
        lambda window: window.document.change_setting("rate", 0.2),
    ],
    ids=["play", "step", "change"],
)
def test_what_follows_a_far_step_can_be_cancelled(
    qtbot: QtBot, window: MainWindow, then: Callable[[MainWindow], object]
) -> None:
    window.document.put(Project(FAR, MOST_STEPS))
    settle(qtbot, window)
    window.session.seek(MIDDLE)
    then(window)
    has_changes = window.session.has_waiting
    under_way(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED)
    settle(qtbot, window)
    assert 0 < window._display.seen().step < MIDDLE
    assert window._display.seen().record == FAR
    told = "The change there is not made." in text(window, "status_message")
    assert told == has_changes
    assert window.document.history.labels[0] is None
