"""The file of the whole window: its keys, its title, and the question before it closes."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.support.windows import Open, action, find, settle, shown_step, text
from tests.window.scenarios.test_keys import press
from xorviz.core.settings import RunConfig
from xorviz.window.main_window import MainWindow

Answer = QMessageBox.StandardButton


def choose(qtbot: QtBot, window: MainWindow, name: str, path: Path) -> None:
    """Choose a path in a file dialog, and press its button."""
    dialog = find(window, QFileDialog, name)
    assert dialog.isVisible()
    dialog.selectFile(str(path))
    find(dialog, QDialogButtonBox, "buttonBox").buttons()[0].click()
    activate(qtbot, window)


def activate(qtbot: QtBot, window: MainWindow) -> None:
    """Give the window the focus again, as a window manager does after a dialog."""
    settle(qtbot, window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.setFocus()


def answer(window: MainWindow, which: QMessageBox.StandardButton) -> None:
    question = find(window, QMessageBox, "unsaved_dialog")
    QTest.mouseClick(question.button(which), Qt.MouseButton.LeftButton)


@pytest.mark.thorough
def test_a_run_is_saved_opened_and_replaced_by_keys(
    qtbot: QtBot, reset_window: MainWindow, tmp_path: Path
) -> None:
    window, path = reset_window, tmp_path / "mine.xorviz"
    window.session.step(20)
    settle(qtbot, window)
    press("save")
    choose(qtbot, window, "save_dialog", path)
    assert (window.windowTitle(), window.isWindowModified()) == ("mine.xorviz[*] – xorviz", False)
    assert text(window, "status_message") == "Saved mine.xorviz."
    window.session.step(5)
    settle(qtbot, window)
    assert window.isWindowModified()
    action(window, "new").trigger()
    answer(window, Answer.Save)
    activate(qtbot, window)
    assert window.windowTitle() == "xorviz[*]"
    window.file.recent.aboutToShow.emit()
    press("open")
    choose(qtbot, window, "open_dialog", path)
    assert shown_step(window) == 25
    press("undo")  # the history is a new one
    assert window.document.project.record.newest == 25


def test_a_running_window_asks_before_it_closes_and_saves_its_settings(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(RunConfig(width=2))
    window.session.step(9)
    settle(qtbot, window)
    press("pin")
    window.session.play()
    for which in (Answer.Cancel, Answer.Discard):
        window.close()
        assert window.isVisible()
        answer(window, which)
        assert window.isVisible() == (which is Answer.Cancel)
    assert not window.session.playing
    again = open_window(None)
    assert again._settings.config("run/config") == RunConfig(width=2)
