"""The card for newcomers."""

import pytest
from PySide6.QtCore import QRect, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import press
from tests.support.snapshots import far_record
from tests.support.windows import Open, action, find, settle
from xorviz.core.runs.project import Project
from xorviz.core.settings import RunConfig
from xorviz.files import assets
from xorviz.window.app import WindowOptions, first_config
from xorviz.window.dialogs.introduction import MARKS, TEXT, Introduction
from xorviz.window.document.settings import CURRENT_RUN, Settings
from xorviz.window.main_window import MainWindow


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


def card(window: MainWindow) -> Introduction | None:
    found = window.findChild(Introduction)
    return found if found is not None and found.isVisible() else None


def places(window: MainWindow) -> list[QRect]:
    return [dock.geometry() for dock in window.findChildren(QDockWidget)]


KEYS = {"run": Qt.Key.Key_Space, "step": Qt.Key.Key_S, "close": Qt.Key.Key_Escape}


@pytest.mark.parametrize("way", some([*KEYS, "button"], 2))
def test_it_moves_nothing_and_goes_once_training_begins_or_it_is_closed(
    qtbot: QtBot, window: MainWindow, way: str
) -> None:
    told: list[bool] = []
    window._dialogs.introduced.connect(lambda: told.append(True))
    before = places(window)
    action(window, "introduction").trigger()
    shown = card(window)
    assert shown is not None
    assert QApplication.focusWidget() is window
    for part in (TEXT.split(".")[0], *MARKS.values()):
        assert part in shown.accessibleDescription()
    if way == "button":
        button = find(window, QPushButton, "introduction_close")
        button.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(button, Qt.Key.Key_Return)
    else:
        press(KEYS[way])
    qtbot.waitUntil(lambda: window.findChild(Introduction) is None)
    window.session.pause()
    assert told == [True]
    assert places(window) == before


def test_it_goes_when_a_trained_run_is_opened(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "introduction").trigger()
    action(window, "new_weights").trigger()
    settle(qtbot, window)
    assert card(window) is not None
    window.file.put(Project(far_record(RunConfig(), 300), 300), None)
    qtbot.waitUntil(lambda: window.findChild(Introduction) is None)


@pytest.mark.thorough
def test_the_first_launch_begins_with_the_quick_start_and_later_ones_with_the_last_run(
    store: QSettings, open_window: Open
) -> None:
    settings, begun = Settings(store), assets.quick_start()
    assert not settings.is_introduced
    assert first_config(WindowOptions(), settings) == begun.config
    window = open_window()
    assert window.session.speed == begun.speed
    window._choices.choose_speed(77)
    window.close()
    store.sync()
    later = Settings(QSettings(store.fileName(), QSettings.Format.IniFormat))
    assert first_config(WindowOptions(), later) == window.session.config
    assert later.is_introduced  # there was a run
    assert open_window().session.speed == 77
    later.set_config(CURRENT_RUN, None)
    later.set_choice("introduced", False)
    assert not later.is_introduced
    later.note_introduced()
    assert later.is_introduced
